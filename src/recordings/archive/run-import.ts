import { mkdir, rm } from 'node:fs/promises';
import { join } from 'node:path';
import type { Logger } from '../../log.js';
import { ArchiveFault } from './archive-fault.js';
import { exists, type ArchiveFolders } from './archive-folders.js';
import type { ArchivedRecording } from './archived-recording.js';
import { failedName, putAside, putBack } from './failed-imports.js';
import { CUT, findRecordings, namedRecordings, UNREAD, type FoundRecordings } from './find-recordings.js';
import type { RecordingArchive } from './recording-archive.js';
import { saveChanges, type ImportJournal, type RecordingImport } from './recording-import.js';
import { unpackArchive } from './unpack-archive.js';

export interface RunImportDeps {
  readonly journal: ImportJournal;
  readonly archive: Pick<
    RecordingArchive,
    'admit' | 'admits' | 'find' | 'holds' | 'moveIn' | 'record' | 'takeBack'
  >;
  readonly folders: ArchiveFolders;
  readonly maxBytes: number;
  /** Tells the front end; the same recording may be told of twice after a crash. */
  readonly announce: (recording: ArchivedRecording) => Promise<void>;
  /** Told of what is in the archive now and the front end knows; again after a crash. */
  readonly onImported: (entry: RecordingImport) => Promise<void>;
  /** Off only in tests: a crash of the machine may cost files. */
  readonly isSynced?: boolean;
  readonly signal: AbortSignal;
  readonly now: () => number;
  readonly logger: Logger;
}

/**
 * Carries an import through the steps that are left of it; a crash may cut it anywhere. failed: its tar is put aside, a part of
 * it imported or nothing. Throws what disk, store or outbox say: it can be tried again as it is then.
 */
export async function runImport(deps: RunImportDeps, given: RecordingImport): Promise<'done' | 'failed'> {
  const { archive, folders, announce, logger } = deps;
  let entry = await unlessLost(deps, await unlessBarred(deps, given));
  if (entry.step === 'received') {
    const unpacked = await unpack(deps, entry);
    if (unpacked.found.length === 0)
      return fail(deps, { ...entry, ...unpacked }, 'a recording cannot be imported');
    entry = await saveChanges(deps, entry, { step: 'unpacked', ...unpacked });
  }
  const work = folders.work(entry.id);
  if (entry.step === 'unpacked' || entry.step === 'moved') {
    // Also for one that was moved: the journal may know more than the disk had written when the machine failed.
    await archive.moveIn(entry.found, ({ playback, recordId }) => join(work, playback.format, recordId));
    if (entry.step === 'unpacked') entry = await saveChanges(deps, entry, { step: 'moved' });
  }
  const recordings = await recorded(deps, entry);
  if (entry.step === 'moved') entry = await saveChanges(deps, entry, { step: 'indexed' });
  for (const recording of recordings) await announce(recording);
  await deps.onImported(entry);
  // The tar may be all there is of the other part.
  if (entry.reason !== undefined) return fail(deps, entry, 'a part of a recording cannot be imported');
  await saveChanges(deps, entry, { step: 'done' });
  await rm(folders.tar(entry.id), { force: true });
  await folders.discard(work);
  logger.info('a recording was imported', {
    importId: entry.id,
    recordIds: recordings.map(({ recordId }) => recordId),
  });
  return 'done';
}

/** An import goes back to its tar, where it fails with a reason, when a tenant of its recordings has been removed meanwhile. */
async function unlessBarred(deps: RunImportDeps, entry: RecordingImport): Promise<RecordingImport> {
  const { archive, folders } = deps;
  if (entry.step !== 'unpacked' && entry.step !== 'moved') return entry;
  const barred = entry.found.filter((found) => !archive.admits(found));
  // Without its tar what is here is all there is: it waits for its tenant.
  if (barred.length === 0 || !(await exists(folders.tar(entry.id)))) return entry;
  for (const found of barred) await archive.takeBack(found);
  return saveChanges(deps, entry, { step: 'received', found: [], missing: [] });
}

/** An import goes back to its tar when files that it says are there are in neither place. */
async function unlessLost(deps: RunImportDeps, entry: RecordingImport): Promise<RecordingImport> {
  const { folders, archive, logger } = deps;
  if (entry.step !== 'unpacked' && entry.step !== 'moved') return entry;
  const hasTar = await exists(folders.tar(entry.id));
  for (const { playback, recordId } of entry.found) {
    const isThere =
      (await folders.hasFormat(playback.format, recordId)) ||
      (await exists(join(folders.work(entry.id), playback.format, recordId)));
    if (isThere || (!hasTar && (await archive.find(recordId)) !== undefined)) continue;
    logger.warn('files of an import are missing; it is unpacked again', { importId: entry.id, recordId });
    return saveChanges(deps, entry, { step: 'received', found: [], missing: [] });
  }
  return entry;
}

async function recorded(
  deps: RunImportDeps,
  { step, found }: RecordingImport,
): Promise<readonly ArchivedRecording[]> {
  const { archive } = deps;
  if (step === 'moved') return archive.record(found);
  const ids = [...new Set(found.map(({ recordId }) => recordId))];
  const known = await Promise.all(ids.map((id) => archive.find(id)));
  return known.filter((recording) => recording !== undefined);
}

/** Unpacks into an empty work folder and reads what is there; finds nothing, with the reason, where all of it is faulty. */
async function unpack(deps: RunImportDeps, { id, sizeBytes }: RecordingImport): Promise<FoundRecordings> {
  const { archive, folders, maxBytes, isSynced = true } = deps;
  const work = folders.work(id);
  await folders.discard(work);
  await mkdir(work, { mode: 0o750 });
  let isUnpacked = false;
  try {
    await putBack(folders, id);
    await folders.requireSpace(sizeBytes);
    await unpackArchive(folders.tar(id), work, {
      ...{ maxBytes, isSynced, signal: deps.signal },
      requireSpace: (bytes) => folders.requireSpace(bytes),
    });
    isUnpacked = true;
    return await findRecordings(work, (entry) => {
      archive.admit(entry);
    });
  } catch (error) {
    const isFinal = error instanceof ArchiveFault && error.isFinal;
    const missing = isFinal ? [...(await namedRecordings(work))] : [];
    // Where unpacking stopped there may be more than has a name so far.
    if (isFinal && !isUnpacked) missing.push(error.kind === 'damaged' ? CUT : UNREAD);
    // The disk may be full: others need the room while this one waits.
    await folders.discard(work);
    if (!isFinal) throw error;
    return { found: [], reason: error.message, missing };
  }
}

async function fail(deps: RunImportDeps, entry: RecordingImport, message: string): Promise<'failed'> {
  const { folders, logger } = deps;
  const { id: importId, name, reason } = entry;
  logger.error(message, { importId, name, reason, file: folders.failed(failedName(entry)) });
  await putAside(folders, await saveChanges(deps, entry, { step: 'failed' }));
  return 'failed';
}
