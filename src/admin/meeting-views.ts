import type { MeetingDirectory } from '../meetings/meeting-directory.js';
import type { Pool } from '../pool/pool.js';
import type { MeetingView } from './views.js';

/** All claimed and running meetings as the admin API shows them. */
export function meetingViews(directory: MeetingDirectory, pool: Pool): readonly MeetingView[] {
  return [...directory.all()].map(
    ({ tenantId, meetingId, scopedId, serverId, state, createTime, claimedAt }) => ({
      tenantId,
      meetingId,
      serverId,
      state,
      attendees: pool.server(serverId)?.poll?.meetings.get(scopedId)?.attendees,
      createTime,
      claimedAt,
    }),
  );
}
