import { Pool } from 'undici';
import { quoted, SourceError } from './source-error.js';

export interface SourceHttpOptions {
  /** As configured: a path before the API's own is kept, `user:password@` becomes Basic authorization. */
  readonly url: string;
  /** The engine's name in messages: "InfluxDB". */
  readonly engine: string;
  /** The `Authorization` header; wins over what the URL holds. */
  readonly authorization: string | undefined;
  /** Never shown, not even in an answer that is quoted. */
  readonly secrets: readonly string[];
  /** Of one answer. */
  readonly maxBytes?: number | undefined;
}

export interface SourceRequest {
  readonly method: 'GET' | 'POST';
  /** Path and query below the configured URL. */
  readonly path: string;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: string;
}

export interface SourceAnswer {
  readonly status: number;
  readonly contentType: string;
  readonly header: (name: string) => string | undefined;
  readonly text: string;
}

/** Eight times what 500 servers need; a larger answer is not held in memory. */
const MAX_BYTES = 8_000_000;

/** The connection to a source: bounded answers, no request without a signal, failures as SourceError. */
export class SourceHttp {
  readonly #options: SourceHttpOptions;
  readonly #pool: Pool;
  readonly #path: string;
  readonly #where: string;
  readonly #authorization: string | undefined;
  readonly #secrets: readonly string[];

  constructor(options: SourceHttpOptions) {
    const url = new URL(options.url);
    this.#options = options;
    this.#path = url.pathname.replace(/\/+$/, '');
    this.#where = `${options.engine} at ${url.origin}${this.#path}`;
    const [user, password] = [decoded(url.username), decoded(url.password)];
    this.#authorization = options.authorization ?? (user === '' ? undefined : basic(user, password));
    // A page that shows the headers it got shows a password in base64.
    const credentials = this.#authorization?.replace(/^\S+ /, '') ?? '';
    this.#secrets = [...options.secrets, password, credentials].filter((secret) => secret !== '');
    // The signal of each request is its time limit; undici's own would only name it differently.
    this.#pool = new Pool(url.origin, { connections: 4, headersTimeout: 0, bodyTimeout: 0 });
  }

  /** What the engine is called in messages: its name and address, without secrets. */
  get where(): string {
    return this.#where;
  }

  /** Words of the engine as one short quoted line without secrets. */
  quote(words: string): string {
    return quoted(words, this.#secrets);
  }

  /** Sends and reads the whole answer, whatever its status. Throws SourceError; when stopped, the signal's own reason. */
  async send(request: SourceRequest, signal: AbortSignal): Promise<SourceAnswer> {
    try {
      return await this.#exchange(request, signal);
    } catch (error) {
      if (error instanceof SourceError) throw error;
      if (signal.aborted) throw this.#broken(signal);
      const words = describe(error);
      const message = `cannot reach ${this.#where}: ${words}`;
      throw new SourceError('unreachable', message, { cause: error });
    }
  }

  close(): Promise<void> {
    return this.#pool.destroy();
  }

  async #exchange(request: SourceRequest, signal: AbortSignal): Promise<SourceAnswer> {
    const { maxBytes = MAX_BYTES } = this.#options;
    const authorization = this.#authorization;
    const { statusCode, headers, body } = await this.#pool.request({
      method: request.method,
      path: this.#path + request.path,
      headers: {
        'accept-encoding': 'identity',
        ...(authorization !== undefined && { authorization }),
        ...request.headers,
      },
      body: request.body ?? null,
      signal,
    });
    const header = (name: string): string | undefined => {
      const value = headers[name];
      return Array.isArray(value) ? value[0] : value;
    };
    const chunks: Buffer[] = [];
    let length = 0;
    try {
      for await (const chunk of body as AsyncIterable<Buffer>) {
        length += chunk.length;
        // Leaving the loop destroys the body and with it the connection: nothing more is read.
        if (length > maxBytes) throw this.#tooLarge(maxBytes);
        chunks.push(chunk);
      }
    } catch (error) {
      if (error instanceof SourceError || signal.aborted) throw error;
      const message = `the answer of ${this.#where} broke off after ${length} bytes: ${describe(error)}`;
      throw new SourceError('bad-answer', message, { cause: error });
    }
    const text = Buffer.concat(chunks).toString('utf8');
    return { status: statusCode, contentType: header('content-type') ?? '', header, text };
  }

  #tooLarge(maxBytes: number): SourceError {
    const words = `the answer of ${this.#where} is larger than ${maxBytes / 1e6} MB and was broken off`;
    return new SourceError('too-large', `${words}: many more hosts than the pool has servers write there`);
  }

  #broken(signal: AbortSignal): Error {
    const reason: unknown = signal.reason;
    if (reason instanceof Error && reason.name === 'TimeoutError') {
      return new SourceError('timeout', `${this.#where} did not answer in time`, { cause: reason });
    }
    return reason instanceof Error ? reason : new Error('broken off');
  }
}

/** `Authorization` for a user with a password. */
export function basic(user: string, password: string): string {
  return `Basic ${Buffer.from(`${user}:${password}`).toString('base64')}`;
}

/** A part of a URL; a `%` that escapes nothing stands for itself. */
function decoded(part: string): string {
  try {
    return decodeURIComponent(part);
  } catch {
    return part;
  }
}

const WORDS: Readonly<Record<string, string>> = {
  ECONNREFUSED: 'connection refused',
  ECONNRESET: 'the connection was reset',
  ENOTFOUND: 'there is no host of that name',
  EAI_AGAIN: 'its name could not be looked up',
  EHOSTUNREACH: 'no way to that host',
  ENETUNREACH: 'no way to that network',
  UND_ERR_CONNECT_TIMEOUT: 'no connection in time',
  UND_ERR_SOCKET: 'the connection was closed',
};

function describe(error: unknown): string {
  if (!(error instanceof Error)) return 'unknown failure';
  const code = 'code' in error && typeof error.code === 'string' ? error.code : '';
  return WORDS[code] ?? quoted(error.message === '' ? code : error.message);
}
