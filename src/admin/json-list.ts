import type { ServerResponse } from 'node:http';
import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { setImmediate } from 'node:timers/promises';

/**
 * An answer `{"<name>":[…]}` of long items, written one at a time so that other calls are served in between: five
 * hundred decisions among as many servers at once would hold up every create for seconds.
 */
export class JsonList {
  readonly #name: string;
  readonly #items: readonly unknown[];

  constructor(name: string, items: readonly unknown[]) {
    this.#name = name;
    this.#items = items;
  }

  /** Resolves when all is written, or the caller has gone. */
  async send(response: ServerResponse, status = 200): Promise<void> {
    response.writeHead(status, { 'Content-Type': 'application/json; charset=utf-8' });
    try {
      await pipeline(Readable.from(this.#parts()), response);
    } catch (error) {
      if (!isGone(error)) throw error;
    }
  }

  async *#parts(): AsyncGenerator<string> {
    let before = `{${JSON.stringify(this.#name)}:[`;
    for (const item of this.#items) {
      yield before + JSON.stringify(item);
      before = ',';
      await setImmediate();
    }
    yield `${before === ',' ? '' : before}]}`;
  }
}

/** The caller left while it was written, or before. */
function isGone(error: unknown): boolean {
  const gone: readonly unknown[] = [
    'ERR_STREAM_PREMATURE_CLOSE',
    'ERR_STREAM_DESTROYED',
    'ECONNRESET',
    'EPIPE',
  ];
  return error instanceof Error && 'code' in error && gone.includes(error.code);
}
