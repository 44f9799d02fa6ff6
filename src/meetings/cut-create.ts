import { UpstreamError } from '../bbb/upstream-error.js';
import type { ClaimDeps } from './claim-deps.js';
import { lookOnServer, STATUS_TIMEOUT_MS } from './meeting-client.js';
import type { Meeting } from './meeting.js';
import { isGone, isOutOfService } from './server-gone.js';

/**
 * Whether the repeat of a create that was cut goes on where it was claimed. A server in service: yes, a copy may be
 * there. A disabled one takes no new meeting, but the create may have been cut after its SUCCESS, and a class run there:
 * it is asked, for at most `timeoutMs`, and only then is there anything to wait for.
 */
export function goesOn(
  deps: Pick<ClaimDeps, 'pool' | 'client'>,
  { state, serverId, scopedId }: Meeting,
  timeoutMs: number,
): boolean | Promise<boolean> {
  if (state !== 'claimed') return false;
  const server = deps.pool.server(serverId);
  if (!isOutOfService(server)) return true;
  if (server === undefined || isGone(server)) return false;
  return lookOnServer(deps, server, scopedId, Math.max(1, Math.min(STATUS_TIMEOUT_MS, timeoutMs))).then(
    (seen) => seen === 'there',
    (error: unknown) => {
      if (error instanceof UpstreamError) return false;
      throw error;
    },
  );
}
