import { CLIENT_GONE, VERSION_CALL } from './api/bbb-api.js';
import { CALL_NAMES } from './bbb/call-names.js';
import { EVENT_OUTCOMES } from './callbacks/hooks/event-relay.js';
import { FAILED_KEYS } from './bbb/failed-keys.js';
import { CALLBACK_COUNTS } from './callbacks/callback.js';
import { CREATE_FAILURES } from './meetings/placement-observer.js';
import { INGEST_REJECTIONS } from './metrics/ingest-tally.js';
import { createMetrics, type Metrics, type MetricsOptions } from './ops/metrics.js';
import { ADMIN_STATES, HEALTHS } from './pool/server.js';
import { VERSION } from './version.js';

/** The metrics of this Ballast, with every label of a closed list that the rooms know. */
export function appCounts(
  options: Omit<
    MetricsOptions,
    | 'version'
    | 'calls'
    | 'failedKeys'
    | 'createFailures'
    | 'callbackCounts'
    | 'ingestRejections'
    | 'eventOutcomes'
    | 'healths'
    | 'adminStates'
  > = {},
): Metrics {
  return createMetrics({
    version: VERSION,
    calls: [VERSION_CALL, ...CALL_NAMES],
    failedKeys: [...FAILED_KEYS, CLIENT_GONE],
    createFailures: CREATE_FAILURES,
    callbackCounts: CALLBACK_COUNTS,
    ingestRejections: INGEST_REJECTIONS,
    eventOutcomes: EVENT_OUTCOMES,
    healths: HEALTHS,
    adminStates: ADMIN_STATES,
    ...options,
  });
}
