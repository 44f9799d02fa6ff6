import type { ArchiveStore } from '../recordings/archive/archived-recording.js';
import type { ImportJournal } from '../recordings/archive/recording-import.js';

/** The tables of Ballast's own archive of recordings. */
export interface ArchiveStores {
  readonly archive: ArchiveStore;
  readonly recordingImports: ImportJournal;
}

type Timed = <T>(work: () => Promise<T>) => Promise<T>;

/** The same tables, with each read and write timed. */
export function timedArchive(
  { archive, recordingImports }: ArchiveStores,
  read: Timed,
  write: Timed,
): ArchiveStores {
  return {
    archive: {
      findArchived: (recordId) => read(() => archive.findArchived(recordId)),
      listBreakouts: (parentId) => read(() => archive.listBreakouts(parentId)),
      listArchived: (after, limit) => read(() => archive.listArchived(after, limit)),
      saveArchived: (recording) => write(() => archive.saveArchived(recording)),
      removeArchived: (recordId) => write(() => archive.removeArchived(recordId)),
    },
    recordingImports: {
      findImport: (id) => read(() => recordingImports.findImport(id)),
      listImports: (steps) => read(() => recordingImports.listImports(steps)),
      saveImport: (entry) => write(() => recordingImports.saveImport(entry)),
      removeImport: (id) => write(() => recordingImports.removeImport(id)),
      pruneImports: (doneBefore) => write(() => recordingImports.pruneImports(doneBefore)),
    },
  };
}
