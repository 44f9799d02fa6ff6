import { messages } from './messages.js';

/** What servers say beside the keys that Ballast uses itself (catalogue of bbb-web 2.4 to 3.x). */
const SERVER_KEYS = [
  'apiNotEnabled',
  'guestDeniedAccess',
  'idNotUnique',
  'invalidPassword',
  'maxParticipantsReached',
  'meetingForciblyEnded',
  'nonUniqueVoiceBridge',
  'Params required',
  'upload_text_track_failed',
];

/** Every messageKey that a FAILED answer is known to have; whatever else a server writes is counted as one. */
export const FAILED_KEYS: readonly string[] = [...Object.keys(messages), ...SERVER_KEYS];
