import { BbbError } from '../../src/bbb/error.js';
import { RawQuery } from '../../src/bbb/raw-query.js';
import type { CreateCommand, CreateResult } from '../../src/meetings/create-command.js';

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

/** What a create came to: the server, the returncode and the messageKey, or the key of the refusal. */
export async function createOutcome(
  rig: { create(meetingId: string): Promise<CreateResult> },
  meetingId: string,
): Promise<string> {
  try {
    const { answer, serverId } = await rig.create(meetingId);
    return `${serverId} ${answer.returnCode ?? ''} ${answer.messageKey ?? ''}`.trim();
  } catch (error) {
    if (error instanceof BbbError) return error.messageKey;
    throw error;
  }
}
