import { BbbApi } from './api/bbb-api.js';
import { callRegistry } from './api/call-registry.js';
import { clientAddresses } from './api/client-address.js';
import { FailedChecksums } from './api/failed-checksums.js';
import { MeetingList } from './api/meeting-list.js';
import type { RestoreUrls } from './api/relayed-answer.js';
import type { HookSide } from './app-hooks.js';
import type { ReceivedSide } from './app-received.js';
import type { HookDirectory } from './callbacks/hooks/hook-directory.js';
import type { Config } from './config/config.js';
import type { Logger } from './log.js';
import type { MeetingCreator } from './meetings/create-meeting.js';
import type { MeetingCalls } from './meetings/meeting-calls.js';
import type { MeetingDirectory } from './meetings/meeting-directory.js';
import type { Metrics } from './ops/metrics.js';
import type { ServerPool } from './pool/server-pool.js';
import type { RecordingCalls } from './recordings/recording-calls.js';
import type { TenantDirectory } from './tenants/tenant-directory.js';

/** Lists are served from polls a little older than the interval, or each poll's own duration would force another. */
const LIST_AGE_IN_INTERVALS = 1.25;

/** What the calls of the BBB API are answered from. */
export interface ApiSideDeps {
  readonly pool: ServerPool;
  readonly directory: MeetingDirectory;
  readonly tenants: TenantDirectory;
  readonly meetings: MeetingCalls;
  readonly creator: MeetingCreator;
  readonly hooks: HookDirectory;
  readonly serverHooks: Pick<HookSide, 'whyNoEvents'>;
  /** Callback URLs on their way to servers and back. */
  readonly callbacks: Pick<ReceivedSide, 'rewriter' | 'restorer'>;
  readonly recordings: RecordingCalls;
  readonly metrics: Metrics;
  readonly logger: Logger;
}

/** Builds the BBB API, with its recordings and lists of meetings. */
export function apiSide(config: Config, deps: ApiSideDeps): BbbApi {
  const { pool, directory, tenants, meetings, creator, hooks, recordings, metrics, logger } = deps;
  const addresses = clientAddresses(config.trustProxy);
  const { rewriter, restorer } = deps.callbacks;
  const restoreUrls: RestoreUrls = (xml, tenantId) => restorer.restoreUrlsNow(xml, tenantId);
  const list = new MeetingList({
    restoreUrls,
    pool,
    directory,
    tenants,
    maxAgeMs: config.poll.intervalMs * LIST_AGE_IN_INTERVALS,
  });
  return new BbbApi({
    calls: callRegistry({
      tenants,
      meetings,
      creator,
      directory,
      list,
      pool,
      recordings,
      rewriter,
      restoreUrls,
      originOf: (request) => addresses.originOf(request),
      hooks,
      whyNoEvents: deps.serverHooks.whyNoEvents,
    }),
    tenants,
    addresses,
    failedChecksums: new FailedChecksums(config.checksum.failuresPerMinute),
    algorithms: config.checksum.algorithms,
    allowUnsignedForms: config.checksum.allowUnsignedForms,
    body: config.body,
    logger,
    onCall: (event) => {
      metrics.apiRequest(event);
    },
  });
}
