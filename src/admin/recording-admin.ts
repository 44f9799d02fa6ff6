import type { ExpiredRecording } from '../recordings/archive/expire-recordings.js';
import type { ImportDesk } from '../recordings/archive/import-desk.js';
import type { RecordingImporter } from '../recordings/archive/recording-importer.js';
import type { RecordingStore } from '../recordings/recording-index.js';

/** Ballast's own archive as the admin room works on it. */
export interface ArchiveAdmin {
  readonly desk: Pick<ImportDesk, 'takeWhole' | 'takePiece' | 'status'>;
  readonly importer: Pick<RecordingImporter, 'failed' | 'retry'>;
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
