import type { Config } from './config/config.js';
import type { Logger } from './log.js';
import { IngestStore } from './metrics/ingest-store.js';
import type { SampleSource } from './metrics/load-table.js';
import { LoadTableKeeper } from './metrics/load-table-keeper.js';
import { tokenCheck } from './metrics/token-check.js';
import { writeHandler } from './metrics/write-endpoint.js';
import type { Metrics } from './ops/metrics.js';
import type { ServerPool } from './pool/server-pool.js';

/** The measured side: where samples come in and the table they end in. */
export interface MeasuredSide {
  readonly keeper: LoadTableKeeper;
  /** `POST /api/v2/write`; only with the embedded ingest. */
  readonly write: ReturnType<typeof writeHandler> | undefined;
}

/** The configured source of samples on its own; `undefined` with `none`. */
export function createSampleSource(
  metrics: Config['metrics'],
  { now }: { readonly now: () => number },
): SampleSource | undefined {
  const { windowMs, maxAgeMs } = metrics;
  return metrics.source === 'ingest' ? new IngestStore({ windowMs, maxAgeMs, now }) : undefined;
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
  const { source, windowMs, refreshMs, maxAgeMs, ingest } = config.metrics;
  const { now, logger, metrics } = deps;
  const store = source === 'ingest' ? new IngestStore({ windowMs, maxAgeMs, now }) : undefined;
  if (source !== 'ingest' && source !== 'none') {
    logger.warn('this source of samples is not built yet; placement goes by the attendees that polls count', {
      source,
    });
  }
  const keeper = new LoadTableKeeper({
    source: store,
    keys: () =>
      deps
        .pool()
        .servers()
        .map(({ definition }) => ({
          serverId: definition.id,
          host: definition.metricsHost ?? new URL(definition.url).hostname,
        })),
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
    ...config.admin.tokens.filter(({ scope }) => scope !== 'read').map(({ token }) => token),
  ];
  const write = store && writeHandler({ authorize: tokenCheck(tokens), store, logger });
  return { keeper, write };
}
