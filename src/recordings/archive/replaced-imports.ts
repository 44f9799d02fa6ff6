import type { Logger } from '../../log.js';
import type { ArchiveFolders } from './archive-folders.js';
import { failedName, removeTar } from './failed-imports.js';
import { CUT, UNREAD } from './find-recordings.js';
import { nameOf, type ImportJournal, type RecordingImport } from './recording-import.js';

export interface ForgetReplacedDeps {
  readonly journal: Pick<ImportJournal, 'listImports' | 'saveImport' | 'removeImport'>;
  readonly folders: ArchiveFolders;
  readonly logger: Logger;
}

/**
 * Deletes failed imports that came before this one, once all that was in them has certainly been imported since; true when
 * there was one. One whose file cannot be deleted stays, and the log says so.
 */
export async function forgetReplaced(deps: ForgetReplacedDeps, imported: RecordingImport): Promise<boolean> {
  const { journal, logger } = deps;
  let isAnyGone = false;
  for (const failed of await journal.listImports(['failed'])) {
    if (failed.id === imported.id || failed.receivedAt > imported.receivedAt) continue;
    const missing = missingSince(failed, imported);
    try {
      if (missing.length === 0) {
        await forget(deps, failed, imported);
        isAnyGone = true;
      } else if (missing.length < failed.missing.length) await journal.saveImport({ ...failed, missing });
    } catch (error) {
      const names = { importId: failed.id, name: failedName(failed), error };
      logger.warn('a failed import cannot be deleted: what it held has come since', names);
    }
  }
  return isAnyGone;
}

async function forget(
  { journal, folders, logger }: ForgetReplacedDeps,
  failed: RecordingImport,
  imported: RecordingImport,
): Promise<void> {
  await removeTar(folders, failed.id);
  await journal.removeImport(failed.id);
  const names = { importId: failed.id, name: failedName(failed), importedWith: imported.id };
  logger.info('a failed import is deleted: what it held has come since', names);
}

/** What of a failed import has not come yet. */
function missingSince(failed: RecordingImport, imported: RecordingImport): readonly string[] {
  const come = new Set(imported.found.map(nameOf));
  const missing = missingOf(failed).filter((name) => !come.has(name));
  const isOnlyCut = missing.length === 1 && missing[0] === CUT;
  return isOnlyCut && isSentAgain(failed, imported) ? [] : missing;
}

/** Older builds did not write down what is missing, nor does a tar tell that in which nothing has a name. */
function missingOf({ missing, found }: RecordingImport): readonly string[] {
  if (missing.length > 0) return missing;
  return [found.length === 0 ? CUT : UNREAD];
}

/** Called as the script calls what it sends, RECORDID-FORMAT-….tar, and whole with just the formats of its name. */
function isSentAgain(failed: RecordingImport, { name, reason, found }: RecordingImport): boolean {
  const formats = found.map(({ playback }) => playback.format).sort();
  const ids = [...new Set(found.map(({ recordId }) => recordId))];
  return reason === undefined && failed.name === name && name === `${ids.join()}-${formats.join('-')}.tar`;
}
