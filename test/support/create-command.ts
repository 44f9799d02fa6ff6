import { RawQuery } from '../../src/bbb/raw-query.js';
import type { CreateCommand } from '../../src/meetings/create-command.js';

/** A create as the API hands it on; the meeting never expires by itself. */
export function createCommand(meetingId: string, changes: Partial<CreateCommand> = {}): CreateCommand {
  const query = RawQuery.parse('')
    .append('name', 'A class')
    .append('meetingID', meetingId)
    .append('attendeePW', 'ap')
    .append('moderatorPW', 'mp')
    .append('meetingExpireIfNoUserJoinedInMinutes', '0')
    .append('meetingExpireWhenLastUserLeftInMinutes', '0');
  return {
    tenant: { id: 'default', limits: {} },
    meetingId,
    scopedId: meetingId,
    query: query.toString(),
    body: undefined,
    contentType: undefined,
    hasDocuments: false,
    size: { sizeHint: undefined, maxAttendees: undefined },
    requiredTags: [],
    preferredTag: undefined,
    ...changes,
  };
}
