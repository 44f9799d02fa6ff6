import { readdir, rename } from 'node:fs/promises';
import { join } from 'node:path';
import { ArchiveFault } from './archive-fault.js';
import { exists, type ArchiveFolders } from './archive-folders.js';
import type { RecordingImport } from './recording-import.js';

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
  const names = await readdir(join(folders.root, 'failed'));
  const file = names.find((name) => name.startsWith(prefixOf(id)));
  if (file === undefined)
    throw new ArchiveFault('bad-archive', 'its file is gone from the folder of imports');
  await rename(folders.failed(file), folders.tar(id));
}

function prefixOf(id: string): string {
  return `${id.slice(0, 12)}-`;
}
