import type { Pool } from '../pool/pool.js';
import type { MeetingDirectory } from './meeting-directory.js';

/** People in a tenant's meetings, as counted by the newest polls. */
export function tenantAttendees(directory: MeetingDirectory, pool: Pool, tenantId: string): number {
  let attendees = 0;
  for (const meeting of directory.all()) {
    if (meeting.tenantId !== tenantId) continue;
    attendees += pool.server(meeting.serverId)?.poll?.meetings.get(meeting.scopedId)?.attendees ?? 0;
  }
  return attendees;
}
