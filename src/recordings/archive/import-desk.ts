import { readdir, rm, stat } from 'node:fs/promises';
import { join } from 'node:path';
import type { Readable } from 'node:stream';
import { ArchiveFault } from './archive-fault.js';
import { sizeOf, type ArchiveFolders } from './archive-folders.js';
import { receivePiece, receiveWhole, type ArchivePiece } from './receive-archive.js';
import type { ImportStep, RecordingImport } from './recording-import.js';
import type { RecordingImporter } from './recording-importer.js';

/** How far an archive is, for its sender; `arriving` with what has come of it so far. */
export interface ImportStatus {
  /** SHA-256 of the archive. */
  readonly id: string;
  readonly step: ImportStep | 'arriving';
  readonly offset: number;
  readonly reason?: string;
  readonly recordIds: readonly string[];
}

export interface ImportDeskDeps {
  readonly importer: Pick<RecordingImporter, 'find' | 'received' | 'failed'>;
  readonly folders: ArchiveFolders;
  readonly maxBytes: number;
  /** A sender that is silent for so long is cut. */
  readonly idleMs?: number;
}

const IDLE_MS = 60_000;
const SHA256 = /^[0-9a-f]{64}$/;

/** A sender that has not gone on for so long has given up. */
const LEFT_MS = 7 * 86_400_000;

/** Takes archives from whoever sends them, whole or in pieces, and hands them to the importer. */
export class ImportDesk {
  readonly #deps: ImportDeskDeps;
  readonly #arriving = new Set<string>();

  constructor(deps: ImportDeskDeps) {
    this.#deps = deps;
  }

  /** Takes a whole archive; `lyingSince`: of one from a spool, as `RecordingImporter.received` has it. Throws ArchiveFault. */
  async takeWhole(
    stream: Readable,
    name: string,
    expectedBytes?: number,
    lyingSince?: number,
  ): Promise<ImportStatus> {
    const received = await receiveWhole(stream, expectedBytes, this.#options());
    if (!received.isWhole) throw new Error('a whole archive has come in part');
    return statusOf(await this.#deps.importer.received(received.id, name, lyingSince));
  }

  /** Takes a piece of an archive; one that is known already is not read. Throws ArchiveFault. */
  async takePiece(stream: Readable, name: string, piece: ArchivePiece): Promise<ImportStatus> {
    const { importer, folders } = this.#deps;
    const { sha256 } = piece;
    const known = await importer.find(sha256);
    if (known !== undefined) return statusOf(known);
    if (this.#arriving.has(sha256)) {
      throw new ArchiveFault('busy', 'a piece of this archive is just arriving from another sender');
    }
    this.#arriving.add(sha256);
    try {
      // It came whole, and Ballast was ended before it was in the journal.
      const isThere = (await sizeOf(folders.tar(sha256))) !== undefined;
      const received = isThere
        ? { isWhole: true as const, id: sha256 }
        : await receivePiece(stream, piece, this.#options());
      if (received.isWhole) return statusOf(await importer.received(sha256, name));
      return { id: sha256, step: 'arriving', offset: received.offset, recordIds: [] };
    } finally {
      this.#arriving.delete(sha256);
    }
  }

  /** What is here of an archive; offset 0 when nothing is. */
  async status(sha256: string): Promise<ImportStatus> {
    const { importer, folders } = this.#deps;
    if (!SHA256.test(sha256)) throw new ArchiveFault('bad-archive', 'sha256 must be 64 hexadecimal digits');
    const known = await importer.find(sha256);
    if (known !== undefined) return statusOf(known);
    const offset = (await sizeOf(folders.incoming(sha256))) ?? 0;
    if (offset === 0) {
      const failed = (await importer.failed()).find(({ id }) => id === sha256);
      if (failed !== undefined) return statusOf(failed);
    }
    return { id: sha256, step: 'arriving', offset, recordIds: [] };
  }

  /** Deletes what senders have begun and left for a week. */
  async removeLeft(now: number): Promise<void> {
    const folder = join(this.#deps.folders.root, 'incoming');
    for (const name of await readdir(folder)) {
      const path = join(folder, name);
      if ((await stat(path)).mtimeMs < now - LEFT_MS) await rm(path, { force: true });
    }
  }

  #options() {
    const { folders, maxBytes, idleMs = IDLE_MS } = this.#deps;
    return { folders, maxBytes, idleMs };
  }
}

function statusOf({ id, step, sizeBytes, reason, found }: RecordingImport): ImportStatus {
  const recordIds = [...new Set(found.map(({ recordId }) => recordId))];
  return { id, step, offset: sizeBytes, ...(reason !== undefined && { reason }), recordIds };
}
