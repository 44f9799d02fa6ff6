import type { PooledServer } from '../pool/server.js';
import type { MeetingView } from './views.js';

/**
 * How many meetings run on a server: the claims, or what its last poll counted where that is more
 * (made there directly). The last poll of an offline server says nothing about now.
 */
export function meetingsOn(
  server: PooledServer | undefined,
  meetings: readonly Pick<MeetingView, 'serverId'>[],
  serverId: string,
): number {
  const claimed = meetings.filter((meeting) => meeting.serverId === serverId).length;
  const polled = server?.health === 'offline' ? 0 : (server?.poll?.counts.meetings ?? 0);
  return Math.max(claimed, polled);
}
