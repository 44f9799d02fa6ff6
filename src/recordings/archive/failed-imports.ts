import { readdir, rename, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { ArchiveFault } from './archive-fault.js';
import { exists, isMissing, type ArchiveFolders } from './archive-folders.js';
import type { RecordingImport } from './recording-import.js';

/** Of what `prefixOf` gives. */
const PREFIX_LENGTH = 13;

type Named = Pick<RecordingImport, 'id' | 'name'>;

/** File name of a failed import below `failed/`. */
export function failedName({ id, name }: Named): string {
  return `${prefixOf(id)}${name}`;
}

/** Moves the tar of an import to `failed/`, and deletes what was unpacked of it. Nothing happens where that was done. */
export async function putAside(folders: ArchiveFolders, entry: Named): Promise<void> {
  if (await exists(folders.tar(entry.id)))
    await rename(folders.tar(entry.id), folders.failed(failedName(entry)));
  await folders.discard(folders.work(entry.id));
}

/** The other way round; also for a crash after the journal said so. Throws ArchiveFault when its file is gone. */
export async function putBack(folders: ArchiveFolders, id: string): Promise<void> {
  if (await exists(folders.tar(id))) return;
  const [file] = (await putAsideNames(folders)).filter((name) => name.startsWith(prefixOf(id)));
  if (file === undefined) throw new ArchiveFault('gone', 'its file is gone from `failed/`: send it again');
  await rename(folders.failed(file), folders.tar(id));
}

/** Those whose tar is there; with another nobody can do anything. */
export async function withTars<T extends Named>(
  folders: ArchiveFolders,
  entries: readonly T[],
): Promise<readonly T[]> {
  // Of thousands: a look through all names for each would hold up everything else.
  const prefixes = new Set((await putAsideNames(folders)).map((name) => name.slice(0, PREFIX_LENGTH)));
  const isThere = await Promise.all(
    entries.map(async ({ id }) => prefixes.has(prefixOf(id)) || (await exists(folders.tar(id)))),
  );
  return entries.filter((_entry, at) => isThere[at] === true);
}

/** Deletes the tar of an import, wherever it lies. */
export async function removeTar(folders: ArchiveFolders, id: string): Promise<void> {
  for (const name of await putAsideNames(folders))
    if (name.startsWith(prefixOf(id))) await rm(folders.failed(name), { force: true });
  await rm(folders.tar(id), { force: true });
}

async function putAsideNames(folders: ArchiveFolders): Promise<readonly string[]> {
  try {
    return await readdir(join(folders.root, 'failed'));
  } catch (error) {
    if (isMissing(error)) return [];
    throw error;
  }
}

function prefixOf(id: string): string {
  return `${id.slice(0, PREFIX_LENGTH - 1)}-`;
}
