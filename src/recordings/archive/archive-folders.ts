import { mkdir, open, readdir, rename, rm, stat, statfs } from 'node:fs/promises';
import { dirname, join, resolve } from 'node:path';
import { ArchiveFault } from './archive-fault.js';

/** Left for others on the same disk, and for what is written beside a recording. */
export const RESERVE_BYTES = 64 * 1024 * 1024;

/** Below the directory of the archive. */
export const FOLDERS = [
  'incoming',
  'imports',
  'work',
  'failed',
  'trash',
  'published',
  'unpublished',
] as const;

/** Of a tar whose sum is not known before it is whole: named by a UUID. */
const UNNAMED_PART = /^[0-9a-f]{8}-[0-9a-f-]{27}\.part$/;

/** The folders of the archive; all lie on one file system, so that a rename moves a recording in one step. */
export class ArchiveFolders {
  readonly root: string;
  /** Promised to uploads under way, bytes. */
  #promised = 0;

  constructor(directory: string) {
    this.root = resolve(directory);
  }

  /** Creates what is missing, and removes what arrived in part and nobody can go on with. Throws an Error that names the folder. */
  async prepare(): Promise<void> {
    for (const folder of FOLDERS) {
      try {
        await makeFolder(join(this.root, folder));
      } catch (error) {
        const why = error instanceof Error ? error.message : String(error);
        throw new Error(
          `the folder for recordings cannot be used: ${why}; see the setting "recordings.directory"`,
          { cause: error },
        );
      }
    }
    for (const name of await readdir(join(this.root, 'incoming')))
      if (UNNAMED_PART.test(name)) await rm(join(this.root, 'incoming', name), { force: true });
  }

  /** A tar that is still arriving. */
  incoming(name: string): string {
    return join(this.root, 'incoming', `${name}.part`);
  }

  /** A tar that is there whole. */
  tar(id: string): string {
    return join(this.root, 'imports', `${id}.tar`);
  }

  failed(fileName: string): string {
    return join(this.root, 'failed', fileName);
  }

  work(id: string): string {
    return join(this.root, 'work', id);
  }

  /** Where the files of one format lie. */
  format(isPublished: boolean, format: string, recordId: string): string {
    return join(this.root, isPublished ? 'published' : 'unpublished', format, recordId);
  }

  /** Where they lie, and where they lie in the other state. */
  places(isPublished: boolean, format: string, recordId: string): readonly [string, string] {
    return [this.format(isPublished, format, recordId), this.format(!isPublished, format, recordId)];
  }

  /** Puts a folder in the place of whatever is there. Nothing happens when `from` is not there (any more). */
  async moveIn(from: string, to: string): Promise<void> {
    if (!(await exists(from))) return;
    const made = await this.#make(dirname(to));
    const replaced = await this.#takeAway(to);
    try {
      await rename(from, to);
    } catch (error) {
      if (replaced !== undefined) await rename(replaced, to);
      throw error;
    }
    await syncFolder(dirname(to));
    if (made !== undefined) await syncFolder(dirname(made));
    if (replaced !== undefined) await rm(replaced, { recursive: true, force: true });
  }

  /** Takes a file or folder out of sight in one step, then deletes it. */
  async discard(path: string): Promise<void> {
    const away = await this.#takeAway(path);
    if (away !== undefined) await rm(away, { recursive: true, force: true });
  }

  /** Deletes what a crash left between the two steps of `discard`. */
  async emptyTrash(): Promise<void> {
    for (const name of await readdir(join(this.root, 'trash'))) {
      await rm(join(this.root, 'trash', name), { recursive: true, force: true });
    }
  }

  /** Whether there are files of this format, in either place. */
  async hasFormat(format: string, recordId: string): Promise<boolean> {
    return (await Promise.all(this.places(true, format, recordId).map(exists))).includes(true);
  }

  /** Gives the topmost folder that was made. Throws ArchiveFault when the disk is full. */
  async #make(path: string): Promise<string | undefined> {
    try {
      return await mkdir(path, { recursive: true, mode: 0o750 });
    } catch (error) {
      // Where there is no room Node says that something is missing.
      await this.requireSpace(0);
      throw error;
    }
  }

  /** Where in the trash it is now; `undefined` when there was nothing. */
  async #takeAway(path: string): Promise<string | undefined> {
    const trash = join(this.root, 'trash', `${Date.now()}-${Math.random().toString(36).slice(2)}`);
    try {
      await rename(path, trash);
      return trash;
    } catch (error) {
      if (isMissing(error)) return undefined;
      throw error;
    }
  }

  /** Keeps room for so many bytes while `work` goes on. Throws ArchiveFault when the disk has not got it. */
  async withSpace<T>(bytes: number, work: () => Promise<T>): Promise<T> {
    this.#promised += bytes;
    try {
      await this.requireSpace(0);
      return await work();
    } finally {
      this.#promised -= bytes;
    }
  }

  /** Throws ArchiveFault when the disk has no room for so many bytes more than was promised already. */
  async requireSpace(more: number): Promise<void> {
    const { bavail, bsize } = await statfs(this.root);
    const free = bavail * bsize;
    const bytes = more + this.#promised;
    if (free < bytes + RESERVE_BYTES) {
      throw new ArchiveFault(
        'disk-full',
        `the disk of the archive has ${Math.floor(free / 1048576)} MiB left and this needs ${Math.ceil(bytes / 1048576)} MiB`,
      );
    }
  }
}

/** Makes a folder and those above it. Node's own way never ends where the system lets nobody make any, as in /proc. */
async function makeFolder(path: string): Promise<void> {
  if (await isFolder(path)) return;
  const parent = dirname(path);
  if (parent !== path) await makeFolder(parent);
  try {
    await mkdir(path, { mode: 0o750 });
  } catch (error) {
    // Somebody else was faster.
    if (!(await isFolder(path))) throw error;
  }
}

async function isFolder(path: string): Promise<boolean> {
  try {
    return (await stat(path)).isDirectory();
  } catch (error) {
    if (isMissing(error)) return false;
    throw error;
  }
}

/** Makes sure that the names in a folder outlive a crash of the machine. */
export async function syncFolder(path: string): Promise<void> {
  const folder = await open(path, 'r');
  try {
    await folder.sync();
  } finally {
    await folder.close();
  }
}

/** Whether there is a file or folder. */
export async function exists(path: string): Promise<boolean> {
  return (await sizeOf(path)) !== undefined;
}

/** Size of a file in bytes; `undefined` when there is none. */
export async function sizeOf(path: string): Promise<number | undefined> {
  try {
    return (await stat(path)).size;
  } catch (error) {
    if (isMissing(error)) return undefined;
    throw error;
  }
}

/** Whether an error says that a file is not there. */
export function isMissing(error: unknown): boolean {
  return error instanceof Error && 'code' in error && (error.code === 'ENOENT' || error.code === 'ENOTDIR');
}
