import type { ImportedRecording } from './archived-recording.js';

/**
 * How far an import is; each step can be done again. received: its tar is there whole. unpacked: checked, and its files
 * lie in the work folder. moved: they lie in the archive. indexed: front ends see it. done: they have been told.
 */
export const IMPORT_STEPS = ['received', 'unpacked', 'moved', 'indexed', 'done', 'failed'] as const;
export type ImportStep = (typeof IMPORT_STEPS)[number];

/** One tar and what became of it. */
export interface RecordingImport {
  /** SHA-256 of the tar as it came, hexadecimal. */
  readonly id: string;
  /** What its sender called it. */
  readonly name: string;
  readonly sizeBytes: number;
  readonly step: ImportStep;
  /** Why it failed; known from `unpacked` on when a part of it will be imported, which ends as failed too. */
  readonly reason: string | undefined;
  /** What is in it and can be imported; empty before `unpacked`. */
  readonly found: readonly ImportedRecording[];
  /** FORMAT/RECORDID of what is in it and was not imported yet, with CUT or UNREAD where that may not be all; only of one that failed. */
  readonly missing: readonly string[];
  /** ms since 1970. */
  readonly receivedAt: number;
  readonly changedAt: number;
}

/** The journal of imports: what goes on after a crash. */
export interface ImportJournal {
  findImport(id: string): Promise<RecordingImport | undefined>;
  /** The oldest first. */
  listImports(steps: readonly ImportStep[]): Promise<readonly RecordingImport[]>;
  saveImport(entry: RecordingImport): Promise<void>;
  removeImport(id: string): Promise<void>;
  /** Forgets those that were done before. */
  pruneImports(doneBefore: number): Promise<void>;
}

/** FORMAT/RECORDID, as its folder is called. */
export function nameOf({ playback, recordId }: ImportedRecording): string {
  return `${playback.format}/${recordId}`;
}

/** Writes into the journal what has changed of an import, and gives what it is now. */
export async function saveChanges(
  { journal, now }: { readonly journal: Pick<ImportJournal, 'saveImport'>; readonly now: () => number },
  entry: RecordingImport,
  changes: Partial<RecordingImport>,
): Promise<RecordingImport> {
  const saved = { ...entry, ...changes, changedAt: now() };
  await journal.saveImport(saved);
  return saved;
}
