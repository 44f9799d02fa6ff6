import { randomUUID } from 'node:crypto';
import { createWriteStream } from 'node:fs';
import { unlink } from 'node:fs/promises';
import type { IncomingMessage } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Transform, type TransformCallback } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import type { RequestBody } from '../bbb/bbb-request.js';
import { bbbError } from '../bbb/messages.js';

/** How much of a body is taken, and where a large one is kept. Bytes. */
export interface BodyLimits {
  readonly maxBytes: number;
  /** Beyond this a body goes to a file: memory stays bounded however many arrive at once. */
  readonly spoolBytes: number;
  readonly spoolDirectory: string | undefined;
}

/** A body that was received whole and can be sent more than once. */
export interface ReceivedBody {
  readonly content: RequestBody;
  /** The first bytes, enough to see what it is. */
  readonly head: Buffer;
  readonly contentType: string;
  /** Removes the spooled file, if there is one. */
  discard(): Promise<void>;
}

/** What the names of spooled bodies begin with. */
export const SPOOL_PREFIX = 'ballast-body-';

const HEAD_BYTES = 1_024;

/** The client broke off before its body had come whole; the cause is the socket's error. */
export class ClientGone extends Error {
  override readonly name = 'ClientGone';
}

/**
 * Receives a request's body; `undefined` when it has none. Throws BbbError requestTooLarge beyond the limit, and
 * ClientGone when the client breaks off; nothing is left behind then.
 */
export async function receiveBody(
  request: IncomingMessage,
  limits: BodyLimits,
): Promise<ReceivedBody | undefined> {
  if (Number(request.headers['content-length'] ?? 0) > limits.maxBytes) throw bbbError('requestTooLarge');
  const chunks: Buffer[] = [];
  let length = 0;
  const source = bytesOf(request);
  for (;;) {
    const next = await source.next();
    if (next.done === true) break;
    chunks.push(next.value);
    length += next.value.length;
    if (length <= Math.min(limits.maxBytes, limits.spoolBytes)) continue;
    // An iterator that waits for more would keep the rest of a refused body from being read away.
    await source.return();
    if (length > limits.maxBytes) throw bbbError('requestTooLarge');
    return spool(request, chunks, limits);
  }
  if (length === 0) return undefined;
  const bytes = chunks.length === 1 && chunks[0] !== undefined ? chunks[0] : Buffer.concat(chunks, length);
  return received(request, { kind: 'bytes', bytes }, bytes.subarray(0, HEAD_BYTES));
}

/** What the request brings: its faults are the client's, whatever else may fail on the way to a file is ours. */
async function* bytesOf(request: IncomingMessage): AsyncGenerator<Buffer, void, void> {
  const source: AsyncIterable<Buffer> = request.iterator({ destroyOnReturn: false });
  try {
    yield* source;
  } catch (cause) {
    throw new ClientGone('the client broke off', { cause });
  }
}

async function spool(
  request: IncomingMessage,
  begun: readonly Buffer[],
  limits: BodyLimits,
): Promise<ReceivedBody> {
  const path = join(limits.spoolDirectory ?? tmpdir(), `${SPOOL_PREFIX}${randomUUID()}`);
  const counter = new LimitedBytes(limits.maxBytes);
  async function* whole(): AsyncGenerator<Buffer> {
    yield* begun;
    yield* bytesOf(request);
  }
  try {
    await pipeline(whole, counter, createWriteStream(path, { mode: 0o600, flags: 'wx' }));
  } catch (error) {
    await unlink(path).catch(() => undefined);
    throw error;
  }
  return received(request, { kind: 'file', path, length: counter.length }, counter.head);
}

function received(request: IncomingMessage, content: RequestBody, head: Buffer): ReceivedBody {
  return {
    content,
    head,
    contentType: request.headers['content-type'] ?? '',
    discard: async () => {
      if (content.kind === 'file') await unlink(content.path).catch(() => undefined);
    },
  };
}

/** Passes bytes on, counts them and keeps the first; fails beyond the limit. */
class LimitedBytes extends Transform {
  length = 0;
  head: Buffer = Buffer.alloc(0);
  readonly #most: number;

  constructor(most: number) {
    super();
    this.#most = most;
  }

  override _transform(chunk: Buffer, _encoding: BufferEncoding, done: TransformCallback): void {
    this.length += chunk.length;
    // The first piece may be a single byte.
    if (this.head.length < HEAD_BYTES)
      this.head = Buffer.concat([this.head, chunk.subarray(0, HEAD_BYTES - this.head.length)]);
    if (this.length > this.#most) done(bbbError('requestTooLarge'));
    else done(null, chunk);
  }
}
