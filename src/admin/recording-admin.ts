import type { ExpiredRecording } from '../recordings/archive/expire-recordings.js';
import type { FailedDesk } from '../recordings/archive/failed-desk.js';
import type { ImportDesk } from '../recordings/archive/import-desk.js';
import type { RecordingStore } from '../recordings/recording-index.js';
import { AdminError } from './problem.js';

/** Ballast's own archive as the admin room works on it. */
export interface ArchiveAdmin {
  readonly desk: Pick<ImportDesk, 'takeWhole' | 'takePiece' | 'status'>;
  readonly failed: Pick<FailedDesk, 'list' | 'retry' | 'drop'>;
  /** `recordings.keepFor`; a tenant may have its own. */
  readonly keepForMs: number | undefined;
  /** Deletes what is over, or only names it. */
  expire(isDryRun: boolean): Promise<readonly ExpiredRecording[]>;
}

/** Recordings as the admin room sees them. */
export interface RecordingAdmin {
  readonly index: Pick<RecordingStore, 'listRecordings'>;
  /** `undefined` in `recordings.mode: index`. */
  readonly archive: ArchiveAdmin | undefined;
}

/** The archive. Throws AdminError 409 where there is none. */
export function archiveOf(archive: ArchiveAdmin | undefined): ArchiveAdmin {
  if (archive !== undefined) return archive;
  throw new AdminError(
    409,
    'recordings stay on their servers here: the setting recordings.mode is not archive',
  );
}
