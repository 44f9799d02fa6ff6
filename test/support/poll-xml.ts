import type { ServerDefinition } from '../../src/pool/server.js';

/** One meeting of a canned getMeetings answer. */
export interface CannedMeeting {
  readonly meetingId: string;
  readonly attendees?: number;
  readonly voice?: number;
  readonly video?: number;
  readonly isBreakout?: boolean;
  readonly parentMeetingId?: string;
  readonly hasBeenForciblyEnded?: boolean;
}

/** A getMeetings answer as BBB writes it. */
export function meetingsXml(meetings: readonly CannedMeeting[]): string {
  if (meetings.length === 0) {
    return (
      '<response>\n<returncode>SUCCESS</returncode>\n<meetings/>\n<messageKey>noMeetings</messageKey>\n' +
      '<message>no meetings were found on this server</message>\n</response>\n'
    );
  }
  const list = meetings.map(meetingXml).join('\n');
  return `<response>\n<returncode>SUCCESS</returncode>\n<meetings>\n${list}\n</meetings>\n</response>\n`;
}

/** A FAILED answer with that key. */
export function failedXml(messageKey: string): string {
  return (
    `<response>\n<returncode>FAILED</returncode>\n<messageKey>${messageKey}</messageKey>\n` +
    '<message>Checksums do not match</message>\n</response>\n'
  );
}

function meetingXml(meeting: CannedMeeting): string {
  const { meetingId, attendees = 0, voice = 0, video = 0, isBreakout = false, parentMeetingId } = meeting;
  const fields = [
    `<meetingName>${meetingId}</meetingName>`,
    `<meetingID>${meetingId}</meetingID>`,
    `<internalMeetingID>${meetingId}-internal</internalMeetingID>`,
    '<createTime>1700000000000</createTime>',
    '<running>true</running>',
    `<hasBeenForciblyEnded>${meeting.hasBeenForciblyEnded ?? false}</hasBeenForciblyEnded>`,
    `<participantCount>${attendees}</participantCount>`,
    '<listenerCount>0</listenerCount>',
    `<voiceParticipantCount>${voice}</voiceParticipantCount>`,
    `<videoCount>${video}</videoCount>`,
    '<maxUsers>0</maxUsers>',
    '<attendees>\n</attendees>',
    `<isBreakout>${isBreakout}</isBreakout>`,
  ];
  if (parentMeetingId !== undefined) fields.push(`<parentMeetingID>${parentMeetingId}</parentMeetingID>`);
  return `<meeting>\n${fields.join('\n')}\n</meeting>`;
}

/** An enabled server with nothing special about it. */
export function serverDefinition(id: string, changes: Partial<ServerDefinition> = {}): ServerDefinition {
  return {
    id,
    url: `http://127.0.0.1:1/bigbluebutton/api`,
    secret: 'a-secret-of-that-server',
    allowInsecureTls: false,
    loadMultiplier: 1,
    tags: [],
    adminState: 'enabled',
    isDraining: false,
    metricsHost: undefined,
    limits: {},
    networkMbit: undefined,
    ...changes,
  };
}
