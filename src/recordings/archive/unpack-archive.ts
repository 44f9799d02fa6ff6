import { createReadStream } from 'node:fs';
import { mkdir, open, utimes } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { Transform } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { createGunzip } from 'node:zlib';
import { extract, type Extract, type Header } from 'tar-stream';
import { ArchiveFault } from './archive-fault.js';
import { syncFolder } from './archive-folders.js';

/** A recording of a day has some thousand files; more is an attack. */
const MAX_ENTRIES = 100_000;
const MAX_NAME_BYTES = 1024;
const MAX_DEPTH = 32;
const BLOCK_BYTES = 512;
/** Of headers and padding, longest names included. */
const MAX_ENTRY_OVERHEAD = 4096;
/** Packers fill the end with zeros, up to a record of tape or so. */
const MAX_END_BYTES = 1024 * 1024;
/** The room on the disk is looked at again each time so much was unpacked. */
const ROOM_STEP_BYTES = 16 * 1024 * 1024;

type Source = Extract extends AsyncIterable<infer Item> ? Item : never;

export interface UnpackOptions {
  /** Of all files together. */
  readonly maxBytes: number;
  readonly signal: AbortSignal;
  /** Throws when the disk has no room for so many bytes more. */
  readonly requireSpace?: (bytes: number) => Promise<void>;
  /** Whether each file is on the disk before the next; off only where a crash of the machine does not matter. */
  readonly isSynced?: boolean;
}

/**
 * Unpacks a tar, gzipped or not, below `folder`, which must exist. Only plain files and folders with modest relative
 * names are taken. Throws ArchiveFault for anything else, `damaged` where all was read and its end is missing, and what the
 * disk says.
 */
export async function unpackArchive(tar: string, folder: string, options: UnpackOptions): Promise<void> {
  const extractor = extract();
  const source = createReadStream(tar, { highWaterMark: 256 * 1024 });
  const stages = (await isGzip(tar)) ? [createGunzip()] : [];
  const progress: Progress = { entries: 0, bytes: 0, entryEnd: 0 };
  const filling = fill(extractor, folder, options, progress);
  // Read elsewhere first: without this a fault of the writer would count as unhandled.
  filling.catch(() => undefined);
  try {
    await pipeline([source, ...stages, counter(progress, options), extractor], { signal: options.signal });
  } catch (error) {
    // What the writer met is the cause; the pipeline only tells that it was cut.
    const cause = await filling.then(
      () => error,
      (fault: unknown) => fault,
    );
    if (isOurs(cause)) throw cause;
    if (options.signal.aborted) throw error;
    const fault = asFault(cause);
    // A plain tar that ends within an entry or its header: what the streams say of that tells nobody anything.
    const isCut = isOurs(fault) && stages.length === 0 && progress.bytes < progress.entryEnd + BLOCK_BYTES;
    throw isCut ? endMissing(cause) : fault;
  }
  await filling;
  // Between two entries there is nothing that tells a cut tar from a whole one but its end.
  if (progress.bytes < progress.entryEnd + BLOCK_BYTES) throw endMissing();
}

/** What has come of a tar, behind gzip. */
interface Progress {
  entries: number;
  bytes: number;
  /** Where the last entry that was seen ends. */
  entryEnd: number;
}

/** Counts what passes: entries alone say nothing of the zeros between them. */
function counter(progress: Progress, { maxBytes }: UnpackOptions): Transform {
  return new Transform({
    transform(chunk: Buffer, _encoding, done) {
      progress.bytes += chunk.length;
      const most = maxBytes + (progress.entries + 1) * MAX_ENTRY_OVERHEAD + MAX_END_BYTES;
      if (progress.bytes > most) done(tooLarge(maxBytes));
      else done(null, chunk);
    },
  });
}

async function fill(
  extractor: Extract,
  folder: string,
  options: UnpackOptions,
  progress: Progress,
): Promise<void> {
  let bytes = 0;
  let checkedBytes = 0;
  const made = new Set<string>();
  for await (const entry of extractor) {
    const { header } = entry;
    if (++progress.entries > MAX_ENTRIES) throw bad(`it has more than ${MAX_ENTRIES} entries`);
    const parts = safeParts(header);
    bytes += header.size;
    if (!(bytes <= options.maxBytes)) throw tooLarge(options.maxBytes);
    progress.entryEnd = endOf(header);
    if (bytes > checkedBytes) {
      await options.requireSpace?.(header.size + ROOM_STEP_BYTES);
      checkedBytes = bytes + ROOM_STEP_BYTES;
    }
    const path = join(folder, ...parts);
    if (header.type === 'directory') {
      await makeFolder(path, made, options);
      entry.resume();
    } else {
      await makeFolder(dirname(path), made, options);
      await writeFile(entry, path, options);
    }
  }
  if (options.isSynced === false) return;
  for (const path of withParents(made, folder)) await syncFolder(path);
}

/** These folders and those between them and the topmost. */
function withParents(paths: Iterable<string>, top: string): ReadonlySet<string> {
  const found = new Set([top]);
  for (const path of paths) {
    for (let at = path; !found.has(at) && at.length > top.length; at = dirname(at)) found.add(at);
  }
  return found;
}

/** tar-stream says where the content of an entry begins. */
function endOf(header: Header): number {
  const at = 'byteOffset' in header && typeof header.byteOffset === 'number' ? header.byteOffset : 0;
  const size = header.type === 'directory' ? 0 : header.size;
  return at + Math.ceil(size / BLOCK_BYTES) * BLOCK_BYTES;
}

/** The parts of a name below the folder. Throws ArchiveFault for names and kinds that are none of a recording. */
function safeParts({ name, type, size, pax }: Header): readonly string[] {
  if (type !== 'file' && type !== 'contiguous-file' && type !== 'directory') {
    throw bad(`it holds a ${type}; only files and folders are taken`);
  }
  if (typeof pax === 'object' && pax !== null && Object.keys(pax).some((key) => key.startsWith('GNU.sparse')))
    throw bad('it holds a sparse file');
  if (!(size >= 0)) throw bad('it gives a size that is no number');
  if (Buffer.byteLength(name) > MAX_NAME_BYTES) throw bad('it holds a name that is too long');
  // eslint-disable-next-line no-control-regex -- controls are what is refused
  if (/[\x00-\x1f\x7f\\\ufffd]/.test(name))
    throw bad('it holds a name with control characters or backslashes');
  if (name.startsWith('/')) throw bad('it holds an absolute name');
  const parts = name.split('/').filter((part) => part !== '' && part !== '.');
  if (parts.includes('..')) throw bad('it holds a name that leads out of it');
  if (parts.some((part) => Buffer.byteLength(part) > 255)) throw bad('it holds a name that is too long');
  if (parts.length > MAX_DEPTH) throw bad('its folders are nested too deeply');
  if (parts.length === 0 && type !== 'directory') throw bad('it holds a file without a name');
  return parts;
}

async function makeFolder(path: string, made: Set<string>, { requireSpace }: UnpackOptions): Promise<void> {
  if (made.has(path)) return;
  try {
    await mkdir(path, { recursive: true, mode: 0o750 });
  } catch (error) {
    if (isCode(error, 'EEXIST', 'ENOTDIR')) throw bad('it holds one name as a file and as a folder', error);
    // Where there is no room Node says that something is missing.
    await requireSpace?.(0);
    throw error;
  }
  made.add(path);
}

async function writeFile(entry: Source, path: string, options: UnpackOptions): Promise<void> {
  let file;
  try {
    // An entry that comes twice is refused: the first might have been what was checked.
    file = await open(path, 'wx', 0o640);
  } catch (error) {
    if (isCode(error, 'EEXIST', 'EISDIR')) throw bad('it holds one name twice', error);
    throw error;
  }
  try {
    for await (const chunk of entry) await file.appendFile(chunk as Buffer);
    if (options.isSynced !== false) await file.datasync();
  } finally {
    await file.close();
  }
  // The same file keeps its ETag when it comes again.
  const mtime = entry.header.mtime.getTime();
  if (mtime > 0 && mtime < Date.now()) await utimes(path, mtime / 1000, mtime / 1000);
}

async function isGzip(path: string): Promise<boolean> {
  const file = await open(path);
  try {
    const { bytesRead, buffer } = await file.read(Buffer.alloc(2), 0, 2, 0);
    return bytesRead === 2 && buffer[0] === 0x1f && buffer[1] === 0x8b;
  } finally {
    await file.close();
  }
}

/** Faults of the disk keep their code; what tar and gzip complain of has none, or one of zlib's. */
function asFault(cause: unknown): unknown {
  if (cause instanceof Error && 'syscall' in cause) return cause;
  const why = cause instanceof Error ? cause.message : String(cause);
  return new ArchiveFault('bad-archive', `it cannot be unpacked: ${why}`, { cause });
}

function isOurs(error: unknown): boolean {
  return error instanceof ArchiveFault;
}

function isCode(error: unknown, ...codes: readonly string[]): boolean {
  return error instanceof Error && 'code' in error && codes.includes(String(error.code));
}

function tooLarge(maxBytes: number): ArchiveFault {
  return new ArchiveFault(
    'too-large',
    `unpacked it is larger than recordings.maxImportSize (${maxBytes} bytes)`,
  );
}

function endMissing(cause?: unknown): ArchiveFault {
  return new ArchiveFault('damaged', 'it cannot be unpacked: its end is missing', { cause });
}

function bad(why: string, cause?: unknown): ArchiveFault {
  return new ArchiveFault('bad-archive', why, { cause });
}
