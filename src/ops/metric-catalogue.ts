import type { Registry } from 'prom-client';

/** One exported metric, as it is documented. */
export interface MetricDescription {
  readonly name: string;
  /** counter, gauge or histogram. */
  readonly type: string;
  readonly labels: readonly string[];
  readonly help: string;
  /** What it is about; `undefined` for those of the process and of Node. */
  readonly heading: string | undefined;
}

/** Every metric of a registry in the order of registration, with the heading each was registered under. */
export function metricCatalogue(
  registry: Registry,
  headings: ReadonlyMap<string, string>,
): readonly MetricDescription[] {
  return registry.getMetricsAsArray().map((metric) => ({
    name: metric.name,
    type: String(metric.type),
    labels: labelsOf(metric),
    help: metric.help,
    heading: headings.get(metric.name),
  }));
}

/** prom-client keeps the names of labels and does not say so in its types. */
function labelsOf(metric: object): readonly string[] {
  return 'labelNames' in metric && Array.isArray(metric.labelNames) ? metric.labelNames.map(String) : [];
}
