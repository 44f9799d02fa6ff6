import type { SimAttendee, SimMeeting } from '../state/sim-meeting.js';
import { javaDate, line } from '../xml.js';

/** What getMeetingInfo and getMeetings say of a meeting, in the order of bbb-web's template. */
export function meetingXml(meeting: SimMeeting): string {
  const { settings } = meeting;
  const people = [...meeting.attendees.values()];
  const count = (is: (attendee: SimAttendee) => boolean): number => people.filter(is).length;
  return [
    line('meetingName', settings.name),
    line('meetingID', meeting.meetingId),
    line('internalMeetingID', meeting.internalId),
    line('createTime', meeting.createTime),
    line('createDate', javaDate(meeting.createTime)),
    line('voiceBridge', settings.voiceBridge),
    line('dialNumber', settings.dialNumber),
    line('attendeePW', settings.attendeePassword),
    line('moderatorPW', settings.moderatorPassword),
    line('running', people.length > 0),
    line('duration', settings.durationMinutes),
    line('hasUserJoined', meeting.hasUserJoined),
    line('recording', settings.isRecorded),
    line('hasBeenForciblyEnded', meeting.endTime !== 0),
    line('startTime', meeting.startTime),
    line('endTime', meeting.endTime),
    line('participantCount', people.length),
    line(
      'listenerCount',
      count((attendee) => attendee.isListeningOnly),
    ),
    line(
      'voiceParticipantCount',
      count((attendee) => attendee.hasJoinedVoice),
    ),
    line(
      'videoCount',
      count((attendee) => attendee.hasVideo),
    ),
    line('maxUsers', settings.maxUsers),
    line(
      'moderatorCount',
      count((attendee) => attendee.role === 'MODERATOR'),
    ),
    people.length === 0 ? '<attendees/>\n' : `<attendees>\n${people.map(attendeeXml).join('')}</attendees>\n`,
    namedValues('metadata', settings.metadata),
    line('isBreakout', settings.breakout !== undefined),
    relativesXml(meeting),
  ].join('');
}

function attendeeXml(attendee: SimAttendee): string {
  return [
    '<attendee>\n',
    line('userID', attendee.externalUserId),
    line('fullName', attendee.fullName),
    line('role', attendee.role),
    line('isPresenter', attendee.isPresenter),
    line('isListeningOnly', attendee.isListeningOnly),
    line('hasJoinedVoice', attendee.hasJoinedVoice),
    line('hasVideo', attendee.hasVideo),
    line('clientType', 'HTML5'),
    namedValues('customdata', attendee.customData),
    '</attendee>\n',
  ].join('');
}

/** Keys become element names unchecked, as on a real server, where an odd one makes the answer malformed. */
function namedValues(element: string, values: ReadonlyMap<string, string>): string {
  if (values.size === 0) return `<${element}/>\n`;
  return `<${element}>\n${[...values].map(([name, value]) => line(name, value)).join('')}</${element}>\n`;
}

function relativesXml(meeting: SimMeeting): string {
  const { breakout } = meeting.settings;
  const own = breakout
    ? line('parentMeetingID', breakout.parentInternalId) +
      line('sequence', breakout.sequence) +
      line('freeJoin', breakout.isFreeJoin)
    : '';
  if (meeting.breakoutIds.length === 0) return own;
  return `${own}<breakoutRooms>\n${meeting.breakoutIds.map((id) => line('breakout', id)).join('')}</breakoutRooms>\n`;
}
