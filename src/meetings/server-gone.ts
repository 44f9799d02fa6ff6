import { BbbError } from '../bbb/error.js';
import type { PooledServer } from '../pool/server.js';
import type { MoveCause } from './placement-observer.js';

/** True when a server's meetings may be placed anew. */
export function isGone(server: PooledServer): boolean {
  return server.health === 'offline' || server.health === 'wrong-secret';
}

/** True when a server neither takes calls of ours nor is polled: gone, disabled, or not in the pool. */
export function isOutOfService(server: PooledServer | undefined): boolean {
  return server === undefined || isGone(server) || server.definition.adminState === 'disabled';
}

/** Why the meetings of a server that is gone, disabled or out of the pool may be placed anew. */
export function goneCause(server: PooledServer | undefined): MoveCause {
  if (server === undefined) return 'removed';
  if (server.health === 'offline' || server.health === 'wrong-secret') return server.health;
  return 'disabled';
}

/** The refusal while a meeting's server fails but is not given up yet. */
export function serverUnavailable(serverId: string, cause?: Error): BbbError {
  return new BbbError(
    'serverUnavailable',
    'The server of this meeting does not answer at the moment. Please try again in half a minute.',
    { cause: cause ?? new Error(`server ${serverId} did not answer in time`) },
  );
}

/** The refusal of a request that a server would not read (too long a URL, too large a body): no server would. */
export function requestRejected(cause: Error): BbbError {
  return new BbbError(
    'requestTooLarge',
    'The server refused the request as too large or malformed. Send a smaller presentation or fewer parameters.',
    { cause },
  );
}
