import { createReadStream } from 'node:fs';
import { readdir, rm, stat } from 'node:fs/promises';
import { join } from 'node:path';
import type { Logger } from '../../log.js';
import { ArchiveFault } from './archive-fault.js';
import { isMissing } from './archive-folders.js';
import type { ImportDesk } from './import-desk.js';

export interface SpoolWatchDeps {
  readonly folder: string;
  readonly desk: Pick<ImportDesk, 'takeWhole'>;
  /** Deletes a file; the file system's own by default. */
  readonly remove?: (path: string) => Promise<void>;
  readonly logger: Logger;
}

/**
 * Takes the tars that Scalelite's senders leave in a folder. One is taken when two looks in a row found the same size
 * and time; rsync gives a file its name only when it is whole, but others may copy.
 */
export class SpoolWatch {
  readonly #deps: SpoolWatchDeps;
  #seen: ReadonlyMap<string, string> = new Map();
  /** What is left alone while it stays as it is: the archive's own fault, or ours already and not to be removed. */
  readonly #left = new Map<string, string>();
  /** What could not be taken the last time, said once. */
  readonly #troubled = new Map<string, string>();

  constructor(deps: SpoolWatchDeps) {
    this.#deps = deps;
  }

  /** One look. Rejects when the folder cannot be read, or there is no room for what lies there. */
  async look(signal: AbortSignal): Promise<void> {
    const { folder } = this.#deps;
    const names = (await readdir(folder)).filter(
      (name) => !name.startsWith('.') && /\.tar(\.gz)?$/.test(name),
    );
    const seen = new Map<string, string>();
    try {
      for (const name of names.sort()) {
        if (signal.aborted) return;
        const mark = await markOf(join(folder, name));
        if (mark === undefined) continue;
        seen.set(name, mark);
        if (this.#seen.get(name) === mark && this.#left.get(name) !== mark)
          await this.#take(name, mark, signal);
      }
    } finally {
      this.#seen = seen;
      const isThere = new Set(names);
      for (const noted of [this.#left, this.#troubled])
        for (const name of noted.keys()) if (!isThere.has(name)) noted.delete(name);
    }
  }

  /** Rejects only where the next tar would meet the same: the disk of the archive is full. */
  async #take(name: string, mark: string, signal: AbortSignal): Promise<void> {
    const { folder, desk, remove, logger } = this.#deps;
    const path = join(folder, name);
    try {
      const { size, ctimeMs } = await stat(path);
      const tar = createReadStream(path, { signal });
      try {
        await desk.takeWhole(tar, name, size, ctimeMs);
      } finally {
        // One that is refused unread would stay open.
        tar.destroy();
      }
    } catch (error) {
      if (signal.aborted || (error instanceof ArchiveFault && error.kind === 'disk-full')) throw error;
      if (error instanceof ArchiveFault && error.isFinal) {
        this.#left.set(name, mark);
        logger.error('a recording in the spool cannot be taken', { name, reason: error.message });
        return;
      }
      if (this.#troubled.get(name) !== mark)
        logger.error('a recording in the spool cannot be taken now', { name, error });
      this.#troubled.set(name, mark);
      return;
    }
    this.#troubled.delete(name);
    logger.info('a recording was taken from the spool', { name });
    try {
      await (remove === undefined ? rm(path, { force: true }) : remove(path));
    } catch (error) {
      this.#left.set(name, mark);
      logger.error('a recording was taken from the spool and cannot be removed there', { name, error });
    }
  }
}

async function markOf(path: string): Promise<string | undefined> {
  try {
    const found = await stat(path);
    return found.isFile() ? `${found.size}/${found.mtimeMs}` : undefined;
  } catch (error) {
    if (isMissing(error)) return undefined;
    throw error;
  }
}
