import { readdir, rm, stat } from 'node:fs/promises';
import { basename, join } from 'node:path';
import { ArchiveFault } from './archive-fault.js';
import { failedName, putAside, putBack, removeTar, withTars } from './failed-imports.js';
import { ImportQueue } from './import-queue.js';
import { InTurn } from './in-turn.js';
import { saveChanges, type ImportStep, type RecordingImport } from './recording-import.js';
import { forgetReplaced } from './replaced-imports.js';
import { runImport, type RunImportDeps } from './run-import.js';

export interface RecordingImporterDeps extends Omit<RunImportDeps, 'signal' | 'onImported'> {
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
  /** What was put aside changes one at a time. */
  readonly #changes = new InTurn();
  #failedCount: number | undefined;

  constructor(deps: RecordingImporterDeps) {
    this.#deps = deps;
    this.#queue = new ImportQueue({ attempt: (id) => this.#attempt(id), now: deps.now });
  }

  /** Imports that are not done and have not failed. */
  get pending(): number {
    return this.#queue.size;
  }

  /** Imports that were put aside, when they were last looked at; `undefined` before `start`. */
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
    await this.failed();
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
    const entry = { id, name: shortName(name), sizeBytes, step: 'received', found: [], missing: [] } as const;
    const saved = { ...entry, reason: undefined, receivedAt: at, changedAt: at };
    await journal.saveImport(saved);
    if (known?.step === 'failed') {
      await rm(folders.failed(failedName(known)), { force: true });
      await this.failed();
    }
    this.#queue.add(id);
    return saved;
  }

  /** What is known of an archive with this sum; of a done one only while its recordings are still with the tenants they name. */
  async find(id: string): Promise<RecordingImport | undefined> {
    const known = await this.#deps.journal.findImport(id);
    return known !== undefined && (await this.#isTaken(known)) ? known : undefined;
  }

  /** Those that failed and whose tar is still there, the oldest first. */
  async failed(): Promise<readonly RecordingImport[]> {
    const { folders, journal } = this.#deps;
    const there = await withTars(folders, await journal.listImports(['failed']));
    this.#failedCount = there.length;
    return there;
  }

  /**
   * Tries a failed import again; `undefined` when none has this ID or file name. Throws ArchiveFault when its file is gone,
   * and for what several senders call theirs.
   */
  retry(idOrName: string): Promise<RecordingImport | undefined> {
    return this.#change(idOrName, async (entry) => {
      // First: where it cannot be had nothing else is to change.
      await putBack(this.#deps.folders, entry.id);
      const anew = { step: 'received', reason: undefined, found: [], missing: [] } as const;
      await saveChanges(this.#deps, entry, anew);
      this.#queue.add(entry.id);
    });
  }

  /** Forgets a failed import and deletes its file, if that is still there; else as `retry`. */
  drop(idOrName: string): Promise<RecordingImport | undefined> {
    return this.#change(idOrName, async ({ id }) => {
      await removeTar(this.#deps.folders, id);
      await this.#deps.journal.removeImport(id);
    });
  }

  /** Forgets what was done before, or put aside before and is no longer there. */
  async forget(before: number): Promise<void> {
    const { journal } = this.#deps;
    await journal.pruneImports(before);
    const there = new Set((await this.failed()).map(({ id }) => id));
    for (const { id, changedAt } of await journal.listImports(['failed']))
      if (changedAt < before && !there.has(id)) await journal.removeImport(id);
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
    const held = await Promise.all(found.map((entry) => this.#deps.archive.holds(entry)));
    return held.every(Boolean);
  }

  #change(
    idOrName: string,
    change: (entry: RecordingImport) => Promise<void>,
  ): Promise<RecordingImport | undefined> {
    return this.#changes.run('failed', async () => {
      const entry = await this.#failedNamed(idOrName);
      if (entry === undefined) return undefined;
      await change(entry);
      await this.failed();
      return entry;
    });
  }

  async #failedNamed(idOrName: string): Promise<RecordingImport | undefined> {
    const { folders, journal } = this.#deps;
    const entries = await journal.listImports(['failed']);
    const exact = entries.find((entry) => [entry.id, failedName(entry)].includes(idOrName));
    if (exact !== undefined) return exact;
    const called = entries.filter(({ name }) => name === idOrName);
    const there = await withTars(folders, called);
    if (there.length > 1) {
      const names = there.map(failedName).join(', ');
      throw new ArchiveFault('ambiguous', `several are called ${idOrName}; name one of ${names}`);
    }
    return there[0] ?? called[0];
  }

  /** True when the import is over, done or failed. */
  async #attempt(id: string): Promise<boolean> {
    const { journal, logger, onOutcome } = this.#deps;
    const list = { isChanged: false };
    // Housekeeping: it keeps no import from being done.
    const onImported = (imported: RecordingImport): Promise<void> =>
      this.#unlessFaulty(async () => {
        const forgetting = () => forgetReplaced(this.#deps, imported);
        list.isChanged = await this.#changes.run('failed', forgetting);
      });
    try {
      const entry = await journal.findImport(id);
      if (entry === undefined || !OPEN_STEPS.includes(entry.step)) return true;
      const outcome = await runImport({ ...this.#deps, signal: this.#abort.signal, onImported }, entry);
      if (list.isChanged || outcome === 'failed') await this.#unlessFaulty(() => this.failed());
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

  async #unlessFaulty(look: () => Promise<unknown>): Promise<void> {
    try {
      await look();
    } catch (error) {
      this.#deps.logger.warn('failed imports cannot be looked at now', { error });
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
