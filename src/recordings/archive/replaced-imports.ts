import type { Logger } from '../../log.js';
import type { ArchiveFolders } from './archive-folders.js';
import { RECORD_ID } from './archived-recording.js';
import { failedName, removeTar } from './failed-imports.js';
import { nameOf, type ImportJournal, type RecordingImport } from './recording-import.js';

export interface ForgetReplacedDeps {
  readonly journal: Pick<ImportJournal, 'listImports' | 'saveImport' | 'removeImport'>;
  readonly folders: ArchiveFolders;
  readonly logger: Logger;
}

/** Deletes failed imports that came before this one, once all that was in them has been imported since. */
export async function forgetReplaced(deps: ForgetReplacedDeps, imported: RecordingImport): Promise<void> {
  const { journal, folders, logger } = deps;
  const come = new Set(imported.found.map(nameOf));
  for (const failed of await journal.listImports(['failed'])) {
    if (failed.id === imported.id || failed.receivedAt > imported.receivedAt) continue;
    const missing = failed.missing.filter((name) => !come.has(name));
    const isReplaced = failed.missing.length === 0 ? isSentAgain(failed, imported) : missing.length === 0;
    if (isReplaced) {
      await removeTar(folders, failed.id);
      await journal.removeImport(failed.id);
      const names = { importId: failed.id, name: failedName(failed), importedWith: imported.id };
      logger.info('a failed import is deleted: what it held has come since', names);
    } else if (missing.length < failed.missing.length) await journal.saveImport({ ...failed, missing });
  }
}

/** Of a tar that could not be read only its name tells what was in it, if it names a recording. */
function isSentAgain(failed: RecordingImport, { name, reason, found }: RecordingImport): boolean {
  const named = NAMED_ID.exec(failed.name)?.[0];
  return (
    named !== undefined &&
    failed.name === name &&
    reason === undefined &&
    found.some(({ recordId }) => recordId === named)
  );
}

const NAMED_ID = new RegExp(RECORD_ID.source.replace(/^\^|\$$/g, ''));
