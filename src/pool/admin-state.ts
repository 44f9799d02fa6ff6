import { BbbError } from '../bbb/error.js';
import type { Pool } from './pool.js';
import type { AdminState, ServerDefinition } from './server.js';

/** No new meetings there; running ones go on. Throws BbbError `notFound` when the pool has no such server. */
export function cordon(pool: Pool, serverId: string): Promise<void> {
  return setAdminState(pool, serverId, 'cordoned', false);
}

/** Takes new meetings again; ends a drain under way. */
export function uncordon(pool: Pool, serverId: string): Promise<void> {
  return setAdminState(pool, serverId, 'enabled', false);
}

/** Cordons it, and disables it once its last meeting has ended; a disabled server stays as it is. */
export async function drain(pool: Pool, serverId: string): Promise<void> {
  if (pool.server(serverId)?.definition.adminState === 'disabled') return;
  await setAdminState(pool, serverId, 'cordoned', true);
}

/** In service, from whatever state. */
export function enable(pool: Pool, serverId: string): Promise<void> {
  return setAdminState(pool, serverId, 'enabled', false);
}

/** Out of service at once: no longer polled, and its meetings count as gone. */
export function disable(pool: Pool, serverId: string): Promise<void> {
  return setAdminState(pool, serverId, 'disabled', false);
}

/** True when a good poll of a draining server shows that nothing runs there any more. */
export function isDrained(
  definition: ServerDefinition,
  meetings: Iterable<{ hasBeenForciblyEnded: boolean }>,
): boolean {
  if (!definition.isDraining) return false;
  // BBB goes on listing an ended meeting for a while.
  for (const meeting of meetings) if (!meeting.hasBeenForciblyEnded) return false;
  return true;
}

async function setAdminState(
  pool: Pool,
  serverId: string,
  adminState: AdminState,
  isDraining: boolean,
): Promise<void> {
  const server = pool.server(serverId);
  if (server === undefined) throw new BbbError('notFound', `there is no server ${serverId} in the pool`);
  const { definition } = server;
  if (definition.adminState === adminState && definition.isDraining === isDraining) return;
  await pool.save({ ...definition, adminState, isDraining });
}
