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
  readonly logger: Logger;
}

/**
 * Takes the tars that Scalelite's senders leave in a folder. One is taken when two looks in a row found the same size
 * and time; rsync gives a file its name only when it is whole, but others may copy.
 */
export class SpoolWatch {
  readonly #deps: SpoolWatchDeps;
  #seen: ReadonlyMap<string, string> = new Map();
  readonly #refused = new Set<string>();

  constructor(deps: SpoolWatchDeps) {
    this.#deps = deps;
  }

  /** One look. Rejects when the folder cannot be read, or there is no room for what lies there. */
  async look(signal: AbortSignal): Promise<void> {
    const { folder, desk, logger } = this.#deps;
    const seen = new Map<string, string>();
    for (const name of (await readdir(folder)).sort()) {
      if (signal.aborted) return;
      if (name.startsWith('.') || !/\.tar(\.gz)?$/.test(name)) continue;
      const path = join(folder, name);
      const mark = await markOf(path);
      if (mark === undefined) continue;
      seen.set(name, mark);
      if (this.#seen.get(name) !== mark || this.#refused.has(`${name}|${mark}`)) continue;
      try {
        const { size } = await stat(path);
        await desk.takeWhole(createReadStream(path, { signal }), name, size);
        await rm(path, { force: true });
        logger.info('a recording was taken from the spool', { name });
      } catch (error) {
        if (!(error instanceof ArchiveFault) || !error.isFinal) throw error;
        // Too large to be taken: it stays where it is, and is said once.
        this.#refused.add(`${name}|${mark}`);
        logger.error('a recording in the spool cannot be taken', { name, reason: error.message });
      }
    }
    this.#seen = seen;
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
