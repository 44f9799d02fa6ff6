import { randomUUID } from 'node:crypto';
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { Logger } from '../log.js';

/** Takes a request if it is its own; false: the next one is asked. It answers with the request ID as `X-Request-Id`. */
export type RequestTaker = (request: IncomingMessage, response: ServerResponse, requestId: string) => boolean;

export interface HttpFrontOptions {
  readonly host: string;
  /** 0: any free port. */
  readonly port: number;
  /** Asked in this order. */
  readonly takers: readonly RequestTaker[];
  readonly logger: Logger;
  /** How long a client may take to send its headers; 15 s unless given. */
  readonly headersTimeoutMs?: number;
  /** How long it may take to send its body; 5 minutes unless given. */
  readonly bodyTimeoutMs?: number;
  /** Requests whose bodies may take six hours: whoever reads one ends it when nothing comes. */
  readonly isLongUpload?: (request: IncomingMessage) => boolean;
}

/** A query of 64 KiB and the headers of a proxy chain. */
const MAX_HEADER_BYTES = 128 * 1024;

/** A client that sends its headers slower than this holds a socket for nothing (slow loris). */
const HEADERS_TIMEOUT_MS = 15_000;

/** A 64 MiB presentation over a 2 Mbit/s uplink. */
const BODY_TIMEOUT_MS = 300_000;

/** A recording of 20 GiB at 8 Mbit/s. */
const LONGEST_REQUEST_MS = 6 * 3_600_000;

/** Longer than nginx and HAProxy keep theirs (60 s), so that they close idle connections, not we under their hands. */
const KEEP_ALIVE_MS = 65_000;

/** Calls under way may take this long at the end; systemd and Kubernetes kill later. */
const STOP_TIMEOUT_MS = 12_000;

const REQUEST_ID = /^[A-Za-z0-9._-]{1,64}$/;

/** One listening HTTP server: request IDs, limits, and an end that finishes the calls under way. */
export class HttpFront {
  readonly #server: Server;
  readonly #options: HttpFrontOptions;

  private constructor(options: HttpFrontOptions) {
    this.#options = options;
    const { headersTimeoutMs = HEADERS_TIMEOUT_MS } = options;
    this.#server = createServer(
      {
        maxHeaderSize: MAX_HEADER_BYTES,
        headersTimeout: headersTimeoutMs,
        requestTimeout: LONGEST_REQUEST_MS,
        keepAliveTimeout: KEEP_ALIVE_MS,
        connectionsCheckingInterval: headersTimeoutMs / 3,
      },
      (request, response) => {
        this.#serve(request, response);
      },
    );
  }

  /** Throws an Error naming the address when it cannot be listened on. */
  static async listen(options: HttpFrontOptions): Promise<HttpFront> {
    const front = new HttpFront(options);
    await new Promise<void>((resolve, reject) => {
      front.#server.once('error', (error: NodeJS.ErrnoException) => {
        reject(new Error(listenFault(options, error), { cause: error }));
      });
      front.#server.listen(options.port, options.host, resolve);
    });
    return front;
  }

  /** `http://host:port`, with the port that was taken. */
  get url(): string {
    const { address, port, family } = this.#server.address() as AddressInfo;
    return `http://${family === 'IPv6' ? `[${address}]` : address}:${port}`;
  }

  /** Takes no more connections, waits for the calls under way, cuts what is left after 12 s. */
  async stop(): Promise<void> {
    if (!this.#server.listening) return;
    const closed = new Promise<void>((resolve) => {
      this.#server.close(() => {
        resolve();
      });
    });
    // A kept connection turns idle when its call ends; it is closed then and not after its keep-alive time.
    const sweep = setInterval(() => {
      this.#server.closeIdleConnections();
    }, 50);
    const cut = setTimeout(() => {
      this.#options.logger.warn('calls were still under way at the end and have been cut');
      this.#server.closeAllConnections();
    }, STOP_TIMEOUT_MS);
    await closed;
    clearInterval(sweep);
    clearTimeout(cut);
  }

  #serve(request: IncomingMessage, response: ServerResponse): void {
    const given = request.headers['x-request-id'];
    const requestId = typeof given === 'string' && REQUEST_ID.test(given) ? given : randomUUID();
    // A client that goes away in the middle is no fault of ours; without a listener it would end the process.
    response.on('error', () => undefined);
    // A busy kept connection is never idle: at the end each call on it is its last.
    if (!this.#server.listening) response.shouldKeepAlive = false;
    if (hasBody(request)) this.#limitBody(request);
    try {
      if (this.#options.takers.some((take) => take(request, response, requestId))) return;
    } catch (error) {
      this.#options.logger.error('request failed', { requestId, error });
    }
    if (response.headersSent) return;
    response.writeHead(404, { 'Content-Type': 'text/plain; charset=utf-8', 'X-Request-Id': requestId });
    response.end('There is nothing here. The BigBlueButton API is at /bigbluebutton/api.\n');
  }

  /** Node's own limit holds for all requests alike, and uploads of recordings need hours. */
  #limitBody(request: IncomingMessage): void {
    const { bodyTimeoutMs = BODY_TIMEOUT_MS, isLongUpload } = this.#options;
    if (isLongUpload?.(request) === true) return;
    const timer = setTimeout(() => {
      if (!request.complete) request.socket.destroy();
    }, bodyTimeoutMs);
    timer.unref();
    request.once('close', () => {
      clearTimeout(timer);
    });
  }
}

function hasBody({ headers }: IncomingMessage): boolean {
  return headers['transfer-encoding'] !== undefined || (headers['content-length'] ?? '0') !== '0';
}

function listenFault({ host, port }: HttpFrontOptions, error: NodeJS.ErrnoException): string {
  const why =
    error.code === 'EADDRINUSE'
      ? 'another program listens there'
      : error.code === 'EACCES'
        ? 'ports below 1024 need a privilege'
        : error.code === 'EADDRNOTAVAIL' || error.code === 'ENOTFOUND'
          ? 'this machine has no such address'
          : error.message;
  return `cannot listen on ${host}:${port}: ${why}; see the setting "listen"`;
}
