import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { jwtVerify, type JWTPayload } from 'jose';

/** A callback as a front end got it. */
export interface ReceivedCallback {
  readonly kind: 'end' | 'recording-ready' | 'analytics' | 'unknown';
  /** Path and query. */
  readonly target: string;
  readonly body: string;
  /** Signed as the front end's secret demands; an end callback bears no signature. */
  readonly isGenuine: boolean;
  /** The front end's meeting ID, where it is told. */
  readonly meetingId: string | undefined;
  readonly recordId: string | undefined;
  /** ms since 1970. */
  readonly at: number;
}

/** What a FrontEndReceiver is made of. */
export interface FrontEndReceiverOptions {
  /** The secret the front end shares with whoever calls. */
  readonly secret: string;
  /** Address to listen on; default 127.0.0.1. */
  readonly host?: string | undefined;
  /** 0 (default) takes a free one. */
  readonly port?: number | undefined;
  /** `http://host:port` by which callers reach it; default: where it listens. */
  readonly publicOrigin?: string | undefined;
  /** HTTP status of an answer; default 200 to what is genuine, 401 to the rest. */
  readonly answer?: ((callback: ReceivedCallback) => number) | undefined;
}

const MAX_BODY_BYTES = 1024 * 1024;
const KEPT = 1_000;
const TEXT = { 'Content-Type': 'text/plain' };

/** A front end's end of the callbacks: takes them over HTTP and checks their signatures as Greenlight and Moodle do. */
export class FrontEndReceiver {
  /** Told of each callback before it is answered. */
  onReceived: ((callback: ReceivedCallback) => void) | undefined;
  readonly #options: FrontEndReceiverOptions;
  readonly #key: Uint8Array;
  readonly #received: ReceivedCallback[] = [];
  readonly #server: Server;
  #port = 0;

  private constructor(options: FrontEndReceiverOptions) {
    this.#options = options;
    this.#key = Buffer.from(options.secret);
    this.#server = createServer((request, reply) => {
      this.#take(request, reply).catch((error: unknown) => {
        if (!reply.headersSent && !reply.destroyed) reply.writeHead(400, TEXT).end(`${String(error)}\n`);
      });
    });
  }

  /** It listens when this resolves. */
  static async start(options: FrontEndReceiverOptions): Promise<FrontEndReceiver> {
    const receiver = new FrontEndReceiver(options);
    await receiver.#listen();
    return receiver;
  }

  /** `http://host:port`. */
  get origin(): string {
    const { publicOrigin, host = '127.0.0.1' } = this.#options;
    return publicOrigin ?? `http://${host}:${this.#port}`;
  }

  /** Where it listens. */
  get port(): number {
    return this.#port;
  }

  /** What came, the last thousand. */
  get received(): readonly ReceivedCallback[] {
    return this.#received;
  }

  /** Create parameters that ask for every callback. Names as Greenlight and Moodle give them. */
  get createParameters(): Readonly<Record<string, string>> {
    return {
      meta_endCallbackUrl: `${this.origin}/ended`,
      'meta_bbb-recording-ready-url': `${this.origin}/recording-ready`,
      'meta_analytics-callback-url': `${this.origin}/analytics`,
    };
  }

  /** Closes the listener and breaks every connection. */
  async stop(): Promise<void> {
    if (!this.#server.listening) return;
    await new Promise((resolve) => {
      this.#server.close(resolve);
      this.#server.closeAllConnections();
    });
  }

  async #listen(): Promise<void> {
    await new Promise<void>((resolve, reject) => {
      this.#server.once('error', reject);
      this.#server.listen(this.#options.port ?? 0, this.#options.host ?? '127.0.0.1', () => {
        this.#server.off('error', reject);
        resolve();
      });
    });
    this.#port = (this.#server.address() as AddressInfo).port;
  }

  async #take(request: IncomingMessage, reply: ServerResponse): Promise<void> {
    const callback = await this.#read(request, await readText(request));
    this.#received.push(callback);
    if (this.#received.length > KEPT) this.#received.shift();
    this.onReceived?.(callback);
    reply.writeHead(this.#options.answer?.(callback) ?? (callback.isGenuine ? 200 : 401), TEXT).end('ok\n');
  }

  async #read(request: IncomingMessage, body: string): Promise<ReceivedCallback> {
    const target = request.url ?? '/';
    const url = new URL(target, this.origin);
    const came = { target, body, at: Date.now() };
    switch (`${request.method ?? ''} ${url.pathname}`) {
      case 'GET /ended': {
        const meetingId = url.searchParams.get('meetingID') ?? undefined;
        return { ...came, kind: 'end', isGenuine: true, meetingId, recordId: undefined };
      }
      case 'POST /recording-ready': {
        const jwt = new URLSearchParams(body).get('signed_parameters') ?? '';
        const claims = await this.#verify(jwt, 'HS256');
        return {
          ...came,
          kind: 'recording-ready',
          isGenuine: claims !== undefined,
          meetingId: textOf(claims?.meeting_id),
          recordId: textOf(claims?.record_id),
        };
      }
      case 'POST /analytics': {
        const jwt = /^Bearer (.+)$/.exec(request.headers.authorization ?? '')?.[1] ?? '';
        const isGenuine = (await this.#verify(jwt, 'HS512')) !== undefined;
        const report = JSON.parse(body) as { meeting_id?: unknown; internal_meeting_id?: unknown };
        const { meeting_id: meetingId, internal_meeting_id: recordId } = report;
        const ids = { meetingId: textOf(meetingId), recordId: textOf(recordId) };
        return { ...came, kind: 'analytics', isGenuine, ...ids };
      }
      default:
        return { ...came, kind: 'unknown', isGenuine: false, meetingId: undefined, recordId: undefined };
    }
  }

  async #verify(jwt: string, algorithm: 'HS256' | 'HS512'): Promise<JWTPayload | undefined> {
    try {
      return (await jwtVerify(jwt, this.#key, { algorithms: [algorithm] })).payload;
    } catch {
      return undefined;
    }
  }
}

function textOf(value: unknown): string | undefined {
  return typeof value === 'string' ? value : undefined;
}

async function readText(request: IncomingMessage): Promise<string> {
  const chunks: Buffer[] = [];
  let bytes = 0;
  for await (const chunk of request as AsyncIterable<Buffer>) {
    bytes += chunk.length;
    if (bytes > MAX_BODY_BYTES) throw new Error('the body is too large');
    chunks.push(chunk);
  }
  return Buffer.concat(chunks).toString('utf8');
}
