import { createCall } from './create.js';
import { insertDocumentCall, sendChatMessageCall } from './document-calls.js';
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
export function makeCallTable(): ReadonlyMap<string, SimCall> {
  return new Map([
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
  ]);
}
