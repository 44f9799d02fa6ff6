import type { IndexedRecording, ListedRecording } from './recording-index.js';
import type { RecordingChange } from './recording-change.js';

/** What the archive does with a change of recordings that it holds itself (entries of server `ARCHIVE`). */
export interface ArchiveChanges {
  /**
   * Carries the change out on the files and writes the index (`editRecording` makes the entry as it is afterwards). Doing it
   * twice does no harm. Rejects when it could not; it is asked again later then.
   */
  change(recordings: readonly IndexedRecording[], change: RecordingChange): Promise<void>;
}

/** A text track that came with a recording of the archive, as getRecordingTextTracks lists it. */
export interface ArchivedTrack {
  readonly href: string;
  readonly kind: string;
  readonly label: string;
  readonly lang: string;
  readonly source: string;
}

/** The text tracks of a recording that the archive holds. */
export type ListArchivedTracks = (recording: IndexedRecording) => Promise<readonly ArchivedTrack[]>;

/** How an entry of the archive is shown: links of protected recordings are made for the one who asks, and expire. */
export type PresentArchived = (recording: ListedRecording) => Buffer;
