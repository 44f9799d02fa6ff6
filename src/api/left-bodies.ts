import { readdir, stat, unlink } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { SPOOL_PREFIX } from './receive-body.js';

/** Longer than any body is received and passed on: what nobody wrote to for this long was left by a process that died. */
const LEFT_AFTER_MS = 3_600_000;

/** Removes spooled bodies that a killed process left behind. `now` in ms since 1970; throws when the folder cannot be read. */
export async function removeLeftBodies(directory: string | undefined, now: number): Promise<void> {
  const folder = directory ?? tmpdir();
  for (const name of await readdir(folder)) {
    if (!name.startsWith(SPOOL_PREFIX)) continue;
    const path = join(folder, name);
    // Another balancer that spools here may have been quicker; what is not ours to remove stays.
    const writtenAt = (await stat(path).catch(() => undefined))?.mtimeMs ?? now;
    if (writtenAt < now - LEFT_AFTER_MS) await unlink(path).catch(() => undefined);
  }
}
