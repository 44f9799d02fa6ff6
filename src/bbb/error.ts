/**
 * Every messageKey Ballast itself answers with: BBB's own keys where BBB has one
 * (catalogue of bbb-web 2.4 to 3.x), then the keys only a balancer needs.
 */
export type MessageKey =
  | 'checksumError'
  | 'unsupportedContentType'
  | 'missingParamMeetingID'
  | 'missingParamRecordID'
  | 'missingParamPublish'
  | 'missingParamFullName'
  | 'validationError'
  | 'notFound'
  | 'invalidMeetingIdentifier'
  | 'meetingNotFound'
  | 'mismatchCreateTimeParam'
  | 'parentMeetingIDMissing'
  | 'parentMeetingDoesNotExist'
  | 'noRecordings'
  | 'paramError'
  | 'unsupportedRequest'
  | 'createHookError'
  | 'missingParamCallbackURL'
  | 'missingParamHookID'
  | 'destroyMissingHook'
  | 'requestTooLarge'
  | 'tooManyFailedChecksums'
  | 'unknownTenant'
  | 'maxMeetingsReached'
  | 'maxAttendeesReached'
  | 'noServerAvailable'
  | 'serverUnavailable'
  | 'internalError';

/** A refusal in BBB's terms: the API router turns it into a FAILED answer, the admin router into problem JSON. */
export class BbbError extends Error {
  override readonly name = 'BbbError';

  constructor(
    readonly messageKey: MessageKey,
    message: string,
    options?: ErrorOptions,
  ) {
    super(message, options);
  }
}
