import { createHash, randomInt } from 'node:crypto';
import type { Parameters } from '../parameters.js';
import type { MeetingSettings, SimMeeting } from '../state/sim-meeting.js';
import { javaDate, line, response } from '../xml.js';
import {
  type Failure,
  failed,
  htmlAnswer,
  type SimAnswer,
  type SimCall,
  type SimContext,
  success,
  xmlAnswer,
} from './sim-call.js';
import { booleanViolation, meetingIdViolation, passwordViolation, reported } from './violations.js';

const DUPLICATE = 'This conference was already in existence and may currently be in progress.';

/** create: idempotent by meetingID, with bbb-web's rules for repeats (3.0 line). */
export const createCall: SimCall = {
  methods: ['GET', 'POST'],
  checksum: 'meeting',
  bodies: 'any',
  handle: ({ parameters, body }, context) => {
    const failure = violation(parameters, context);
    if (failure) return failed(failure);
    // XmlSlurper throws on malformed modules, which no controller catches.
    if (body.modules === 'malformed') return htmlAnswer(500, 'Internal Server Error');
    const id = identify(parameters);
    const existing = context.meetings.find(id.meetingId);
    if (existing?.endTime === 0) return repeated(existing, parameters);
    const voiceBridge = chooseVoiceBridge(parameters, context);
    if (voiceBridge === undefined) return voiceBridgeTaken();
    const meeting = context.meetings.create(
      id.meetingId,
      readSettings(parameters, voiceBridge),
      id.internalId,
    );
    context.meetings.addDocuments(meeting, body.modules?.documents ?? []);
    return success(created(meeting, '', ''));
  },
};

function violation(parameters: Parameters, context: SimContext): Failure | undefined {
  const invalid = (text: string): Failure => ({ key: 'validationError', text });
  const name = parameters.text('name');
  const nameFault =
    name === ''
      ? invalid('You must provide a meeting name')
      : name.length < 2 || name.length > 256
        ? invalid('Meeting name must be between 2 and 256 characters')
        : undefined;
  const isBreakoutText = 'You must provide a boolean value (true or false) for the breakout room';
  return reported([
    meetingIdViolation(parameters),
    nameFault,
    passwordViolation(parameters.get('attendeePW')),
    passwordViolation(parameters.get('moderatorPW')),
    /^\d*$/.test(parameters.text('voiceBridge')) ? undefined : invalid('Voice bridge must be an integer'),
    booleanViolation(parameters, 'record', 'Record must be a boolean value (true or false)'),
    booleanViolation(parameters, 'isBreakout', isBreakoutText),
    parentViolation(parameters, context),
  ]);
}

function parentViolation(parameters: Parameters, context: SimContext): Failure | undefined {
  if (!parameters.isTrue('isBreakout')) return undefined;
  const parentId = parameters.text('parentMeetingID');
  if (parentId === '') {
    return { key: 'parentMeetingIDMissing', text: 'No parent meeting ID was provided for the breakout room' };
  }
  if (context.meetings.findInternal(parentId)?.endTime === 0) return undefined;
  return { key: 'parentMeetingDoesNotExist', text: 'No parent meeting exists for the breakout room' };
}

/** A breakout room brings its internal ID; its external one is made of the parent, the time and the sequence. */
function identify(parameters: Parameters): { meetingId: string; internalId?: string } {
  const given = parameters.text('meetingID');
  if (!parameters.isTrue('isBreakout')) return { meetingId: given };
  const dash = given.indexOf('-');
  const timestamp = dash < 0 ? '' : given.slice(dash + 1);
  const seed = `${parameters.text('parentMeetingID')}-${timestamp}-${parameters.text('sequence')}`;
  return { meetingId: `${createHash('sha1').update(seed).digest('hex')}-${timestamp}`, internalId: given };
}

function repeated(existing: SimMeeting, parameters: Parameters): SimAnswer {
  const attendeePassword = parameters.text('attendeePW');
  const moderatorPassword = parameters.text('moderatorPW');
  const isSame =
    attendeePassword === existing.settings.attendeePassword &&
    moderatorPassword === existing.settings.moderatorPassword;
  if (isSame || (attendeePassword === '' && moderatorPassword === '')) {
    return success(created(existing, 'duplicateWarning', DUPLICATE));
  }
  return failed({
    key: 'idNotUnique',
    text: 'A meeting already exists with that meeting ID.  Please use a different meeting ID.',
  });
}

function readSettings(parameters: Parameters, voiceBridge: string): MeetingSettings {
  const metadata = [...parameters.withPrefix('meta_')].map(
    ([name, value]) => [name.toLowerCase(), value] as const,
  );
  return {
    name: parameters.text('name'),
    attendeePassword: parameters.text('attendeePW') || randomPassword(),
    moderatorPassword: parameters.text('moderatorPW') || randomPassword(),
    voiceBridge,
    dialNumber: parameters.text('dialNumber') || '613-555-1234',
    durationMinutes: parameters.integer('duration', 0),
    isRecorded: parameters.isTrue('record'),
    keepsEvents: parameters.isTrue('meetingKeepEvents'),
    maxUsers: parameters.integer('maxParticipants', 0),
    guestPolicy: parameters.text('guestPolicy') || 'ALWAYS_ACCEPT',
    logoutUrl: parameters.get('logoutURL'),
    metadata: new Map(metadata),
    meetingEndedUrl: parameters.get('meetingEndedURL'),
    expireUnjoinedMinutes: parameters.integer('meetingExpireIfNoUserJoinedInMinutes', 5),
    expireEmptyMinutes: parameters.integer('meetingExpireWhenLastUserLeftInMinutes', 1),
    breakout: parameters.isTrue('isBreakout')
      ? {
          parentInternalId: parameters.text('parentMeetingID'),
          sequence: parameters.integer('sequence', 0),
          isFreeJoin: parameters.isTrue('freeJoin'),
        }
      : undefined,
  };
}

function randomPassword(): string {
  const letters = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789';
  return Array.from({ length: 8 }, () => letters[randomInt(letters.length)] ?? 'a').join('');
}

/** The bridge asked for, or a free one of five digits; `undefined` when it is in use. */
function chooseVoiceBridge(parameters: Parameters, context: SimContext): string | undefined {
  const wanted = parameters.text('voiceBridge');
  if (wanted !== '') return context.meetings.hasVoiceBridge(wanted) ? undefined : wanted;
  let bridge = '';
  for (let tries = 0; tries < 10; tries++) {
    bridge = String(10_000 + Math.floor(context.random() * 90_000));
    if (!context.meetings.hasVoiceBridge(bridge)) break;
  }
  return bridge;
}

/** The older shape of errors, which bbb-web still uses for this one key. */
function voiceBridgeTaken(): SimAnswer {
  const error = '<error key="nonUniqueVoiceBridge" message="The selected voice bridge is already in use."/>';
  return xmlAnswer(response('FAILED', `<errors>\n${error}\n</errors>\n`));
}

function created(meeting: SimMeeting, messageKey: string, message: string): string {
  const { settings } = meeting;
  return [
    line('meetingID', meeting.meetingId),
    line('internalMeetingID', meeting.internalId),
    line('parentMeetingID', settings.breakout?.parentInternalId ?? 'bbb-none'),
    line('attendeePW', settings.attendeePassword),
    line('moderatorPW', settings.moderatorPassword),
    line('createTime', meeting.createTime),
    line('voiceBridge', settings.voiceBridge),
    line('dialNumber', settings.dialNumber),
    line('createDate', javaDate(meeting.createTime)),
    line('hasUserJoined', meeting.hasUserJoined),
    line('duration', settings.durationMinutes),
    line('hasBeenForciblyEnded', meeting.endTime !== 0),
    line('messageKey', messageKey),
    line('message', message),
  ].join('');
}
