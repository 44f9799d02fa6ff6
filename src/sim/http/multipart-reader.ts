import { createHash, type Hash } from 'node:crypto';

/** One part of a multipart body. The bytes are counted and hashed; the text of small ones is kept. */
export interface ReceivedPart {
  readonly name: string;
  readonly fileName: string | undefined;
  readonly bytes: number;
  /** Hex. */
  readonly sha256: string;
  /** As UTF-8, the first 64 KiB of it. */
  readonly text: string;
}

const MAX_TEXT_BYTES = 64 * 1024;
const MAX_HEAD_BYTES = 16 * 1024;
const MAX_PARTS = 100;

interface OpenPart {
  readonly name: string;
  readonly fileName: string | undefined;
  readonly hash: Hash;
  readonly held: Buffer[];
  heldBytes: number;
  bytes: number;
}

/** Reads `multipart/form-data` (RFC 7578) as it streams in, holding no more than a piece of it. */
export class MultipartReader {
  readonly #delimiter: Buffer;
  readonly #parts: ReceivedPart[] = [];
  // The first delimiter comes without the line break that precedes the others.
  #rest: Buffer = Buffer.from('\r\n');
  #state: 'outside' | 'head' | 'content' | 'over' = 'outside';
  #part: OpenPart | undefined;

  private constructor(boundary: string) {
    this.#delimiter = Buffer.from(`\r\n--${boundary}`, 'latin1');
  }

  /** For a content type; `undefined` when it is no multipart form or has no boundary. */
  static of(contentType: string | undefined): MultipartReader | undefined {
    const boundary = /^multipart\/form-data\s*;.*?boundary="?([^";]+)"?/i.exec(contentType ?? '')?.[1];
    return boundary === undefined ? undefined : new MultipartReader(boundary);
  }

  write(chunk: Buffer): void {
    this.#rest = Buffer.concat([this.#rest, chunk]);
    while (this.#step());
  }

  /** The parts that came whole. */
  end(): readonly ReceivedPart[] {
    return this.#parts;
  }

  /** Whether something was taken from what is left. */
  #step(): boolean {
    if (this.#state === 'over') {
      this.#rest = Buffer.alloc(0);
      return false;
    }
    if (this.#state === 'head') return this.#readHead();
    const at = this.#rest.indexOf(this.#delimiter);
    // Two bytes behind the delimiter tell whether it is the last.
    const end = at + this.#delimiter.length + 2;
    if (at < 0 || end > this.#rest.length) {
      const sure = at < 0 ? this.#rest.length - this.#delimiter.length + 1 : at;
      if (sure <= 0) return false;
      this.#take(this.#rest.subarray(0, sure));
      this.#rest = Buffer.from(this.#rest.subarray(sure));
      return false;
    }
    this.#take(this.#rest.subarray(0, at));
    this.#close();
    const isLast = this.#rest.toString('latin1', end - 2, end) === '--';
    this.#state = isLast || this.#parts.length >= MAX_PARTS ? 'over' : 'head';
    this.#rest = this.#rest.subarray(end - 2);
    return true;
  }

  #readHead(): boolean {
    const at = this.#rest.indexOf('\r\n\r\n');
    if (at < 0) {
      if (this.#rest.length > MAX_HEAD_BYTES) this.#state = 'over';
      return this.#rest.length > MAX_HEAD_BYTES;
    }
    const head = this.#rest.toString('utf8', 0, at);
    const name = /[;\s]name="([^"]*)"/i.exec(head)?.[1];
    const fileName = /filename="([^"]*)"/i.exec(head)?.[1];
    this.#part =
      name === undefined
        ? undefined
        : { name, fileName, hash: createHash('sha256'), held: [], heldBytes: 0, bytes: 0 };
    this.#state = 'content';
    this.#rest = this.#rest.subarray(at + 4);
    return true;
  }

  #take(content: Buffer): void {
    const part = this.#part;
    if (!part || content.length === 0) return;
    part.hash.update(content);
    part.bytes += content.length;
    const kept = content.subarray(0, MAX_TEXT_BYTES - part.heldBytes);
    if (kept.length === 0) return;
    part.held.push(Buffer.from(kept));
    part.heldBytes += kept.length;
  }

  #close(): void {
    if (!this.#part) return;
    const { name, fileName, bytes, hash, held } = this.#part;
    const text = Buffer.concat(held).toString('utf8');
    this.#parts.push({ name, fileName, bytes, sha256: hash.digest('hex'), text });
    this.#part = undefined;
  }
}
