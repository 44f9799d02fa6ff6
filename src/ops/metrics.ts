import { Registry } from 'prom-client';
import { type ApiHooks, apiMetrics } from './api-metrics.js';
import { buildMetrics } from './build-metrics.js';
import { capacityMetrics } from './capacity-metrics.js';
import { type CallbackCount, type CallbackHooks, callbackMetrics } from './callback-metrics.js';
import { type ExpositionFormat, writeExposition } from './exposition.js';
import { type ForecastHooks, forecastMetrics } from './forecast-metrics.js';
import { type CreationHooks, creationMetrics } from './creation-metrics.js';
import { type HealthHooks, healthMetrics } from './health-metrics.js';
import { type EventHooks, hookMetrics } from './hook-metrics.js';
import { type ImportHooks, importMetrics } from './import-metrics.js';
import { type IngestHooks, ingestMetrics } from './ingest-metrics.js';
import { type JobHooks, jobMetrics } from './job-metrics.js';
import { type LogHooks, logMetrics } from './log-metrics.js';
import { type MeetingHooks, meetingMetrics } from './meeting-metrics.js';
import { MetricBook } from './metric-book.js';
import { metricCatalogue, type MetricDescription } from './metric-catalogue.js';
import type { MetricsSources } from './metrics-sources.js';
import { type PlacementHooks, placementMetrics } from './placement-metrics.js';
import { type PollHooks, pollMetrics } from './poll-metrics.js';
import { collectProcessMetrics } from './process-metrics.js';
import { type RecordingHooks, recordingMetrics } from './recording-metrics.js';
import { serverMetrics } from './server-metrics.js';
import { type SourceHooks, sourceMetrics } from './source-metrics.js';
import { type StoreHooks, storeMetrics } from './store-metrics.js';
import { tenantMetrics } from './tenant-metrics.js';
import { tenantRequestMetrics } from './tenant-request-metrics.js';
import { type UpstreamHooks, upstreamMetrics } from './upstream-metrics.js';

/** What the rooms report, one interface a noun: cheap, synchronous, never throwing. */
type Hooks = PlacementHooks &
  CreationHooks &
  ForecastHooks &
  MeetingHooks &
  HealthHooks &
  StoreHooks &
  IngestHooks &
  LogHooks &
  ApiHooks &
  UpstreamHooks &
  PollHooks &
  SourceHooks &
  JobHooks &
  CallbackHooks &
  EventHooks &
  RecordingHooks &
  ImportHooks;

/** Everything Ballast exports: the hooks of the rooms, and how it is printed. */
export interface Metrics extends Hooks {
  /** Reads the sources and prints the registry, as UTF-8. */
  render(format: ExpositionFormat): Promise<Buffer>;
  /** Names what the gauges are read from; before that they print no series. */
  attach(sources: MetricsSources): void;
  /** Drops what was counted of any other server: a scrape does so as well, but nobody may be scraping. */
  keepServers(present: readonly { readonly id: string }[]): void;
  /** Every metric there is, for the documentation. */
  describe(): readonly MetricDescription[];
}

/** What the metrics are made from. */
export interface MetricsOptions {
  readonly version: string;
  /** The calls that get a label of their own; any other counts as `other`. */
  readonly calls: readonly string[];
  /** messageKeys of FAILED answers that get a label of their own; any other counts as `other`. */
  readonly failedKeys?: readonly string[];
  /**
   * Every reason of `placementFailed` and of `ingested`, and what `callbackHandled` may tell: they count from 0 on, so that
   * the first shows as an increase.
   */
  readonly createFailures?: readonly string[];
  readonly callbackCounts?: readonly CallbackCount[];
  readonly ingestRejections?: readonly string[];
  /** Every outcome of `hookEvent`. */
  readonly eventOutcomes?: readonly string[];
  /** Every health and admin state of a server; those not named print no series. */
  readonly healths?: readonly string[];
  readonly adminStates?: readonly string[];
  /** The configured `metrics.source` and `placement.policy`. */
  readonly source?: string;
  readonly policy?: string;
  /** ms since 1970; the system's clock when absent. */
  readonly now?: () => number;
  /** One registry an app; a new one when absent. */
  readonly registry?: Registry;
  /** Metrics of the process and of Node as well; on by default. */
  readonly hasProcessMetrics?: boolean;
}

/** Registers every metric, one file a noun, and returns the hooks. */
export function createMetrics(options: MetricsOptions): Metrics {
  const { version, calls, source, policy, healths = [], now = Date.now, registry = new Registry() } = options;
  const book = MetricBook.over(registry);
  let sources: MetricsSources | undefined;

  const api = book.under('BBB API');
  const tenants = book.under('Tenants');
  serverMetrics(book.under('Servers'), { healths, adminStates: options.adminStates ?? [] });
  capacityMetrics(book.under('Servers as placement sees them'));
  const hooks: Hooks = {
    ...placementMetrics(book.under('Placement'), policy, options.createFailures ?? []),
    ...forecastMetrics(book.under('Forecasts')),
    ...creationMetrics(book.under('Placement')),
    ...meetingMetrics(book.under('Meetings')),
    ...healthMetrics(book.under('Servers'), healths),
    ...bothApiHooks(
      apiMetrics(api, { calls, failedKeys: options.failedKeys ?? [] }),
      tenantRequestMetrics(tenants, calls),
    ),
    ...upstreamMetrics(book.under('Calls to servers'), calls),
    ...pollMetrics(book.under('Polls')),
    ...sourceMetrics(book.under('Source of samples'), { source, now }),
    ...jobMetrics(book.under('Jobs')),
    ...callbackMetrics(book.under('Callbacks'), options.callbackCounts ?? []),
    ...hookMetrics(book.under('Callbacks'), options.eventOutcomes ?? []),
    ...recordingMetrics(book.under('Recordings')),
    ...importMetrics(book.under('Recordings')),
    ...storeMetrics(book.under('Store')),
    ...ingestMetrics(book.under('Source of samples'), options.ingestRejections ?? []),
    ...logMetrics(book.under('Ballast itself')),
  };
  tenantMetrics(tenants);
  buildMetrics(book.under('Ballast itself'), version);
  if (options.hasProcessMetrics !== false) collectProcessMetrics(registry);

  return {
    ...hooks,
    render: async (format) => {
      if (sources !== undefined) await book.begin(sources);
      return writeExposition(registry, format);
    },
    attach: (given) => {
      sources = given;
    },
    keepServers: (present) => {
      book.keepOnly('server', present);
    },
    describe: () => metricCatalogue(registry, book.headings),
  };
}

/** One request counts by call and by tenant. */
function bothApiHooks(byCall: ApiHooks, byTenant: ApiHooks): ApiHooks {
  return {
    apiRequest: (request) => {
      byCall.apiRequest(request);
      byTenant.apiRequest(request);
    },
  };
}
