import { createReadStream, type Stats } from 'node:fs';
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
  readonly now: () => number;
  readonly logger: Logger;
}

/** A tar in the spool that cannot be taken. */
export interface SpooledFault {
  readonly name: string;
  readonly sizeBytes: number;
  readonly reason: string;
  /** Since when the file is as it is, and since when it is refused for this; ms since 1970. */
  readonly since: number;
  readonly failedAt: number;
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
  /** What could not be taken the last time. */
  readonly #refused = new Map<string, SpooledFault & { readonly mark: string }>();

  constructor(deps: SpoolWatchDeps) {
    this.#deps = deps;
  }

  /** What lies there and cannot be taken, by name. */
  get refused(): readonly SpooledFault[] {
    return [...this.#refused.values()].sort((a, b) => (a.name < b.name ? -1 : 1));
  }

  /** Has one that was refused taken at the next look; `undefined` when there is none of this name. */
  retry(name: string): SpooledFault | undefined {
    const refused = this.#refused.get(name);
    if (refused !== undefined) this.#forget(name);
    return refused;
  }

  /** Deletes one that was refused and is still the same file; else as `retry`. Throws ArchiveFault when it may not. */
  async drop(name: string): Promise<SpooledFault | undefined> {
    const refused = this.#refused.get(name);
    if (refused === undefined) return undefined;
    let isSame: boolean;
    try {
      isSame = await this.#remove(name, refused.mark);
    } catch (error) {
      const why = error instanceof Error ? error.message : String(error);
      throw new ArchiveFault('busy', `it cannot be removed from the spool: ${why}`, { cause: error });
    }
    this.#forget(name);
    return isSame ? refused : undefined;
  }

  /** One look. Rejects when the folder cannot be read, or there is no room for what lies there. */
  async look(signal: AbortSignal): Promise<void> {
    const { folder } = this.#deps;
    const names = (await namesIn(folder)).filter(
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
      for (const name of [...this.#left.keys(), ...this.#refused.keys()])
        if (!isThere.has(name)) this.#forget(name);
    }
  }

  /** Rejects only where the next tar would meet the same: the disk of the archive is full. */
  async #take(name: string, mark: string, signal: AbortSignal): Promise<void> {
    const { folder, desk, logger } = this.#deps;
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
      await this.#refuse(name, mark, error);
      return;
    }
    this.#refused.delete(name);
    logger.info('a recording was taken from the spool', { name });
    try {
      await this.#remove(name, mark);
    } catch (error) {
      this.#left.set(name, mark);
      logger.error('a recording was taken from the spool and cannot be removed there', { name, error });
    }
  }

  async #refuse(name: string, mark: string, error: unknown): Promise<void> {
    const { folder, now, logger } = this.#deps;
    const isFinal = error instanceof ArchiveFault && error.isFinal;
    const why = error instanceof Error ? error.message : String(error);
    const before = this.#refused.get(name);
    if (isFinal) {
      this.#left.set(name, mark);
      logger.error('a recording in the spool cannot be taken', { name, reason: why });
    } else if (before?.mark !== mark)
      logger.error('a recording in the spool cannot be taken now', { name, error });
    const found = await statOf(join(folder, name));
    if (found === undefined) return;
    const reason = isFinal ? why : `cannot be taken now, and is tried again by itself: ${why}`;
    const failedAt = before?.mark === mark ? before.failedAt : now();
    const facts = { sizeBytes: found.size, since: Math.round(found.mtimeMs), failedAt };
    this.#refused.set(name, { name, mark, reason, ...facts });
  }

  /** False when another file has the name by now: that one stays. */
  async #remove(name: string, mark: string): Promise<boolean> {
    const { folder, remove } = this.#deps;
    const path = join(folder, name);
    if ((await markOf(path)) !== mark) return false;
    await (remove === undefined ? rm(path, { force: true }) : remove(path));
    return true;
  }

  #forget(name: string): void {
    this.#left.delete(name);
    this.#refused.delete(name);
  }
}

async function namesIn(folder: string): Promise<readonly string[]> {
  try {
    return await readdir(folder);
  } catch (error) {
    throw new Error('the folder of the setting "recordings.spool" cannot be read', { cause: error });
  }
}

async function markOf(path: string): Promise<string | undefined> {
  const found = await statOf(path);
  return found?.isFile() === true ? `${found.size}/${found.mtimeMs}` : undefined;
}

async function statOf(path: string): Promise<Stats | undefined> {
  try {
    return await stat(path);
  } catch (error) {
    if (isMissing(error)) return undefined;
    throw error;
  }
}
