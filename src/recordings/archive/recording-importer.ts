import { readdir, rm, stat } from 'node:fs/promises';
import { basename, join } from 'node:path';
import { failedName, putAside, putBack } from './failed-imports.js';
import { ImportQueue } from './import-queue.js';
import { saveChanges, type ImportStep, type RecordingImport } from './recording-import.js';
import { runImport, type RunImportDeps } from './run-import.js';

export interface RecordingImporterDeps extends Omit<RunImportDeps, 'signal'> {
  /** Told how each attempt ended. */
  readonly onOutcome?: ((outcome: ImportOutcome) => void) | undefined;
}

/** done; failed: the archive is put aside, a part of it imported or nothing; retried: something here is wrong (disk, store), it comes again. */
export type ImportOutcome = 'done' | 'failed' | 'retried';

const OPEN_STEPS: readonly ImportStep[] = ['received', 'unpacked', 'moved', 'indexed'];

/** What `folders.tar` calls them. */
const TAR_NAME = /^[0-9a-f]{64}\.tar$/;

/** Brings received archives into the archive, one after the other, each in steps that a crash may cut anywhere. */
export class RecordingImporter {
  readonly #deps: RecordingImporterDeps;
  readonly #abort = new AbortController();
  readonly #queue: ImportQueue;
  #failedCount: number | undefined;

  constructor(deps: RecordingImporterDeps) {
    this.#deps = deps;
    this.#queue = new ImportQueue({ attempt: (id) => this.#attempt(id), now: deps.now });
  }

  /** Imports that are not done and have not failed. */
  get pending(): number {
    return this.#queue.size;
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
    for (const entry of await journal.listImports(['failed'])) await putAside(folders, entry);
    await this.#countFailed();
    const open = (await journal.listImports(OPEN_STEPS)).map(({ id }) => id);
    for (const name of await readdir(join(folders.root, 'work')))
      if (!open.includes(name)) await folders.discard(folders.work(name));
    for (const id of open) this.#queue.add(id);
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
      return isLeft && known.step === 'done' ? saveChanges(this.#deps, known, {}) : known;
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
    this.#queue.add(id);
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
    const again = await saveChanges(this.#deps, entry, { step: 'received', reason: undefined, found: [] });
    await putBack(this.#deps.folders, again.id);
    await this.#countFailed();
    this.#queue.add(entry.id);
    return again;
  }

  /** Resolves when nothing is to be done now; what waits for a second try is not waited for. */
  settled(): Promise<void> {
    return this.#queue.settled();
  }

  /** Cuts the import under way, which goes on at the next start. */
  stop(): Promise<void> {
    this.#abort.abort();
    return this.#queue.stop();
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

  /** True when the import is over, done or failed. */
  async #attempt(id: string): Promise<boolean> {
    const { journal, logger, onOutcome } = this.#deps;
    try {
      const entry = await journal.findImport(id);
      if (entry === undefined || !OPEN_STEPS.includes(entry.step)) return true;
      const outcome = await runImport({ ...this.#deps, signal: this.#abort.signal }, entry);
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
}

/** What a sender calls its archive becomes part of a file name. */
function shortName(name: string): string {
  const safe = name
    .replace(/[^A-Za-z0-9._-]/g, '_')
    .replace(/^\.+/, '')
    .slice(-100);
  return safe === '' ? 'recording.tar' : safe;
}
