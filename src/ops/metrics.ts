import { Registry } from 'prom-client';
import { type ApiHooks, apiMetrics } from './api-metrics.js';
import { buildMetrics } from './build-metrics.js';
import { type CallbackHooks, callbackMetrics } from './callback-metrics.js';
import { type JobHooks, jobMetrics } from './job-metrics.js';
import { meetingMetrics } from './meeting-metrics.js';
import { MetricBook } from './metric-book.js';
import type { MetricsSources } from './metrics-sources.js';
import { type PlacementHooks, placementMetrics } from './placement-metrics.js';
import { type PollHooks, pollMetrics } from './poll-metrics.js';
import { collectProcessMetrics } from './process-metrics.js';
import { serverMetrics } from './server-metrics.js';
import { type SourceHooks, sourceMetrics } from './source-metrics.js';
import { tenantMetrics } from './tenant-metrics.js';
import { type UpstreamHooks, upstreamMetrics } from './upstream-metrics.js';

/** What the rooms report, one interface a noun: cheap, synchronous, never throwing. */
type Hooks = PlacementHooks & ApiHooks & UpstreamHooks & PollHooks & SourceHooks & JobHooks & CallbackHooks;

/** Everything Ballast exports: the hooks of the rooms, and how it is printed. */
export interface Metrics extends Hooks {
  readonly contentType: string;
  /** Reads the sources and prints the registry in the Prometheus text format. */
  render(): Promise<string>;
  /** Names what the gauges are read from; before that they print no series. */
  attach(sources: MetricsSources): void;
}

/** What the metrics are made from. */
export interface MetricsOptions {
  readonly version: string;
  /** The calls that get a label of their own; any other counts as `other`. */
  readonly calls: readonly string[];
  /** One registry an app; a new one when absent. */
  readonly registry?: Registry;
  /** Metrics of the process and of Node as well; on by default. */
  readonly hasProcessMetrics?: boolean;
}

/** Registers every metric, one file a noun, and returns the hooks. */
export function createMetrics(options: MetricsOptions): Metrics {
  const { version, calls, registry = new Registry() } = options;
  const book = MetricBook.over(registry);
  let sources: MetricsSources | undefined;

  serverMetrics(book.under('Servers'));
  const hooks: Hooks = {
    ...placementMetrics(book.under('Placement')),
    ...apiMetrics(book.under('BBB API'), calls),
    ...upstreamMetrics(book.under('Calls to servers'), calls),
    ...pollMetrics(book.under('Polls')),
    ...sourceMetrics(book.under('Source of samples')),
    ...jobMetrics(book.under('Jobs')),
    ...callbackMetrics(book.under('Callbacks')),
  };
  tenantMetrics(book.under('Tenants'));
  meetingMetrics(book.under('Meetings'));
  buildMetrics(book.under('Ballast itself'), version);
  if (options.hasProcessMetrics !== false) collectProcessMetrics(registry);

  return {
    ...hooks,
    contentType: registry.contentType,
    render: () => {
      if (sources !== undefined) book.begin(sources);
      return registry.metrics();
    },
    attach: (given) => {
      sources = given;
    },
  };
}
