import type * as fileSystem from 'node:fs/promises';
import { describeSystemError } from '../config/read-config-file.js';
import type { Finding } from './report.js';

/** What is asked of the file system; nothing of it writes. */
export type FilesAsked = Pick<typeof fileSystem, 'access' | 'readdir' | 'stat' | 'statfs'>;

/** One part of the archive in a few words, and what is wrong with it. */
export interface FolderLook {
  readonly summary: string;
  readonly findings: readonly Finding[];
}

/** What to do where the user of this process may not. */
export const MAY_NOT =
  'run this as the user Ballast runs as: it has to read and write there, under systemd by way of `ReadWritePaths=` as well';

/** A folder of the archive that cannot be used. */
export function folderFault(message: string, advice: string): Finding {
  return { severity: 'fault', about: 'archive', message, advice };
}

/** Why the user of this process may not; `undefined` when it may. `mode` is that of access(2). */
export async function refusalOf(path: string, mode: number, files: FilesAsked): Promise<string | undefined> {
  return files.access(path, mode).then(
    () => undefined,
    (error: unknown) => describeSystemError(error),
  );
}
