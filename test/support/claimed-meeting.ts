import type { Meeting } from '../../src/meetings/meeting.js';

/** A meeting of 15 that runs on `bbb1`, and whatever a test says otherwise. */
export function claimed(meetingId: string, changes: Partial<Meeting> = {}): Meeting {
  return {
    tenantId: 'default',
    meetingId,
    scopedId: meetingId,
    serverId: 'bbb1',
    state: 'running',
    expectedAttendees: 15,
    claimedAt: 0,
    internalMeetingId: undefined,
    createTime: undefined,
    wasMoved: false,
    endRequestedAt: undefined,
    ...changes,
  };
}
