import { createCall } from './create.js';
import { insertDocumentCall, sendChatMessageCall } from './document-calls.js';
import { createHookCall, destroyHookCall, listHooksCall, pingHooksCall } from './hook-calls.js';
import { joinCall } from './join.js';
import {
  deleteRecordingsCall,
  getRecordingsCall,
  publishRecordingsCall,
  updateRecordingsCall,
} from './recording-calls.js';
import { getJoinUrlCall, learningDashboardCall, signOutCall } from './session-calls.js';
import type { SimCall } from './sim-call.js';
import {
  endCall,
  getMeetingInfoCall,
  getSessionsCall,
  isMeetingRunningCall,
  makeGetMeetingsCall,
} from './status-calls.js';
import { getRecordingTextTracksCall, putRecordingTextTrackCall } from './text-track-calls.js';

/** Every call a simulated server knows, by its name in the path; one table for each server. */
export function makeCallTable({ hasWebhooks = true } = {}): ReadonlyMap<string, SimCall> {
  const calls: readonly (readonly [string, SimCall])[] = [
    ['create', createCall],
    ['join', joinCall],
    ['isMeetingRunning', isMeetingRunningCall],
    ['getMeetingInfo', getMeetingInfoCall],
    ['getMeetings', makeGetMeetingsCall()],
    ['getSessions', getSessionsCall],
    ['end', endCall],
    ['insertDocument', insertDocumentCall],
    ['sendChatMessage', sendChatMessageCall],
    ['getJoinUrl', getJoinUrlCall],
    ['learningDashboard', learningDashboardCall],
    ['signOut', signOutCall],
    ['getRecordings', getRecordingsCall],
    ['publishRecordings', publishRecordingsCall],
    ['deleteRecordings', deleteRecordingsCall],
    ['updateRecordings', updateRecordingsCall],
    ['getRecordingTextTracks', getRecordingTextTracksCall],
    ['putRecordingTextTrack', putRecordingTextTrackCall],
  ];
  return new Map(hasWebhooks ? [...calls, ...HOOK_CALLS] : calls);
}

/** Of bbb-webhooks, which not every server has. */
const HOOK_CALLS: readonly (readonly [string, SimCall])[] = [
  ['hooks/create', createHookCall],
  ['hooks/destroy', destroyHookCall],
  ['hooks/list', listHooksCall],
  ['hooks/ping', pingHooksCall],
];
