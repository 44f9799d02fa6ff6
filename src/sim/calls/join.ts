import { randomBytes } from 'node:crypto';
import type { Parameters } from '../parameters.js';
import type { SimMeeting } from '../state/sim-meeting.js';
import { line } from '../xml.js';
import { type Failure, failed, type SimAnswer, type SimCall, type SimContext, success } from './sim-call.js';
import { booleanViolation, meetingIdViolation, reported } from './violations.js';

/** join: BBB's three channels for errors, by redirect, by redirect or XML, and by XML only. */
export const joinCall: SimCall = {
  methods: ['GET'],
  checksum: 'meeting',
  bodies: 'form',
  // The parameter `redirect` is read only after validation: a wrong checksum redirects even with redirect=false.
  refuse: (failure, { parameters }, context) => redirectWithError(failure, parameters, context),
  handle: ({ parameters }, context) => {
    const meeting = context.meetings.find(parameters.text('meetingID'));
    const invalid = validate(parameters, meeting);
    if (invalid || !meeting) {
      const unknown = { key: 'invalidMeetingIdentifier', text: 'A meeting with that ID does not exist' };
      return redirectWithError(invalid ?? unknown, parameters, context);
    }
    const role = readRole(parameters, meeting);
    if (typeof role !== 'string') return failed(role);
    const refused = refusal(parameters, meeting);
    if (refused)
      return wantsXml(parameters) ? failed(refused) : redirectWithError(refused, parameters, context);
    return admit(parameters, meeting, role, context);
  },
};

function validate(parameters: Parameters, meeting: SimMeeting | undefined): Failure | undefined {
  const ended = {
    key: 'meetingForciblyEnded',
    text: 'You can not join a meeting that has already been forcibly ended',
  };
  const unknown = { key: 'invalidMeetingIdentifier', text: 'A meeting with that ID does not exist' };
  return reported([
    meetingIdViolation(parameters),
    parameters.text('fullName') === ''
      ? { key: 'missingParamFullName', text: 'You must provide your name' }
      : undefined,
    meeting ? undefined : unknown,
    meeting && meeting.endTime !== 0 ? ended : undefined,
    booleanViolation(parameters, 'guest', 'Guest must be a boolean value (true or false)'),
    booleanViolation(parameters, 'auth', 'Auth must be a boolean value (true or false)'),
  ]);
}

/** A valid role wins; without one the password decides. */
function readRole(parameters: Parameters, meeting: SimMeeting): 'MODERATOR' | 'VIEWER' | Failure {
  const role = parameters.text('role').toUpperCase();
  if (role === 'MODERATOR' || role === 'VIEWER') return role;
  const password = parameters.text('password');
  if (password === '') {
    return {
      key: 'Params required',
      text: 'You must either send the valid role of the user, or the password, sould the meeting has one.',
    };
  }
  if (password === meeting.settings.moderatorPassword) return 'MODERATOR';
  if (password === meeting.settings.attendeePassword) return 'VIEWER';
  return { key: 'Params required', text: 'You must enter a valid password' };
}

function refusal(parameters: Parameters, meeting: SimMeeting): Failure | undefined {
  const createTime = parameters.get('createTime');
  if (createTime !== undefined && createTime !== '' && createTime !== String(meeting.createTime)) {
    return {
      key: 'mismatchCreateTimeParam',
      text: 'The createTime parameter submitted mismatches with the current meeting.',
    };
  }
  const { maxUsers, guestPolicy } = meeting.settings;
  if (maxUsers > 0 && meeting.attendees.size >= maxUsers) {
    return {
      key: 'maxParticipantsReached',
      text: 'The number of participants allowed for this meeting has been reached.',
    };
  }
  if (guestPolicy === 'ALWAYS_DENY' && parameters.isTrue('guest')) {
    return {
      key: 'guestDeniedAccess',
      text: "You have been denied access to this meeting based on the meeting's guest policy",
    };
  }
  return undefined;
}

function admit(
  parameters: Parameters,
  meeting: SimMeeting,
  role: 'MODERATOR' | 'VIEWER',
  context: SimContext,
): SimAnswer {
  const isWaiting = meeting.settings.guestPolicy === 'ASK_MODERATOR' && parameters.isTrue('guest');
  const customData = parameters.withPrefix('userdata-');
  // Whoever simulates the browser says here what its user will do once inside.
  const media = {
    hasJoinedVoice: customData.get('sim_voice') === 'true',
    hasVideo: customData.get('sim_video') === 'true',
  };
  const session = isWaiting
    ? { userId: `w_${randomBytes(6).toString('hex')}`, sessionToken: randomBytes(8).toString('hex') }
    : context.meetings.join(meeting, {
        fullName: parameters.text('fullName'),
        role,
        externalUserId: parameters.get('userID'),
        customData,
        ...media,
        isListeningOnly: !media.hasJoinedVoice,
      });
  const url = `${context.origin}/html5client/join?sessionToken=${session.sessionToken}`;
  const cookie = {
    'Set-Cookie': `JSESSIONID=${randomBytes(16).toString('hex').toUpperCase()}; Path=/bigbluebutton; HttpOnly`,
  };
  if (!wantsXml(parameters)) return { status: 302, headers: { Location: url, ...cookie }, body: '' };
  const answer = success(
    [
      line('messageKey', isWaiting ? 'guestWait' : 'successfullyJoined'),
      line(
        'message',
        isWaiting ? 'Guest waiting for approval to join meeting.' : 'You have joined successfully.',
      ),
      line('meeting_id', meeting.internalId),
      line('user_id', session.userId),
      line('auth_token', randomBytes(6).toString('hex')),
      line('session_token', session.sessionToken),
      line('guestStatus', isWaiting ? 'WAIT' : 'ALLOW'),
      line('url', url),
    ].join(''),
  );
  return { ...answer, headers: { ...answer.headers, 'Cache-Control': 'no-cache', ...cookie } };
}

/** Everything but `true` means false, once the parameter is there. */
function wantsXml(parameters: Parameters): boolean {
  const redirect = parameters.get('redirect');
  return redirect !== undefined && redirect !== '' && redirect.toLowerCase() !== 'true';
}

/** `errors=` is a JSON list; the target's own query is decoded and quoted again, as java.net.URI does it. */
function redirectWithError(failure: Failure, parameters: Parameters, context: SimContext): SimAnswer {
  const target = [parameters.text('errorRedirectUrl'), parameters.text('logoutURL'), context.origin].find(
    isUrl,
  );
  const [path, query] = splitOnce((target ?? context.origin).replace(/%%[A-Z]+%%/g, ''), '?');
  const errors = `errors=${quote(JSON.stringify([{ message: failure.text, key: failure.key }]))}`;
  const location = query === undefined ? `${path}?${errors}` : `${path}?${quote(decode(query))}&${errors}`;
  return { status: 302, headers: { Location: location }, body: '' };
}

function isUrl(text: string): boolean {
  return /^https?:\/\//.test(text) && URL.canParse(text.replace(/%%[A-Z]+%%/g, ''));
}

function splitOnce(text: string, separator: string): [string, string | undefined] {
  const at = text.indexOf(separator);
  return at < 0 ? [text, undefined] : [text.slice(0, at), text.slice(at + 1)];
}

function decode(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
}

function quote(text: string): string {
  return encodeURI(text).replaceAll('%5B', '[').replaceAll('%5D', ']').replaceAll('#', '%23');
}
