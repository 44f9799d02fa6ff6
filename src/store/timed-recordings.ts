import type { RecordingChangeStore } from '../recordings/pending-change.js';
import type { RecordingStore } from '../recordings/recording-index.js';
import type { RecordingWalkStore } from '../recordings/recording-walks.js';

/** The tables of the index of recordings. */
export interface RecordingStores {
  readonly recordings: RecordingStore;
  readonly recordingWalks: RecordingWalkStore;
  readonly recordingChanges: RecordingChangeStore;
}

type Timed = <T>(work: () => Promise<T>) => Promise<T>;

/** The same tables, with each read and write timed. */
export function timedRecordings(
  { recordings, recordingWalks, recordingChanges }: RecordingStores,
  read: Timed,
  write: Timed,
): RecordingStores {
  return {
    recordings: {
      saveRecordings: (entries) => write(() => recordings.saveRecordings(entries)),
      removeRecordings: (serverId, recordIds, readFrom) =>
        write(() => recordings.removeRecordings(serverId, recordIds, readFrom)),
      keepServers: (serverIds) => write(() => recordings.keepServers(serverIds)),
      findRecordings: (recordIds) => read(() => recordings.findRecordings(recordIds)),
      findBreakouts: (parentIds) => read(() => recordings.findBreakouts(parentIds)),
      countRecordings: (filter) => read(() => recordings.countRecordings(filter)),
      listKeys: (names, page) => read(() => recordings.listKeys(names, page)),
      listPlaces: (filter) => read(() => recordings.listPlaces(filter)),
      listRecordings: (filter, page) => read(() => recordings.listRecordings(filter, page)),
      knownRecordings: (serverId, recordIds) => read(() => recordings.knownRecordings(serverId, recordIds)),
      recordIdsOf: (serverId, after, limit) => read(() => recordings.recordIdsOf(serverId, after, limit)),
    },
    recordingWalks: {
      listWalks: () => read(() => recordingWalks.listWalks()),
      saveWalk: (walk) => write(() => recordingWalks.saveWalk(walk)),
      removeWalk: (serverId) => write(() => recordingWalks.removeWalk(serverId)),
    },
    recordingChanges: {
      listChanges: () => read(() => recordingChanges.listChanges()),
      findChanges: (serverId, recordIds) => read(() => recordingChanges.findChanges(serverId, recordIds)),
      replaceChanges: (gone, changes) => write(() => recordingChanges.replaceChanges(gone, changes)),
      keepChangesOf: (serverIds) => write(() => recordingChanges.keepChangesOf(serverIds)),
    },
  };
}
