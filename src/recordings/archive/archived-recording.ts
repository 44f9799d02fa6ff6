/** BBB's internal meeting ID: SHA-1 of the external one, and when it was created. */
export const RECORD_ID = /^[0-9a-f]{40}-\d{10,16}$/;

/** Name of a playback format: presentation, video, podcast, … It is a folder and part of an address. */
export const FORMAT_NAME = /^[a-z][a-z0-9_-]{0,31}$/;

/** A picture that is shown before the recording is opened. */
export interface PreviewImage {
  readonly width: string;
  readonly height: string;
  readonly alt: string;
  /** Path and query of its address. */
  readonly path: string;
}

/** One playback format of a recording, as its metadata.xml describes it. */
export interface ArchivedFormat {
  readonly format: string;
  /** Path and query of the page that plays it. */
  readonly link: string;
  readonly durationMs: number | undefined;
  readonly processingTimeMs: number | undefined;
  readonly sizeBytes: number | undefined;
  readonly previews: readonly PreviewImage[];
  /** Whatever else stands in `<extensions>`: elements as XML, for players that know them. */
  readonly extensionsXml: string;
}

/** What all formats of a recording have in common. */
export interface RecordingFacts {
  readonly recordId: string;
  /** As BBB knows it, with the tenant's scope. */
  readonly scopedMeetingId: string;
  readonly name: string;
  readonly isBreakout: boolean;
  /** Record ID of the parent's recording; only of breakout rooms. */
  readonly parentId: string | undefined;
  /** The parts of `<breakout>`, by name. */
  readonly breakout: Readonly<Record<string, string>>;
  /** Record IDs of its breakout rooms. */
  readonly breakoutRooms: readonly string[];
  /** ms since 1970. */
  readonly startTime: number;
  readonly endTime: number;
  readonly participants: number | undefined;
  readonly rawSizeBytes: number | undefined;
}

/** What one metadata.xml says. */
export interface ImportedRecording extends RecordingFacts {
  readonly isPublished: boolean;
  /** Keys as BBB wrote them. */
  readonly metadata: Readonly<Record<string, string>>;
  readonly playback: ArchivedFormat;
}

/** A recording in Ballast's own archive. */
export interface ArchivedRecording extends RecordingFacts {
  /** Empty: a breakout room whose parent has not come yet; nobody sees it. */
  readonly tenantId: string;
  readonly isPublished: boolean;
  /** The front end has published or unpublished it: an import does not change that. */
  readonly isPublishedByCall: boolean;
  readonly isProtected: boolean;
  readonly metadata: Readonly<Record<string, string>>;
  readonly formats: readonly ArchivedFormat[];
}

/** Where the archive's recordings are kept. */
export interface ArchiveStore {
  findArchived(recordId: string): Promise<ArchivedRecording | undefined>;
  /** Breakout rooms of a recording. */
  listBreakouts(parentId: string): Promise<readonly ArchivedRecording[]>;
  /** In the order of their IDs, behind `after`. */
  listArchived(after: string, limit: number): Promise<readonly ArchivedRecording[]>;
  saveArchived(recording: ArchivedRecording): Promise<void>;
  removeArchived(recordId: string): Promise<void>;
}
