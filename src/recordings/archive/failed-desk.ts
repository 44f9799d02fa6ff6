import { failedName } from './failed-imports.js';
import type { RecordingImport } from './recording-import.js';
import type { RecordingImporter } from './recording-importer.js';
import type { SpoolWatch, SpooledFault } from './spool-watch.js';

/** A recording that came and is not in the archive, or not all of it, until somebody looks. */
export interface FailedImport {
  /** SHA-256 of its tar; of one that still lies in the spool its name. */
  readonly id: string;
  /** Its file below `failed/`, or `spool/` and its file there. */
  readonly name: string;
  readonly sizeBytes: number;
  readonly reason: string;
  /** ms since 1970. */
  readonly receivedAt: number;
  readonly failedAt: number;
}

export interface FailedDeskDeps {
  readonly importer: Pick<RecordingImporter, 'failed' | 'failedCount' | 'retry' | 'drop'>;
  readonly spool: Pick<SpoolWatch, 'refused' | 'retry' | 'drop'> | undefined;
}

const IN_SPOOL = 'spool/';

/** All that could not be imported, wherever it lies. */
export class FailedDesk {
  readonly #deps: FailedDeskDeps;

  constructor(deps: FailedDeskDeps) {
    this.#deps = deps;
  }

  /** How many there were when they were last looked at; `undefined` before the importer has started. */
  get count(): number | undefined {
    const { importer, spool } = this.#deps;
    return importer.failedCount === undefined
      ? undefined
      : importer.failedCount + (spool?.refused.length ?? 0);
  }

  /** What was put aside, the oldest first, then what lies in the spool. */
  async list(): Promise<readonly FailedImport[]> {
    const { importer, spool } = this.#deps;
    return [...(await importer.failed()).map(ofImport), ...(spool?.refused ?? []).map(ofSpool)];
  }

  /** Tries one again; `undefined` when none has this ID or name. Throws ArchiveFault when its file is gone, or several have the name. */
  async retry(name: string): Promise<FailedImport | undefined> {
    const { importer, spool } = this.#deps;
    if (name.startsWith(IN_SPOOL)) {
      const spooled = spool?.retry(name.slice(IN_SPOOL.length));
      return spooled && ofSpool(spooled);
    }
    const entry = await importer.retry(name);
    return entry && ofImport(entry);
  }

  /** Forgets one and deletes its file; else as `retry`. */
  async drop(name: string): Promise<FailedImport | undefined> {
    const { importer, spool } = this.#deps;
    if (name.startsWith(IN_SPOOL)) {
      const spooled = await spool?.drop(name.slice(IN_SPOOL.length));
      return spooled && ofSpool(spooled);
    }
    const entry = await importer.drop(name);
    return entry && ofImport(entry);
  }
}

function ofImport(entry: RecordingImport): FailedImport {
  const { id, sizeBytes, reason = '', receivedAt, changedAt: failedAt } = entry;
  return { id, name: failedName(entry), sizeBytes, reason, receivedAt, failedAt };
}

function ofSpool({ name, sizeBytes, reason, since, failedAt }: SpooledFault): FailedImport {
  const called = `${IN_SPOOL}${name}`;
  return { id: called, name: called, sizeBytes, reason, receivedAt: since, failedAt };
}
