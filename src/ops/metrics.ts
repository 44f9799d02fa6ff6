import { Counter, Gauge, Histogram, Registry } from 'prom-client';
import { collectProcessMetrics } from './process-metrics.js';
import { type ApiOutcome, RequestMeter } from './request-meter.js';
import type { MetricsSources } from './metrics-sources.js';
import { ServerCounter } from './server-counter.js';
import { ServerGauges } from './server-gauges.js';

const UPSTREAM_BUCKETS = [0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 12, 60];

/** Everything Ballast exports. The methods are hooks for the rooms: cheap, synchronous, never throwing. */
export interface Metrics {
  readonly contentType: string;
  /** Reads the sources and prints the registry in the Prometheus text format. */
  render(): Promise<string>;
  /** Names what the gauges are read from; before that they print no series. */
  attach(sources: MetricsSources): void;
  placed(event: { readonly serverId: string; readonly reason: string; readonly seconds: number }): void;
  placementRetried(event: { readonly serverId: string; readonly cause: string }): void;
  placementFailed(reason: string): void;
  apiRequest(call: string, outcome: ApiOutcome, seconds: number): void;
  upstreamCalled(event: {
    readonly serverId: string;
    readonly call: string;
    readonly outcome: string;
    readonly seconds: number;
  }): void;
  /** `outcome` is `ok` or the cause of the failure. */
  polled(event: { readonly serverId: string; readonly outcome: string; readonly seconds: number }): void;
  /** One query of the metrics source ended. */
  metricsRefreshed(seconds: number, isOk: boolean): void;
  callbackHandled(kind: string, outcome: string): void;
  /** `at` in ms since 1970. */
  jobSucceeded(job: string, at: number): void;
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

/** Registers every name of the contract, so that HELP and TYPE print from the start, and returns the hooks. */
export function createMetrics(options: MetricsOptions): Metrics {
  const registry = options.registry ?? new Registry();
  const registers = [registry];
  const knownCalls = new Set(options.calls);
  let sources: MetricsSources | undefined;
  let isSourceUp: boolean | undefined;

  const servers = new ServerGauges(registry);
  const requests = new RequestMeter({ registry, calls: options.calls });
  const perServer = (name: string, help: string, ...labelNames: string[]): ServerCounter =>
    new ServerCounter({ name, help, labelNames, registry });
  const counter = (name: string, help: string, ...labelNames: string[]): Counter =>
    new Counter({ name, help, labelNames, registers });
  const gauge = (name: string, help: string, ...labelNames: string[]): Gauge => {
    const created = new Gauge({ name, help, labelNames, registers });
    // prom-client starts a gauge without labels at 0, which would pass for a known value.
    if (labelNames.length === 0) created.remove();
    return created;
  };
  const histogram = (name: string, help: string, buckets: number[], ...labelNames: string[]): Histogram =>
    new Histogram({ name, help, buckets, labelNames, registers });

  const placements = perServer(
    'ballast_placements_total',
    'Meetings placed, by server and reason.',
    'reason',
  );
  const retries = perServer(
    'ballast_placement_retries_total',
    'Creates that failed on a server and moved on.',
    'cause',
  );
  const failures = counter(
    'ballast_placement_failures_total',
    'Creates that started no meeting, by reason; relayed: the server itself refused it.',
    'reason',
  );
  const placing = histogram(
    'ballast_placement_duration_seconds',
    'Time to choose a server (without the create itself).',
    [0.00005, 0.0001, 0.0002, 0.0003, 0.0005, 0.001, 0.0025, 0.005, 0.01, 0.05],
  );
  const upstream = perServer('ballast_upstream_requests_total', 'Calls to servers.', 'call', 'outcome');
  const upstreamTime = histogram(
    'ballast_upstream_request_duration_seconds',
    'Time until a server answered a call.',
    UPSTREAM_BUCKETS,
    'call',
  );
  const upstreamTimes = new Map<string, Histogram.Internal<string>>();
  const polling = histogram(
    'ballast_poll_duration_seconds',
    'Time of one poll of one server.',
    UPSTREAM_BUCKETS,
  );
  const pollFailures = perServer(
    'ballast_poll_failures_total',
    'Polls that failed, by server and cause.',
    'cause',
  );
  const sourceUp = gauge(
    'ballast_metrics_source_up',
    'Whether the last query of the metrics source succeeded.',
  );
  const querying = histogram(
    'ballast_metrics_query_duration_seconds',
    'Time of one query of the metrics source.',
    [0.001, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10],
  );
  const queryFailures = counter(
    'ballast_metrics_query_failures_total',
    'Queries of the metrics source that failed.',
  );
  const tenantMeetings = gauge('ballast_tenant_meetings', 'Meetings of the tenant.', 'tenant');
  const tenantAttendees = gauge('ballast_tenant_attendees', 'Attendees of the tenant.', 'tenant');
  const split = gauge('ballast_split_meetings', 'Meetings seen on two servers at once.');
  const orphans = gauge('ballast_orphan_meetings', 'Unwanted copies of meetings yet to be ended.');
  const pending = gauge('ballast_callbacks_pending', 'Callbacks yet to be delivered.');
  const callbacks = counter('ballast_callbacks_total', 'Callbacks by kind and outcome.', 'kind', 'outcome');
  const jobs = gauge('ballast_job_last_success_timestamp_seconds', 'When the job last succeeded.', 'job');
  gauge('ballast_build_info', 'Version of Ballast and of Node; always 1.', 'version', 'node_version').set(
    { version: options.version, node_version: process.versions.node },
    1,
  );
  if (options.hasProcessMetrics !== false) collectProcessMetrics(registry);

  const update = (): void => {
    setOrRemove(sourceUp, isSourceUp === undefined ? undefined : Number(isSourceUp));
    if (sources === undefined) return;
    const present = sources.servers();
    servers.update(present);
    const ids = new Set(present.map((server) => server.id));
    for (const metric of [placements, retries, upstream, pollFailures]) metric.keepOnly(ids);
    tenantMeetings.reset();
    tenantAttendees.reset();
    for (const { id: tenant, meetings, attendees } of sources.tenants?.() ?? []) {
      if (meetings !== undefined) tenantMeetings.set({ tenant }, meetings);
      if (attendees !== undefined) tenantAttendees.set({ tenant }, attendees);
    }
    setOrRemove(split, sources.splitMeetings?.());
    setOrRemove(orphans, sources.orphanMeetings?.());
    setOrRemove(pending, sources.callbacksPending?.());
  };

  return {
    contentType: registry.contentType,
    render: () => {
      update();
      return registry.metrics();
    },
    attach: (given) => {
      sources = given;
    },
    placed: ({ serverId, reason, seconds }) => {
      placements.inc(serverId, reason);
      placing.observe(seconds);
    },
    placementRetried: ({ serverId, cause }) => {
      retries.inc(serverId, cause);
    },
    placementFailed: (reason) => {
      failures.inc({ reason });
    },
    apiRequest: (call, outcome, seconds) => {
      requests.observe(call, outcome, seconds);
    },
    upstreamCalled: ({ serverId, call, outcome, seconds }) => {
      const label = knownCalls.has(call) ? call : 'other';
      upstream.inc(serverId, label, outcome);
      let child = upstreamTimes.get(label);
      if (child === undefined) upstreamTimes.set(label, (child = upstreamTime.labels(label)));
      child.observe(seconds);
    },
    polled: ({ serverId, outcome, seconds }) => {
      polling.observe(seconds);
      if (outcome !== 'ok') pollFailures.inc(serverId, outcome);
    },
    metricsRefreshed: (seconds, isOk) => {
      querying.observe(seconds);
      if (!isOk) queryFailures.inc();
      isSourceUp = isOk;
    },
    callbackHandled: (kind, outcome) => {
      callbacks.inc({ kind, outcome });
    },
    jobSucceeded: (job, at) => {
      jobs.set({ job }, at / 1000);
    },
  };
}

function setOrRemove(gauge: Gauge, value: number | undefined): void {
  if (value === undefined || !Number.isFinite(value)) gauge.remove();
  else gauge.set(value);
}
