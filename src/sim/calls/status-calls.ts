import type { SimMeeting } from '../state/sim-meeting.js';
import { line, message, response } from '../xml.js';
import { meetingXml } from './meeting-xml.js';
import { failed, type SimAnswer, type SimCall, success, xmlAnswer } from './sim-call.js';
import { findMeeting, meetingIdViolation, passwordViolation, reported } from './violations.js';

const STATUS_CALL = { methods: ['GET', 'POST'], checksum: 'meeting', bodies: 'form' } as const;

/** isMeetingRunning: true while someone is in; an unknown meeting is no error. */
export const isMeetingRunningCall: SimCall = {
  ...STATUS_CALL,
  handle: ({ parameters }, context) => {
    const failure = meetingIdViolation(parameters);
    if (failure) return failed(failure);
    const meeting = context.meetings.find(parameters.text('meetingID'));
    return withoutCache(success(line('running', meeting?.endTime === 0 && meeting.attendees.size > 0)));
  },
};

/** getMeetingInfo, also of a meeting that is ending. */
export const getMeetingInfoCall: SimCall = {
  ...STATUS_CALL,
  handle: ({ parameters }, context) => {
    const found = findMeeting(parameters, context);
    return 'failure' in found ? failed(found.failure) : success(meetingXml(found.meeting));
  },
};

/** end: BBB only promises it; how long the meeting stays listed is the server's `endLagMs`. */
export const endCall: SimCall = {
  ...STATUS_CALL,
  handle: ({ parameters }, context) => {
    const found = findMeeting(parameters, context);
    const weak = passwordViolation(parameters.get('password'));
    if ('failure' in found) return failed(reported([found.failure, weak]) ?? found.failure);
    if (weak) return failed(weak);
    if (
      context.checksEndPassword &&
      parameters.text('password') !== found.meeting.settings.moderatorPassword
    ) {
      return failed({
        key: 'invalidPassword',
        text: 'You must supply the moderator password for this call.',
      });
    }
    context.meetings.end(found.meeting);
    return withoutCache(
      success(
        message(
          'sentEndMeetingRequest',
          'A request to end the meeting was sent.  Please wait a few seconds, and then use the getMeetingInfo or isMeetingRunning API calls to verify that it was ended.',
        ),
      ),
    );
  },
};

/** getSessions: one entry for each session, internal meeting IDs. */
export const getSessionsCall: SimCall = {
  ...STATUS_CALL,
  handle: (_, context) => {
    const entries = context.meetings
      .list()
      .flatMap((meeting) =>
        [...meeting.attendees.values()].map(
          (attendee) =>
            '<meeting>\n' +
            line('meetingID', meeting.internalId) +
            line('meetingName', meeting.settings.name) +
            line('userName', attendee.fullName) +
            '</meeting>\n',
        ),
      );
    const content =
      entries.length === 0
        ? `<sessions/>\n${message('noSessions', 'no sessions were found on this serverr')}`
        : `<sessions>\n${entries.join('')}</sessions>\n`;
    return withoutCache(success(content));
  },
};

/** getMeetings. The answer is written anew only for meetings that changed: benches poll hundreds of servers. */
export function makeGetMeetingsCall(): SimCall {
  const written = new WeakMap<object, { readonly revision: number; readonly xml: string }>();
  let last: { readonly revision: number; readonly answer: SimAnswer } | undefined;
  const write = (meeting: SimMeeting): string => {
    const known = written.get(meeting);
    if (known?.revision === meeting.revision) return known.xml;
    const xml = `<meeting>\n${meetingXml(meeting)}</meeting>\n`;
    written.set(meeting, { revision: meeting.revision, xml });
    return xml;
  };
  return {
    ...STATUS_CALL,
    handle: (_, context) => {
      const meetings = context.meetings.list();
      const { revision } = context.meetings;
      if (last?.revision === revision) return last.answer;
      const content =
        meetings.length === 0
          ? `<meetings/>\n${message('noMeetings', 'no meetings were found on this server')}`
          : `<meetings>\n${meetings.map(write).join('')}</meetings>\n`;
      last = { revision, answer: withoutCache(xmlAnswer(Buffer.from(response('SUCCESS', content)))) };
      return last.answer;
    },
  };
}

function withoutCache(answer: SimAnswer): SimAnswer {
  return { ...answer, headers: { ...answer.headers, 'Cache-Control': 'no-cache' } };
}
