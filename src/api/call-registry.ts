import type { ApiDeps } from './api-deps.js';
import type { CallDefinition } from './call-definition.js';
import { create } from './calls/create.js';
import { end } from './calls/end.js';
import { getMeetings } from './calls/get-meetings.js';
import { createHook, destroyHook, listHooks, pingHooks } from './calls/hooks.js';
import { join } from './calls/join.js';
import { insertDocument, sendChatMessage } from './calls/meeting-message.js';
import { getMeetingInfo, isMeetingRunning } from './calls/meeting-status.js';
import { changeRecordings, getRecordings, recordingTextTracks } from './calls/recordings.js';
import { version } from './calls/version.js';

/**
 * Every call Ballast serves, by name. What is missing here is `unsupportedRequest`: getJoinUrl, learningDashboard,
 * enter, stuns, signOut and the like need the session cookie that only the user's own server has.
 */
export function callRegistry(deps: ApiDeps): ReadonlyMap<string, CallDefinition> {
  const definitions: readonly CallDefinition[] = [
    version,
    create(deps),
    join(deps),
    isMeetingRunning(deps),
    getMeetingInfo(deps),
    getMeetings(deps),
    end(deps),
    insertDocument(deps),
    sendChatMessage(deps),
    getRecordings(deps),
    changeRecordings(deps, 'publishRecordings'),
    changeRecordings(deps, 'updateRecordings'),
    changeRecordings(deps, 'deleteRecordings'),
    recordingTextTracks(deps, 'getRecordingTextTracks'),
    recordingTextTracks(deps, 'putRecordingTextTrack'),
    createHook(deps),
    listHooks(deps),
    destroyHook(deps),
    pingHooks,
  ];
  return new Map(definitions.map((definition) => [definition.name, definition]));
}
