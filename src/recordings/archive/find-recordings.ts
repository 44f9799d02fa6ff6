import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { ArchiveFault } from './archive-fault.js';
import { isMissing, sizeOf } from './archive-folders.js';
import { FORMAT_NAME, RECORD_ID, type ImportedRecording } from './archived-recording.js';
import { MAX_METADATA_BYTES, readMetadata } from './read-metadata.js';

/** More in one tar is an attack. */
const MAX_RECORDINGS = 1000;
/** Of faults that are told; the others are counted. */
const MAX_TOLD = 5;

/** Among what is missing of a tar: its end, and nobody knows what was there. */
export const CUT = 'its end';

/** Among what is missing of a tar: what was not read, or has a name that no recording has. Nothing that comes can be that. */
export const UNREAD = 'more';

/** What a tar holds. */
export interface FoundRecordings {
  readonly found: readonly ImportedRecording[];
  /** What of it is faulty and why; `undefined` when all is well. */
  readonly reason: string | undefined;
  /** FORMAT/RECORDID of what is faulty; may end with CUT or UNREAD. */
  readonly missing: readonly string[];
}

/**
 * The recordings in a folder of unpacked FORMAT/RECORDID folders; `admit` throws ArchiveFault for those that are not to be
 * taken. Throws ArchiveFault when none can be read, or there are more than a thousand.
 */
export async function findRecordings(
  folder: string,
  admit: (entry: ImportedRecording) => void,
): Promise<FoundRecordings> {
  const found: ImportedRecording[] = [];
  const faults: ArchiveFault[] = [];
  const missing: string[] = [];
  for (const format of await folderNames(folder)) {
    for (const recordId of await folderNames(join(folder, format))) {
      try {
        const entry = await readFormat(join(folder, format, recordId), `${format}/${recordId}`, admit);
        if (entry !== undefined) found.push(entry);
      } catch (error) {
        if (!(error instanceof ArchiveFault)) throw error;
        faults.push(error);
        missing.push(`${format}/${recordId}`);
      }
      if (found.length + faults.length > MAX_RECORDINGS)
        throw new ArchiveFault('bad-archive', `it holds more than ${MAX_RECORDINGS} recordings`);
    }
  }
  const [first] = faults;
  if (found.length === 0)
    throw first ?? new ArchiveFault('bad-archive', 'it holds no FORMAT/RECORDID/metadata.xml');
  return { found, reason: first && `not imported: ${told(faults)}`, missing };
}

/** FORMAT/RECORDID of all that a folder holds or begins to hold, also of what nobody can read; UNREAD last where that is not all. */
export async function namedRecordings(folder: string): Promise<readonly string[]> {
  const names: string[] = [];
  let isAll = true;
  for (const format of await folderNames(folder)) {
    for (const recordId of await folderNames(join(folder, format))) {
      const isNamed = FORMAT_NAME.test(format) && RECORD_ID.test(recordId);
      if (isNamed && names.length < MAX_RECORDINGS) names.push(`${format}/${recordId}`);
      else isAll = false;
    }
  }
  return isAll ? names : [...names, UNREAD];
}

function told(faults: readonly ArchiveFault[]): string {
  const texts = faults.slice(0, MAX_TOLD).map(({ message }) => message);
  return [...texts, ...(faults.length > MAX_TOLD ? [`and ${faults.length - MAX_TOLD} more`] : [])].join('; ');
}

async function folderNames(path: string): Promise<readonly string[]> {
  try {
    return (await readdir(path, { withFileTypes: true }))
      .filter((item) => item.isDirectory())
      .map(({ name }) => name);
  } catch (error) {
    if (isMissing(error)) return [];
    throw error;
  }
}

async function readFormat(
  folder: string,
  name: string,
  admit: (entry: ImportedRecording) => void,
): Promise<ImportedRecording | undefined> {
  const path = join(folder, 'metadata.xml');
  const size = await sizeOf(path);
  if (size === undefined) return undefined;
  if (size > MAX_METADATA_BYTES)
    throw new ArchiveFault('bad-archive', `${name}: its metadata.xml is too large`);
  const bytes = await readFile(path);
  const entry = named(name, () => readMetadata(bytes));
  if (`${entry.playback.format}/${entry.recordId}` !== name)
    throw new ArchiveFault('bad-archive', `its folder ${name} holds another recording`);
  named(name, () => {
    admit(entry);
  });
  return entry;
}

function named<T>(name: string, read: () => T): T {
  try {
    return read();
  } catch (error) {
    if (!(error instanceof ArchiveFault)) throw error;
    throw new ArchiveFault(error.kind, `${name}: ${error.message}`, { cause: error });
  }
}
