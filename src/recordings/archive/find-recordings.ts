import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { ArchiveFault } from './archive-fault.js';
import { isMissing, sizeOf } from './archive-folders.js';
import type { ImportedRecording } from './archived-recording.js';
import { MAX_METADATA_BYTES, readMetadata } from './read-metadata.js';

/** The recordings in a folder of unpacked FORMAT/RECORDID folders. Throws ArchiveFault when there is none, or one is faulty. */
export async function findRecordings(folder: string): Promise<readonly ImportedRecording[]> {
  const found: ImportedRecording[] = [];
  for (const format of await folderNames(folder)) {
    for (const recordId of await folderNames(join(folder, format))) {
      const entry = await readFormat(join(folder, format, recordId));
      if (entry === undefined) continue;
      if (entry.recordId !== recordId || entry.playback.format !== format) {
        throw new ArchiveFault('bad-archive', `its folder ${format}/${recordId} holds another recording`);
      }
      found.push(entry);
    }
  }
  if (found.length === 0) throw new ArchiveFault('bad-archive', 'it holds no FORMAT/RECORDID/metadata.xml');
  return found;
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

async function readFormat(folder: string): Promise<ImportedRecording | undefined> {
  const path = join(folder, 'metadata.xml');
  const size = await sizeOf(path);
  if (size === undefined) return undefined;
  if (size > MAX_METADATA_BYTES) throw new ArchiveFault('bad-archive', 'its metadata.xml is too large');
  return readMetadata(await readFile(path));
}
