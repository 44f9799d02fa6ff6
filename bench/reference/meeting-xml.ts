import { createHash } from 'node:crypto';

/** A meeting of the canned server. */
export interface CannedMeeting {
  readonly meetingId: string;
  readonly name: string;
  readonly attendees: number;
  readonly createTime: number;
}

/** BBB's internal ID: SHA-1 of the external one, then the create time. */
export function internalId(meeting: CannedMeeting): string {
  return `${createHash('sha1').update(meeting.meetingId).digest('hex')}-${meeting.createTime}`;
}

/** The answer to create, as bbb-web writes it. */
export function createdXml(meeting: CannedMeeting, isRepeat: boolean): string {
  const note = isRepeat
    ? '<messageKey>duplicateWarning</messageKey>\n<message>This conference was already in existence and may currently be in progress.</message>'
    : '<messageKey></messageKey>\n<message></message>';
  return `<response>
<returncode>SUCCESS</returncode>
<meetingID>${meeting.meetingId}</meetingID>
<internalMeetingID>${internalId(meeting)}</internalMeetingID>
<parentMeetingID>bbb-none</parentMeetingID>
<attendeePW>ap</attendeePW>
<moderatorPW>mp</moderatorPW>
<createTime>${meeting.createTime}</createTime>
<voiceBridge>70757</voiceBridge>
<dialNumber>613-555-1234</dialNumber>
<createDate>${new Date(meeting.createTime).toUTCString()}</createDate>
<hasUserJoined>false</hasUserJoined>
<duration>0</duration>
<hasBeenForciblyEnded>false</hasBeenForciblyEnded>
${note}
</response>`;
}

/** One `<meeting>` of getMeetings with its attendees. */
export function meetingXml(meeting: CannedMeeting): string {
  const people = Array.from({ length: meeting.attendees }, (_, i) => attendeeXml(i)).join('\n');
  return `<meeting>
<meetingName>${meeting.name}</meetingName>
<meetingID>${meeting.meetingId}</meetingID>
<internalMeetingID>${internalId(meeting)}</internalMeetingID>
<createTime>${meeting.createTime}</createTime>
<createDate>${new Date(meeting.createTime).toUTCString()}</createDate>
<voiceBridge>66052</voiceBridge>
<dialNumber>613-555-1234</dialNumber>
<attendeePW>ap</attendeePW>
<moderatorPW>mp</moderatorPW>
<running>${meeting.attendees > 0}</running>
<duration>0</duration>
<hasUserJoined>${meeting.attendees > 0}</hasUserJoined>
<recording>false</recording>
<hasBeenForciblyEnded>false</hasBeenForciblyEnded>
<startTime>${meeting.createTime + 20}</startTime>
<endTime>0</endTime>
<participantCount>${meeting.attendees}</participantCount>
<listenerCount>${Math.floor(meeting.attendees / 2)}</listenerCount>
<voiceParticipantCount>${Math.ceil(meeting.attendees / 2)}</voiceParticipantCount>
<videoCount>${Math.floor(meeting.attendees / 3)}</videoCount>
<maxUsers>0</maxUsers>
<moderatorCount>1</moderatorCount>
<attendees>
${people}
</attendees>
<metadata>
<bbb-origin>Moodle</bbb-origin>
<bbb-origin-server-name>moodle.example.org</bbb-origin-server-name>
<bbb-context>Introduction to seamanship</bbb-context>
</metadata>
<isBreakout>false</isBreakout>
</meeting>`;
}

/** The whole answer to getMeetings. */
export function meetingsXml(meetings: readonly string[]): string {
  if (meetings.length > 0) {
    return `<response>\n<returncode>SUCCESS</returncode>\n<meetings>\n${meetings.join('\n')}\n</meetings>\n</response>`;
  }
  return `<response>
<returncode>SUCCESS</returncode>
<meetings/>
<messageKey>noMeetings</messageKey>
<message>no meetings were found on this server</message>
</response>`;
}

function attendeeXml(index: number): string {
  return `<attendee>
<userID>user-${index}</userID>
<fullName>Attendee ${index}</fullName>
<role>${index === 0 ? 'MODERATOR' : 'VIEWER'}</role>
<isPresenter>${index === 0}</isPresenter>
<isListeningOnly>${index % 2 === 1}</isListeningOnly>
<hasJoinedVoice>${index % 2 === 0}</hasJoinedVoice>
<hasVideo>${index % 3 === 0}</hasVideo>
<clientType>HTML5</clientType>
<customdata>
</customdata>
</attendee>`;
}
