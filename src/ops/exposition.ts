import type { Metric, Registry } from 'prom-client';
import { nextTurn } from './next-turn.js';

/** text: Prometheus's own format. openmetrics: OpenMetrics 1.0. */
export type ExpositionFormat = 'text' | 'openmetrics';

/** What each format is called in HTTP. */
export const EXPOSITION_TYPES: Readonly<Record<ExpositionFormat, string>> = {
  text: 'text/plain; version=0.0.4; charset=utf-8',
  openmetrics: 'application/openmetrics-text; version=1.0.0; charset=utf-8',
};

/** So long, in ms, the writer works before it lets others have their turn: calls wait no longer for a scrape. */
const TURN_MS = 10;

/** Characters put together before they become bytes: short-lived strings cost the garbage collector next to nothing. */
const CHUNK = 16_384;

/**
 * Prints a registry as UTF-8. prom-client's own writer is not used: it has one format a registry and renames the counters
 * when that is OpenMetrics, and it holds the event loop until all is written.
 */
export async function writeExposition(registry: Registry, format: ExpositionFormat): Promise<Buffer> {
  const chunks: Buffer[] = [];
  let text = '';
  let turnBegan = performance.now();
  for (const { name } of registry.getMetricsAsArray()) {
    const metric: Metric | undefined = registry.getSingleMetric(name);
    if (metric === undefined) continue;
    const { help, type, values } = await metric.get();
    const isCounter = String(type) === 'counter';
    const family = format === 'openmetrics' && isCounter ? name.replace(/_total$/, '') : name;
    text += `# HELP ${family} ${escapeHelp(help, format)}\n# TYPE ${family} ${String(type)}\n`;
    for (const value of values) {
      const series = 'metricName' in value && typeof value.metricName === 'string' ? value.metricName : name;
      text += `${series}${labelsOf(value.labels, format)} ${numberOf(value.value)}\n`;
      if (text.length < CHUNK) continue;
      chunks.push(Buffer.from(text));
      text = '';
      if (performance.now() - turnBegan < TURN_MS) continue;
      await nextTurn();
      turnBegan = performance.now();
    }
  }
  if (format === 'openmetrics') text += '# EOF\n';
  chunks.push(Buffer.from(text));
  return Buffer.concat(chunks);
}

function labelsOf(
  labels: Readonly<Partial<Record<string, string | number>>>,
  format: ExpositionFormat,
): string {
  let text = '';
  for (const name in labels) {
    const value = labels[name];
    if (value === undefined) continue;
    const written = typeof value === 'string' ? escapeLabel(value) : boundOf(value, format);
    text += `${text === '' ? '{' : ','}${name}="${written}"`;
  }
  return text === '' ? '' : `${text}}`;
}

/** The upper bound of a bucket: OpenMetrics wants whole numbers with a fraction. */
function boundOf(bound: number, format: ExpositionFormat): string {
  return format === 'openmetrics' && Number.isInteger(bound) ? `${bound}.0` : numberOf(bound);
}

function numberOf(value: number): string {
  if (value === Number.POSITIVE_INFINITY) return '+Inf';
  return value === Number.NEGATIVE_INFINITY ? '-Inf' : String(value);
}

function escapeLabel(value: string): string {
  return /[\\"\n]/.test(value)
    ? value.replaceAll('\\', '\\\\').replaceAll('\n', '\\n').replaceAll('"', '\\"')
    : value;
}

function escapeHelp(help: string, format: ExpositionFormat): string {
  const escaped = help.replaceAll('\\', '\\\\').replaceAll('\n', '\\n');
  return format === 'openmetrics' ? escaped.replaceAll('"', '\\"') : escaped;
}
