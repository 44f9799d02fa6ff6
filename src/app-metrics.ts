import type { Config } from './config/config.js';
import type { Logger } from './log.js';
import { InfluxdbSource } from './metrics/influxdb-source.js';
import { InfluxqlSource } from './metrics/influxql-source.js';
import { IngestStore } from './metrics/ingest-store.js';
import type { SampleSource } from './metrics/load-table.js';
import { LoadTableKeeper } from './metrics/load-table-keeper.js';
import { PrometheusSource } from './metrics/prometheus-source.js';
import { tokenCheck } from './metrics/token-check.js';
import { writeHandler } from './metrics/write-endpoint.js';
import type { Metrics } from './ops/metrics.js';
import { sampleHost } from './pool/sample-host.js';
import type { ServerPool } from './pool/server-pool.js';

/** The measured side: where samples come in and the table they end in. */
export interface MeasuredSide {
  readonly keeper: LoadTableKeeper;
  /** `POST /api/v2/write`; only with the embedded ingest. */
  readonly write: ReturnType<typeof writeHandler> | undefined;
}

type MetricsConfig = Config['metrics'];

interface SourceDeps {
  /** ms since 1970. */
  readonly now: () => number;
}

/** The table of sources: a further one is its file, a line here and its settings. */
const SOURCES: Readonly<
  Record<MetricsConfig['source'], (metrics: MetricsConfig, deps: SourceDeps) => SampleSource | undefined>
> = {
  influxdb: ({ influxdb, windowMs, maxAgeMs }, { now }) =>
    influxdb && new InfluxdbSource({ ...influxdb, windowMs, maxAgeMs, now }),
  influxql: ({ influxql, windowMs, maxAgeMs }, { now }) =>
    influxql && new InfluxqlSource({ ...influxql, windowMs, maxAgeMs, now }),
  prometheus: ({ prometheus, windowMs, maxAgeMs }, { now }) =>
    prometheus && new PrometheusSource({ ...prometheus, windowMs, maxAgeMs, now }),
  ingest: ({ windowMs, maxAgeMs }, { now }) => new IngestStore({ windowMs, maxAgeMs, now }),
  none: () => undefined,
};

/** The configured source of samples on its own, to be closed by who takes it; `undefined` with `none`. */
export function createSampleSource(metrics: MetricsConfig, deps: SourceDeps): SampleSource | undefined {
  return SOURCES[metrics.source](metrics, deps);
}

/** Builds the configured source of samples and the keeper of the load table. */
export function measuredSide(
  config: Config,
  deps: {
    readonly pool: () => ServerPool;
    readonly metrics: Metrics;
    /** Told after each refresh that succeeded. */
    readonly onSamples: () => void;
    readonly now: () => number;
    readonly logger: Logger;
  },
): MeasuredSide {
  const { refreshMs, maxAgeMs, ingest } = config.metrics;
  const { now, logger, metrics } = deps;
  const source = createSampleSource(config.metrics, { now });
  const keeper = new LoadTableKeeper({
    source,
    keys: () =>
      deps
        .pool()
        .servers()
        .map(({ definition }) => ({ serverId: definition.id, host: sampleHost(definition) })),
    refreshMs,
    maxAgeMs,
    now,
    logger,
    onRefresh: (seconds, isUp) => {
      metrics.metricsRefreshed(seconds, isUp);
      if (!isUp) return;
      metrics.jobSucceeded('metrics-refresh', now());
      deps.onSamples();
    },
  });
  // An admin token that may operate may write samples as well: one token less to hand out.
  const tokens = [
    ...ingest.tokens,
    ...config.admin.tokens
      .filter(({ scope }) => scope === 'operate' || scope === 'admin')
      .map(({ token }) => token),
  ];
  const write =
    source instanceof IngestStore
      ? writeHandler({
          authorize: tokenCheck(tokens),
          store: source,
          logger,
          onWrite: (event) => {
            metrics.ingested(event);
          },
        })
      : undefined;
  return { keeper, write };
}
