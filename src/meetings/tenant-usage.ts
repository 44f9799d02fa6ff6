import type { Pool } from '../pool/pool.js';
import type { MeetingDirectory } from './meeting-directory.js';

/** What one tenant uses now. */
export interface TenantUsage {
  /** Claimed or running. */
  readonly meetings: number;
  /** People in them, as counted by the newest polls. */
  readonly attendees: number;
}

/** What each tenant with meetings uses, by its ID: one pass over all meetings, with nothing made for each. */
export function tenantUsage(
  directory: Pick<MeetingDirectory, 'all'>,
  pool: Pick<Pool, 'server'>,
): ReadonlyMap<string, TenantUsage> {
  const used = new Map<string, { meetings: number; attendees: number }>();
  for (const { tenantId, serverId, scopedId } of directory.all()) {
    let sum = used.get(tenantId);
    if (sum === undefined) used.set(tenantId, (sum = { meetings: 0, attendees: 0 }));
    sum.meetings += 1;
    sum.attendees += pool.server(serverId)?.poll?.meetings.get(scopedId)?.attendees ?? 0;
  }
  return used;
}
