import { checksumOf } from '../checksum.js';
import { javaUrlEncode, type Parameters } from '../parameters.js';
import { jsonAnswer, type SimAnswer, type SimCall, type SimContext, xmlAnswer } from './sim-call.js';

const SESSION_CALL = { methods: ['GET', 'POST'], checksum: 'none', bodies: 'form' } as const;

function refused(message: string): SimAnswer {
  return jsonAnswer({ returncode: 'FAILED', message });
}

function readSession(
  parameters: Parameters,
  context: SimContext,
): ReturnType<SimContext['meetings']['session']> {
  return context.meetings.session(parameters.text('sessionToken'));
}

/** getJoinUrl: signed with SHA-1, the query begins with `&` and that is signed too; names are encoded twice. */
export const getJoinUrlCall: SimCall = {
  ...SESSION_CALL,
  handle: ({ parameters }, context) => {
    const session = readSession(parameters, context);
    if (!session) return refused('Invalid Session');
    const { meeting, attendee } = session;
    const query = [
      '',
      'redirect=true',
      `existingUserID=${attendee.userId}`,
      `role=${attendee.role}`,
      `fullName=${javaUrlEncode(javaUrlEncode(attendee.fullName))}`,
      `meetingID=${javaUrlEncode(javaUrlEncode(meeting.meetingId))}`,
    ].join('&');
    const checksum = checksumOf('sha1', 'join', query, context.secret);
    return jsonAnswer({
      returncode: 'SUCCESS',
      message: 'Join URL provided successfully.',
      url: `${context.origin}/bigbluebutton/api/join?${query}&checksum=${checksum}`,
    });
  },
};

/** learningDashboard: for moderators of a live session. */
export const learningDashboardCall: SimCall = {
  ...SESSION_CALL,
  handle: ({ parameters }, context) => {
    const session = readSession(parameters, context);
    if (!session) return refused('Invalid Session');
    if (session.attendee.role !== 'MODERATOR') return refused('Access denied');
    const users = [...session.meeting.attendees.values()].map(({ userId, fullName }) => ({
      userId,
      name: fullName,
    }));
    const data = JSON.stringify({
      intId: session.meeting.internalId,
      name: session.meeting.settings.name,
      users,
    });
    return jsonAnswer({ returncode: 'SUCCESS', data, sessionToken: session.attendee.sessionToken });
  },
};

/** signOut: the browser leaves; SUCCESS for unknown tokens as well. */
export const signOutCall: SimCall = {
  ...SESSION_CALL,
  handle: ({ parameters }, context) => {
    const session = readSession(parameters, context);
    if (session) context.meetings.leave(session.meeting, session.attendee.userId);
    return xmlAnswer('<response><returncode>SUCCESS</returncode></response>');
  },
};
