/**
 * The calls of the BBB API that Ballast serves, as in the path. getJoinUrl, learningDashboard, enter, stuns, signOut and
 * the like are not among them: they need the session cookie that only the user's own server has.
 */
export const CALL_NAMES = [
  'create',
  'join',
  'isMeetingRunning',
  'getMeetingInfo',
  'getMeetings',
  'end',
  'insertDocument',
  'sendChatMessage',
  'getRecordings',
  'publishRecordings',
  'updateRecordings',
  'deleteRecordings',
  'getRecordingTextTracks',
  'putRecordingTextTrack',
  'hooks/create',
  'hooks/list',
  'hooks/destroy',
  'hooks/ping',
] as const;

export type CallName = (typeof CALL_NAMES)[number];
