import { createHash, randomUUID } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { open, rename, rm, type FileHandle } from 'node:fs/promises';
import { dirname } from 'node:path';
import type { Readable } from 'node:stream';
import { ArchiveFault } from './archive-fault.js';
import { sizeOf, syncFolder, type ArchiveFolders } from './archive-folders.js';

/** One piece of an archive whose sum and size the sender has told before. */
export interface ArchivePiece {
  /** SHA-256, hexadecimal. */
  readonly sha256: string;
  readonly sizeBytes: number;
  /** Where this piece begins. */
  readonly offset: number;
}

/** What has arrived: the whole archive lies at `folders.tar(id)`, or more is to come. */
export type Received =
  | { readonly isWhole: true; readonly id: string; readonly sizeBytes: number }
  | { readonly isWhole: false; readonly offset: number };

export interface ReceiveOptions {
  readonly folders: ArchiveFolders;
  readonly maxBytes: number;
  /** A sender that is silent for so long is cut. */
  readonly idleMs: number;
}

/** How often the room on the disk is looked at while an archive of unknown size comes. */
const ROOM_STEP_BYTES = 16 * 1024 * 1024;

const SHA256 = /^[0-9a-f]{64}$/;

/** Takes a whole archive of unknown sum; `expectedBytes` is what the sender announces, if it does. Throws ArchiveFault. */
export async function receiveWhole(
  stream: Readable,
  expectedBytes: number | undefined,
  options: ReceiveOptions,
): Promise<Received> {
  const { folders } = options;
  checkSize(expectedBytes ?? 0, options);
  return folders.withSpace(2 * (expectedBytes ?? 0), () => takeWhole(stream, expectedBytes, options));
}

async function takeWhole(
  stream: Readable,
  expectedBytes: number | undefined,
  options: ReceiveOptions,
): Promise<Received> {
  const { folders, maxBytes } = options;
  const path = folders.incoming(randomUUID());
  const hash = createHash('sha256');
  const file = await open(path, 'wx', 0o640);
  try {
    const sizeBytes = await write(stream, file, 0, {
      ...options,
      limit: maxBytes,
      limitName: 'recordings.maxImportSize',
      hasRoom: expectedBytes !== undefined,
      onChunk: (chunk) => hash.update(chunk),
    });
    if (expectedBytes !== undefined && sizeBytes !== expectedBytes) throw cut(sizeBytes, expectedBytes);
    if (sizeBytes === 0) throw empty();
    await file.sync();
    await file.close();
    const id = hash.digest('hex');
    await rename(path, folders.tar(id));
    await syncFolder(dirname(folders.tar(id)));
    return { isWhole: true, id, sizeBytes };
  } catch (error) {
    await file.close().catch(() => undefined);
    await rm(path, { force: true });
    throw error;
  }
}

/** Takes one piece; the last one completes the archive. What has arrived of a piece that is cut is kept. Throws ArchiveFault. */
export async function receivePiece(
  stream: Readable,
  piece: ArchivePiece,
  options: ReceiveOptions,
): Promise<Received> {
  const { folders } = options;
  const { sha256, sizeBytes, offset } = piece;
  if (!SHA256.test(sha256)) throw new ArchiveFault('bad-archive', 'sha256 must be 64 hexadecimal digits');
  const path = folders.incoming(sha256);
  const there = (await sizeOf(path)) ?? 0;
  if (there !== offset) {
    throw new ArchiveFault('wrong-offset', `${there} bytes are here, the piece begins at ${offset}`);
  }
  if (sizeBytes === 0) throw empty();
  checkSize(sizeBytes, options);
  // Room for the archive and for what it unpacks to, which is about the same.
  return folders.withSpace(2 * sizeBytes - there, () =>
    takePiece(stream, piece, { ...options, path, there }),
  );
}

async function takePiece(
  stream: Readable,
  { sha256, sizeBytes }: ArchivePiece,
  { path, there, ...options }: ReceiveOptions & { readonly path: string; readonly there: number },
): Promise<Received> {
  const { folders } = options;
  const file = await open(path, 'a', 0o640);
  try {
    await write(stream, file, there, {
      ...options,
      limit: sizeBytes,
      limitName: 'the size that was told',
      hasRoom: true,
    });
    await file.sync();
  } finally {
    await file.close();
  }
  const arrived = (await sizeOf(path)) ?? 0;
  if (arrived < sizeBytes) return { isWhole: false, offset: arrived };
  if ((await sumOf(path)) !== sha256) {
    await rm(path, { force: true });
    throw new ArchiveFault(
      'damaged',
      'what has arrived has another SHA-256; send it again from its beginning',
    );
  }
  await rename(path, folders.tar(sha256));
  await syncFolder(dirname(folders.tar(sha256)));
  return { isWhole: true, id: sha256, sizeBytes };
}

/** SHA-256 of a file, hexadecimal. */
export async function sumOf(path: string): Promise<string> {
  const hash = createHash('sha256');
  for await (const chunk of createReadStream(path, { highWaterMark: 1024 * 1024 }))
    hash.update(chunk as Buffer);
  return hash.digest('hex');
}

function checkSize(bytes: number, { maxBytes }: ReceiveOptions): void {
  if (bytes > maxBytes) {
    throw new ArchiveFault(
      'too-large',
      `its ${bytes} bytes are more than recordings.maxImportSize (${maxBytes} bytes)`,
    );
  }
}

async function write(
  stream: Readable,
  file: FileHandle,
  there: number,
  {
    limit,
    limitName,
    idleMs,
    folders,
    hasRoom,
    onChunk,
  }: ReceiveOptions & {
    readonly limit: number;
    /** What sets it. */
    readonly limitName: string;
    /** Room was made sure of before: the sender has told the size. */
    readonly hasRoom: boolean;
    readonly onChunk?: (chunk: Buffer) => void;
  },
): Promise<number> {
  let size = there;
  let roomFor = hasRoom ? limit : there;
  let timer = setTimeout(cutOff, idleMs);
  function cutOff(): void {
    stream.destroy(new ArchiveFault('busy', `nothing has come for ${idleMs / 1000} s`));
  }
  try {
    for await (const given of stream) {
      clearTimeout(timer);
      const chunk = given as Buffer;
      size += chunk.length;
      if (size > limit)
        throw new ArchiveFault('too-large', `more has come than ${limitName} (${limit} bytes)`);
      if (size > roomFor) {
        await folders.requireSpace(size + ROOM_STEP_BYTES);
        roomFor = size + ROOM_STEP_BYTES;
      }
      onChunk?.(chunk);
      // Unlike write(), this does not leave off in the middle when the disk gets full.
      await file.appendFile(chunk);
      timer = setTimeout(cutOff, idleMs);
    }
  } catch (error) {
    throw asFault(error);
  } finally {
    clearTimeout(timer);
  }
  return size;
}

/** A sender that goes away and a disk that gets full are no faults of Ballast's. */
function asFault(error: unknown): unknown {
  if (!(error instanceof Error) || error instanceof ArchiveFault || !('code' in error)) return error;
  if (error.code === 'ENOSPC' || error.code === 'EDQUOT') {
    return new ArchiveFault('disk-full', 'the disk of the archive is full', { cause: error });
  }
  const isOfStream = error.code === 'ECONNRESET' || error.code === 'ERR_STREAM_PREMATURE_CLOSE';
  return isOfStream ? new ArchiveFault('busy', 'the upload was cut', { cause: error }) : error;
}

function empty(): ArchiveFault {
  return new ArchiveFault('bad-archive', 'it is empty: there is not one byte in it');
}

function cut(arrived: number, expected: number): ArchiveFault {
  return new ArchiveFault('busy', `the upload was cut: ${arrived} of ${expected} bytes have come`);
}
