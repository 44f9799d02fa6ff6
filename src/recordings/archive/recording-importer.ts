import { mkdir, readdir, rename, rm, stat } from 'node:fs/promises';
import { basename, join } from 'node:path';
import type { Logger } from '../../log.js';
import { ArchiveFault } from './archive-fault.js';
import { exists, type ArchiveFolders } from './archive-folders.js';
import type { ArchivedRecording } from './archived-recording.js';
import { findRecordings, type FoundRecordings } from './find-recordings.js';
import type { RecordingArchive } from './recording-archive.js';
import type { ImportJournal, ImportStep, RecordingImport } from './recording-import.js';
import { unpackArchive } from './unpack-archive.js';

export interface RecordingImporterDeps {
  readonly journal: ImportJournal;
  readonly archive: Pick<RecordingArchive, 'admit' | 'find' | 'moveIn' | 'record'>;
  readonly folders: ArchiveFolders;
  readonly maxBytes: number;
  /** Tells the front end; the same recording may be told of twice after a crash. */
  readonly announce: (recording: ArchivedRecording) => Promise<void>;
  /** Told how each attempt ended. */
  readonly onOutcome?: ((outcome: ImportOutcome) => void) | undefined;
  /** Off only in tests: a crash of the machine may cost files. */
  readonly isSynced?: boolean;
  readonly now: () => number;
  readonly logger: Logger;
}

/** done; failed: the archive is put aside, a part of it imported or nothing; retried: something here is wrong (disk, store), it comes again. */
export type ImportOutcome = 'done' | 'failed' | 'retried';

const FIRST_WAIT_MS = 5000;
const LONGEST_WAIT_MS = 5 * 60_000;
const OPEN_STEPS: readonly ImportStep[] = ['received', 'unpacked', 'moved', 'indexed'];

/** What `folders.tar` calls them. */
const TAR_NAME = /^[0-9a-f]{64}\.tar$/;

/** Brings received archives into the archive, one after the other, each in steps that a crash may cut anywhere. */
export class RecordingImporter {
  readonly #deps: RecordingImporterDeps;
  readonly #abort = new AbortController();
  /** Imports to be done: when each is due, and how often it was tried. */
  readonly #waiting = new Map<string, { readonly dueAt: number; readonly attempts: number }>();
  #failedCount: number | undefined;
  #running: Promise<void> | undefined;
  #timer: NodeJS.Timeout | undefined;

  constructor(deps: RecordingImporterDeps) {
    this.#deps = deps;
  }

  /** Imports that are not done and have not failed. */
  get pending(): number {
    return this.#waiting.size;
  }

  /** Imports that were put aside; `undefined` before `start` has counted them. */
  get failedCount(): number | undefined {
    return this.#failedCount;
  }

  /** Goes on with what an earlier run left. Adopts archives that came whole and were not yet in the journal. */
  async start(): Promise<void> {
    const { journal, folders, logger } = this.#deps;
    for (const fileName of await readdir(join(folders.root, 'imports'))) {
      if (!TAR_NAME.test(fileName)) {
        logger.warn('a stray file in the folder of imports is left alone', { fileName });
        continue;
      }
      const id = basename(fileName, '.tar');
      const known = await journal.findImport(id);
      if (known?.step === 'done') await rm(folders.tar(id), { force: true });
      else if (known === undefined) await this.received(id, fileName);
    }
    for (const entry of await journal.listImports(['failed'])) await this.#putAside(entry);
    await this.#countFailed();
    const open = (await journal.listImports(OPEN_STEPS)).map(({ id }) => id);
    for (const name of await readdir(join(folders.root, 'work')))
      if (!open.includes(name)) await folders.discard(folders.work(name));
    for (const id of open) this.#enqueue(id);
  }

  /**
   * An archive lies at `folders.tar(id)`: writes it into the journal; the rest goes on by itself. `lyingSince` (ms since
   * 1970): it lies in a spool since then; one that was taken from there before and could not be removed is not taken again.
   */
  async received(id: string, name: string, lyingSince = Infinity): Promise<RecordingImport> {
    const { journal, folders, now } = this.#deps;
    const known = await journal.findImport(id);
    const isLeft = known !== undefined && lyingSince < known.receivedAt;
    if (known !== undefined && (isLeft || (await this.#isTaken(known)))) {
      if (!OPEN_STEPS.includes(known.step)) await rm(folders.tar(id), { force: true });
      // The journal forgets what was done long ago, and this is met again.
      return isLeft && known.step === 'done' ? this.#save(known, {}) : known;
    }
    const at = now();
    const sizeBytes = (await stat(folders.tar(id))).size;
    const entry = { id, name: shortName(name), sizeBytes, step: 'received', found: [] } as const;
    const saved = { ...entry, reason: undefined, receivedAt: at, changedAt: at };
    await journal.saveImport(saved);
    if (known?.step === 'failed') {
      await rm(folders.failed(failedName(known)), { force: true });
      await this.#countFailed();
    }
    this.#enqueue(id);
    return saved;
  }

  /** What is known of an archive with this sum; of a done one only while its recordings are still there. */
  async find(id: string): Promise<RecordingImport | undefined> {
    const known = await this.#deps.journal.findImport(id);
    return known !== undefined && (await this.#isTaken(known)) ? known : undefined;
  }

  /** Those that failed, the oldest first. */
  failed(): Promise<readonly RecordingImport[]> {
    return this.#deps.journal.listImports(['failed']);
  }

  /** Tries a failed import again; `undefined` when none has this ID or file name. */
  async retry(idOrName: string): Promise<RecordingImport | undefined> {
    const entry = (await this.failed()).find((failed) =>
      [failed.id, failedName(failed), failed.name].includes(idOrName),
    );
    if (entry === undefined) return undefined;
    const again = await this.#save(entry, { step: 'received', reason: undefined, found: [] });
    await this.#putBack(again);
    await this.#countFailed();
    this.#enqueue(entry.id);
    return again;
  }

  /** Resolves when nothing is to be done now; what waits for a second try is not waited for. */
  async settled(): Promise<void> {
    while (this.#running !== undefined) await this.#running;
  }

  /** Cuts the import under way, which goes on at the next start. */
  async stop(): Promise<void> {
    this.#abort.abort();
    clearTimeout(this.#timer);
    await this.settled();
  }

  async #isTaken({ step, found }: RecordingImport): Promise<boolean> {
    if (step === 'failed') return false;
    if (step !== 'done') return true;
    const there = await Promise.all(found.map(({ recordId }) => this.#deps.archive.find(recordId)));
    return there.every((recording) => recording !== undefined);
  }

  async #countFailed(): Promise<void> {
    this.#failedCount = (await this.failed()).length;
  }

  #enqueue(id: string, attempts = 0): void {
    const wait = attempts === 0 ? 0 : Math.min(LONGEST_WAIT_MS, FIRST_WAIT_MS * 2 ** (attempts - 1));
    this.#waiting.set(id, { dueAt: this.#deps.now() + wait, attempts });
    this.#wake();
  }

  #wake(): void {
    if (this.#abort.signal.aborted) return;
    this.#running ??= this.#work().finally(() => {
      this.#running = undefined;
      this.#sleep();
    });
  }

  #sleep(): void {
    clearTimeout(this.#timer);
    if (this.#abort.signal.aborted || this.#waiting.size === 0) return;
    const next = Math.min(...[...this.#waiting.values()].map(({ dueAt }) => dueAt));
    this.#timer = setTimeout(
      () => {
        this.#wake();
      },
      Math.max(0, next - this.#deps.now()),
    );
    this.#timer.unref();
  }

  async #work(): Promise<void> {
    for (;;) {
      const now = this.#deps.now();
      const due = [...this.#waiting].find(([, { dueAt }]) => dueAt <= now);
      if (due === undefined || this.#abort.signal.aborted) return;
      const [id, { attempts }] = due;
      const isOver = await this.#attempt(id);
      if (isOver) this.#waiting.delete(id);
      else this.#enqueueLater(id, attempts + 1);
    }
  }

  #enqueueLater(id: string, attempts: number): void {
    if (!this.#abort.signal.aborted) this.#enqueue(id, attempts);
  }

  /** True when the import is over, done or failed. */
  async #attempt(id: string): Promise<boolean> {
    const { journal, logger, onOutcome } = this.#deps;
    try {
      const entry = await journal.findImport(id);
      if (entry === undefined || !OPEN_STEPS.includes(entry.step)) return true;
      const outcome = await this.#go(entry);
      if (outcome === 'failed') await this.#countFailed();
      onOutcome?.(outcome);
      return true;
    } catch (error) {
      if (this.#abort.signal.aborted) return false;
      // Disk or store: not the archive's fault, so that it stays and comes again.
      logger.warn('a recording could not be imported now and is tried again', { importId: id, error });
      onOutcome?.('retried');
      return false;
    }
  }

  async #go(given: RecordingImport): Promise<'done' | 'failed'> {
    const { archive, folders, announce, logger } = this.#deps;
    let entry = await this.#unlessLost(given);
    try {
      if (entry.step === 'received')
        entry = await this.#save(entry, { step: 'unpacked', ...(await this.#unpack(entry)) });
    } catch (error) {
      if (!(error instanceof ArchiveFault) || !error.isFinal) throw error;
      return this.#fail(entry, error.message, 'a recording cannot be imported');
    }
    const work = folders.work(entry.id);
    if (entry.step === 'unpacked' || entry.step === 'moved') {
      // Also for one that was moved: the journal may know more than the disk had written when the machine failed.
      await archive.moveIn(entry.found, ({ playback, recordId }) => join(work, playback.format, recordId));
      if (entry.step === 'unpacked') entry = await this.#save(entry, { step: 'moved' });
    }
    const recordings = await this.#recorded(entry);
    if (entry.step === 'moved') entry = await this.#save(entry, { step: 'indexed' });
    for (const recording of recordings) await announce(recording);
    // The tar may be all there is of the other part.
    if (entry.reason !== undefined)
      return this.#fail(entry, entry.reason, 'a part of a recording cannot be imported');
    await this.#save(entry, { step: 'done' });
    await rm(folders.tar(entry.id), { force: true });
    await folders.discard(work);
    logger.info('a recording was imported', {
      importId: entry.id,
      recordIds: recordings.map(({ recordId }) => recordId),
    });
    return 'done';
  }

  /** An import goes back to its tar when files that it says are there are in neither place. */
  async #unlessLost(entry: RecordingImport): Promise<RecordingImport> {
    const { folders, archive, logger } = this.#deps;
    if (entry.step !== 'unpacked' && entry.step !== 'moved') return entry;
    const hasTar = await exists(folders.tar(entry.id));
    for (const { playback, recordId } of entry.found) {
      const isThere =
        (await folders.hasFormat(playback.format, recordId)) ||
        (await exists(join(folders.work(entry.id), playback.format, recordId)));
      if (isThere || (!hasTar && (await archive.find(recordId)) !== undefined)) continue;
      logger.warn('files of an import are missing; it is unpacked again', { importId: entry.id, recordId });
      return this.#save(entry, { step: 'received', found: [] });
    }
    return entry;
  }

  async #recorded({ step, found }: RecordingImport): Promise<readonly ArchivedRecording[]> {
    const { archive } = this.#deps;
    if (step === 'moved') return archive.record(found);
    const ids = [...new Set(found.map(({ recordId }) => recordId))];
    const known = await Promise.all(ids.map((id) => archive.find(id)));
    return known.filter((recording) => recording !== undefined);
  }

  /** Unpacks into an empty work folder and reads what is there. */
  async #unpack({ id, sizeBytes }: RecordingImport): Promise<FoundRecordings> {
    const { archive, folders, maxBytes, isSynced = true } = this.#deps;
    const work = folders.work(id);
    await this.#putBack({ id });
    await folders.discard(work);
    await mkdir(work, { mode: 0o750 });
    try {
      await folders.requireSpace(sizeBytes);
      await unpackArchive(folders.tar(id), work, {
        ...{ maxBytes, isSynced, signal: this.#abort.signal },
        requireSpace: (bytes) => folders.requireSpace(bytes),
      });
    } catch (error) {
      // The disk may be full: others need the room while this one waits.
      await folders.discard(work);
      throw error;
    }
    return findRecordings(work, (entry) => {
      archive.admit(entry);
    });
  }

  async #save(entry: RecordingImport, changes: Partial<RecordingImport>): Promise<RecordingImport> {
    const saved = { ...entry, ...changes, changedAt: this.#deps.now() };
    await this.#deps.journal.saveImport(saved);
    return saved;
  }

  async #fail(entry: RecordingImport, reason: string, message: string): Promise<'failed'> {
    const { folders, logger } = this.#deps;
    const { id: importId, name } = entry;
    logger.error(message, { importId, name, reason, file: folders.failed(failedName(entry)) });
    await this.#putAside(await this.#save(entry, { step: 'failed', reason }));
    return 'failed';
  }

  async #putAside(entry: RecordingImport): Promise<void> {
    const { folders } = this.#deps;
    if (await exists(folders.tar(entry.id)))
      await rename(folders.tar(entry.id), folders.failed(failedName(entry)));
    await folders.discard(folders.work(entry.id));
  }

  /** The other way round; also for a crash after the journal said so. */
  async #putBack({ id }: Pick<RecordingImport, 'id'>): Promise<void> {
    const { folders } = this.#deps;
    if (await exists(folders.tar(id))) return;
    const file = (await readdir(join(folders.root, 'failed'))).find((name) =>
      name.startsWith(`${id.slice(0, 12)}-`),
    );
    if (file === undefined)
      throw new ArchiveFault('bad-archive', 'its file is gone from the folder of imports');
    await rename(folders.failed(file), folders.tar(id));
  }
}

/** File name of a failed import below `failed/`. */
export function failedName({ id, name }: Pick<RecordingImport, 'id' | 'name'>): string {
  return `${id.slice(0, 12)}-${name}`;
}

/** What a sender calls its archive becomes part of a file name. */
function shortName(name: string): string {
  const safe = name
    .replace(/[^A-Za-z0-9._-]/g, '_')
    .replace(/^\.+/, '')
    .slice(-100);
  return safe === '' ? 'recording.tar' : safe;
}
