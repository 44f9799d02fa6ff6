import type { BbbAnswer } from '../bbb/bbb-answer.js';
import type { RawQuery } from '../bbb/raw-query.js';
import type { ChangeCall } from './pending-change.js';
import type { ChangeAnswer, RecordingChanges } from './recording-changes.js';
import type { FoundRecordings, RecordingList } from './recording-list.js';
import { callTextTracks, type TextTracksDeps, type TrackCall, type TrackUpload } from './text-tracks.js';

export interface RecordingCallsDeps extends Pick<TextTracksDeps, 'client' | 'servers' | 'listArchived'> {
  readonly list: RecordingList;
  readonly changes: RecordingChanges;
}

/** The calls of the BBB API that are about recordings. Each throws BbbError for a refusal. */
export class RecordingCalls {
  readonly #deps: RecordingCallsDeps;

  constructor(deps: RecordingCallsDeps) {
    this.#deps = deps;
  }

  /** getRecordings. */
  list(tenantId: string, query: RawQuery): Promise<FoundRecordings> {
    return this.#deps.list.find(tenantId, query);
  }

  /** publishRecordings, updateRecordings, deleteRecordings. */
  change(tenantId: string, call: ChangeCall, query: RawQuery): Promise<ChangeAnswer> {
    return this.#deps.changes.change(tenantId, call, query);
  }

  /** getRecordingTextTracks, putRecordingTextTrack. */
  textTracks(asked: TrackCall, upload?: TrackUpload): Promise<BbbAnswer> {
    const { client, servers, listArchived, changes } = this.#deps;
    const own: TextTracksDeps['own'] = (tenantId, recordIds) => changes.own(tenantId, recordIds);
    return callTextTracks(asked, { client, servers, listArchived, own }, upload);
  }
}
