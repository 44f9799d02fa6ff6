import type { ArchiveChanges } from '../archive-changes.js';
import type { RecordingArchive } from './recording-archive.js';

/** Changes of recordings that the archive holds, as front ends ask for them. What is gone already counts as done. */
export function archivedChanges(
  archive: Pick<RecordingArchive, 'publish' | 'update' | 'remove'>,
): ArchiveChanges {
  return {
    async change(recordings, change) {
      for (const { recordId } of recordings) {
        if (change.call === 'publishRecordings') await archive.publish(recordId, change.isPublished);
        else if (change.call === 'updateRecordings') await archive.update(recordId, change);
        else await archive.remove(recordId, change.format);
      }
    },
  };
}
