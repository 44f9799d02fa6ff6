import { constants } from 'node:fs';
import { join, resolve } from 'node:path';
import { type FilesAsked, type FolderLook, MAY_NOT, folderFault, refusalOf } from './folder-look.js';

/** Of those that wait, as many are tried. */
const MOST_TRIED = 100;

/** Whether tars can be read from the spool and removed there. Rejects with what the file system says. */
export async function checkSpool(spool: string, files: FilesAsked): Promise<FolderLook> {
  const path = resolve(spool);
  const unusable = (why: string, advice: string): FolderLook => ({
    summary: `spool ${path} cannot be used`,
    findings: [folderFault(`recordings.spool: ${path} ${why}: nothing is taken from there`, advice)],
  });
  const may = (at: string, mode: number): Promise<string | undefined> => refusalOf(at, mode, files);
  const missing = await may(path, constants.F_OK);
  if (missing !== undefined)
    return unusable(`is not there (${missing})`, 'make it, or correct recordings.spool');
  if (!(await files.stat(path)).isDirectory()) return unusable('is no folder', 'correct recordings.spool');
  const closed = await may(path, constants.R_OK | constants.X_OK);
  if (closed !== undefined) return unusable(`cannot be read (${closed})`, MAY_NOT);
  const tars = (await files.readdir(path)).filter((name) => /^[^.].*\.tar(\.gz)?$/.test(name));
  const unreadable: string[] = [];
  for (const name of tars.slice(0, MOST_TRIED)) {
    if ((await may(join(path, name), constants.R_OK)) !== undefined) unreadable.push(name);
  }
  const kept = await may(path, constants.W_OK);
  const stays = 'what was imported stays there';
  return {
    summary: `spool ${path}, ${tars.length} waiting`,
    findings: [
      ...(kept === undefined
        ? []
        : [folderFault(`recordings.spool: nothing can be removed in ${path} (${kept}): ${stays}`, MAY_NOT)]),
      ...(unreadable.length === 0
        ? []
        : [
            folderFault(
              `recordings.spool: ${unreadable.length} of those that wait cannot be read: ${unreadable.slice(0, 3).join(', ')}`,
              MAY_NOT,
            ),
          ]),
    ],
  };
}
