import { BbbError } from './error.js';
import type { MessageKey } from './error.js';

/**
 * The text that goes with each messageKey: BBB's own where the key is BBB's (bbb-web 2.4 to 3.x), otherwise what a
 * person should do. Clients show these texts to people and compare the keys.
 */
export const messages: Readonly<Record<MessageKey, string>> = {
  checksumError: 'Checksums do not match',
  unsupportedContentType: 'POST request Content-Type is missing or unsupported',
  missingParamMeetingID: 'You must provide a meeting ID',
  missingParamRecordID: 'You must specify a recordID.',
  missingParamPublish: 'You must specify a publish value true or false.',
  missingParamFullName: 'You must provide your name',
  validationError: 'A parameter has a value that is not allowed',
  notFound: 'A meeting with that ID does not exist',
  invalidMeetingIdentifier: 'A meeting with that ID does not exist',
  meetingNotFound: 'Meeting not found',
  mismatchCreateTimeParam: 'The createTime parameter submitted mismatches with the current meeting.',
  parentMeetingIDMissing: 'No parent meeting ID was provided for the breakout room',
  parentMeetingDoesNotExist: 'No parent meeting exists for the breakout room',
  noRecordings: 'There are no recordings for the meeting(s).',
  paramError: 'A required parameter is missing or not valid.',
  unsupportedRequest: 'This request is not supported.',
  createHookError: 'An error happened while creating your hook. Check the logs.',
  missingParamCallbackURL: 'You must specify a callbackURL in the parameters.',
  missingParamHookID: 'You must specify a hookID in the parameters.',
  destroyMissingHook: 'The hook informed was not found.',
  requestTooLarge:
    'The request is larger than this server accepts. Send a smaller presentation or fewer parameters.',
  tooManyFailedChecksums:
    'Too many requests with wrong checksums came from your address. Check the shared secret and try again in a minute.',
  unknownTenant: 'No tenant is set up under this address. Check the URL of the API in your settings.',
  maxMeetingsReached:
    'The number of meetings allowed at the same time has been reached. End a meeting, or try again later.',
  maxAttendeesReached:
    'The number of participants allowed at the same time has been reached. Try again when others have left.',
  noServerAvailable: 'No server can take this meeting at the moment. Please try again in a minute.',
  serverUnavailable:
    'The server of this meeting does not answer at the moment. Please try again in a minute.',
  internalError: 'Something went wrong on our side. Please try again; if it stays, tell the administrator.',
};

/** BBB's texts for checks of single parameters, all under the key `validationError`. */
export const validationMessages = {
  meetingIdLength: 'Meeting ID must be between 2 and 256 characters',
  meetingIdComma: "Meeting ID cannot contain ','",
  meetingIdInvalid: 'Invalid meeting ID',
  nameMissing: 'You must provide a meeting name',
  nameLength: 'Meeting name must be between 2 and 256 characters',
  voiceBridge: 'Voice bridge must be an integer',
  record: 'Record must be a boolean value (true or false)',
  isBreakout: 'You must provide a boolean value (true or false) for the breakout room',
  guest: 'Guest must be a boolean value (true or false)',
  auth: 'Auth must be a boolean value (true or false)',
} as const;

/** BBB's texts for recording calls where they differ from those of meeting calls. */
export const recordingMessages = {
  checksumError: 'You did not pass the checksum security check',
  notFound: 'We could not find recordings',
} as const;

/** BBB's texts of answers that succeed with a messageKey; some have two blanks or a typo, as BBB writes them. */
export const successMessages = {
  noMeetings: 'no meetings were found on this server',
  noSessions: 'no sessions were found on this serverr',
  noRecordings: 'There are no recordings for the meeting(s).',
  sentEndMeetingRequest:
    'A request to end the meeting was sent.  Please wait a few seconds, and then use the getMeetingInfo or ' +
    'isMeetingRunning API calls to verify that it was ended.',
  changePending:
    'Some servers that hold these recordings do not answer. They are told of the change as soon as they do.',
  duplicateWarning: 'This conference was already in existence and may currently be in progress.',
} as const;

/** A refusal with BBB's text for its key, unless another text is given. */
export function bbbError(messageKey: MessageKey, message?: string, options?: ErrorOptions): BbbError {
  return new BbbError(messageKey, message ?? messages[messageKey], options);
}
