import { createReadStream } from 'node:fs';
import type { ReadStream } from 'node:fs';
import type { Logger } from '../log.js';
import type { BbbAnswer } from './bbb-answer.js';
import type { BbbRequest } from './bbb-request.js';
import { signQuery } from './checksum.js';
import { Exchange } from './exchange.js';
import { sendStream } from './send-stream.js';
import type { ServerAddress } from './server-address.js';
import { UpstreamError } from './upstream-error.js';
import type { UpstreamCause } from './upstream-error.js';
import { UpstreamPools } from './upstream-pools.js';
import type { Upstream } from './upstream-pools.js';

export type { BbbAnswer } from './bbb-answer.js';
export type { BbbRequest, RequestBody, StreamedBody } from './bbb-request.js';

/** One finished call to a server, for metrics. */
export interface CallEvent {
  readonly serverId: string;
  readonly call: string;
  /** `success` and `failed` are BBB's own word (a redirect is a success); anything else is why there was no answer. */
  readonly outcome: 'success' | 'failed' | UpstreamCause;
  readonly seconds: number;
}

/** What a client is made of. */
export interface BbbClientOptions {
  readonly logger: Logger;
  /** A CA trusted besides the usual ones: PEM text, or the path of a PEM file. */
  readonly caFile?: string;
  /** Longest answer taken, 64 MiB unless given. */
  readonly maxAnswerBytes?: number;
  /** Most connections to one server, 64 unless given. */
  readonly connections?: number;
  /** How long one connection may take, 10 s unless given; `close` waits for those under way. */
  readonly connectTimeoutMs?: number;
  /** How long connections by TLS are used, a day unless given: a server's renewed certificate is seen after this. */
  readonly connectionLifeMs?: number;
  readonly onCall?: (event: CallEvent) => void;
  /** Told when a call that only reads is sent once more, since the server had closed the kept connection. */
  readonly onReadAgain?: ((serverId: string) => void) | undefined;
}

const IDEMPOTENT: ReadonlySet<string> = new Set([
  'isMeetingRunning',
  'getMeetingInfo',
  'getMeetings',
  'getRecordings',
]);
const ACCEPT = { xml: 'text/xml', json: 'application/json, text/xml;q=0.9' } as const;

/** Calls BigBlueButton servers: signs, keeps connections, holds the time limit, and lets only real answers through. */
export class BbbClient {
  readonly #logger: Logger;
  readonly #maxAnswerBytes: number;
  readonly #onCall: ((event: CallEvent) => void) | undefined;
  readonly #onReadAgain: ((serverId: string) => void) | undefined;
  readonly #pools: UpstreamPools;
  #isClosed = false;
  #inFlight = 0;

  constructor(options: BbbClientOptions) {
    this.#logger = options.logger;
    this.#maxAnswerBytes = options.maxAnswerBytes ?? 64 * 1024 * 1024;
    this.#onCall = options.onCall;
    this.#onReadAgain = options.onReadAgain;
    const { connections = 64, caFile, connectTimeoutMs, connectionLifeMs } = options;
    this.#pools = new UpstreamPools(connections, caFile, connectTimeoutMs, connectionLifeMs);
  }

  /** Calls that wait for an answer. */
  get inFlight(): number {
    return this.#inFlight;
  }

  /**
   * Sends one call and gives the server's checked answer, also a FAILED one. Throws UpstreamError for everything that
   * is no BBB answer, and a plain Error when a spooled body cannot be read. `signal` ends it as a timeout does.
   */
  async call(server: ServerAddress, request: BbbRequest): Promise<BbbAnswer> {
    const startedAt = performance.now();
    this.#inFlight += 1;
    try {
      const answer = await this.#send(server, request, startedAt);
      this.#report(server, request, answer.returnCode === 'FAILED' ? 'failed' : 'success', startedAt);
      return answer;
    } catch (error) {
      if (error instanceof UpstreamError) this.#report(server, request, error.reason, startedAt);
      throw error;
    } finally {
      this.#inFlight -= 1;
    }
  }

  /** When the TLS certificate the server showed last ends, ms since 1970; `undefined` where none was seen. */
  certificateExpiryOf(serverId: string): number | undefined {
    return this.#pools.certificateExpiryOf(serverId);
  }

  /** Lets go of a removed server's connections. */
  forget(serverId: string): void {
    this.#pools.forget(serverId);
  }

  /** Takes no more calls, waits for those under way, then closes every connection. */
  async close(): Promise<void> {
    this.#isClosed = true;
    await this.#pools.close();
  }

  async #send(server: ServerAddress, request: BbbRequest, startedAt: number): Promise<BbbAnswer> {
    const upstream = this.#upstreamFor(server, request);
    const query = signQuery(request.call, request.query, server.secret, request.checksumAlgorithm);
    const path = `${upstream.pathPrefix}/${request.call}?${query}`;
    const hadAnswered = upstream.hasAnswered;
    const exchange = this.#begin(server, request, request.timeoutMs);
    try {
      const answer = await this.#dispatch(upstream, exchange, request, path);
      upstream.hasAnswered = true;
      return answer;
    } catch (error) {
      const leftMs = request.timeoutMs - (performance.now() - startedAt);
      // A server may close a kept connection at the moment it is used again; reading once more does no harm.
      const wasIdleClose = error instanceof UpstreamError && error.reason === 'reset' && !exchange.hasAnswer;
      if (!wasIdleClose || !hadAnswered || !IDEMPOTENT.has(request.call) || leftMs < 1) throw error;
      this.#onReadAgain?.(server.id);
      this.#logger.debug('reading again after a kept connection was closed', {
        serverId: server.id,
        call: request.call,
      });
      return await this.#dispatch(upstream, this.#begin(server, request, leftMs), request, path);
    }
  }

  #upstreamFor(server: ServerAddress, request: BbbRequest): Upstream {
    if (!this.#isClosed && request.signal?.aborted !== true) return this.#pools.of(server);
    const why = this.#isClosed
      ? 'was not called: the client is closed'
      : 'was not called: nobody waits for it';
    const reason = this.#isClosed ? 'refused' : 'timeout';
    throw new UpstreamError(server.id, reason, `server ${server.id} ${why} (call ${request.call})`, false, {
      cause: request.signal?.reason,
    });
  }

  #begin(server: ServerAddress, request: BbbRequest, timeoutMs: number): Exchange {
    const { id: serverId, url } = server;
    return new Exchange({
      serverId,
      call: request.call,
      isHttps: url.startsWith('https:'),
      timeoutMs: Math.ceil(timeoutMs),
      signal: request.signal,
      expectRedirect: request.expectRedirect ?? false,
      answerForm: request.answerForm ?? 'xml',
      maxAnswerBytes: this.#maxAnswerBytes,
    });
  }

  async #dispatch(
    { pool }: Upstream,
    exchange: Exchange,
    request: BbbRequest,
    path: string,
  ): Promise<BbbAnswer> {
    const { body, contentType, method = 'GET', answerForm = 'xml' } = request;
    const headers: Record<string, string> = { accept: ACCEPT[answerForm] };
    if (body === undefined) {
      pool.dispatch({ path, method, headers }, exchange);
      return await exchange.done;
    }
    if (contentType !== undefined) headers['content-type'] = contentType;
    const length = body.kind === 'bytes' ? body.bytes.length : body.length;
    if (length !== undefined) headers['content-length'] = String(length);
    if (body.kind === 'bytes') {
      pool.dispatch({ path, method, headers, body: body.bytes }, exchange);
      return await exchange.done;
    }
    if (body.kind === 'stream') {
      return await sendStream(body, exchange, (chunks) => {
        pool.dispatch({ path, method, headers, body: chunks }, exchange);
      });
    }
    const file = createReadStream(body.path, { end: Math.max(body.length - 1, 0) });
    return await this.#dispatchFile(file, exchange, () => {
      pool.dispatch({ path, method, headers, body: file }, exchange);
    });
  }

  async #dispatchFile(file: ReadStream, exchange: Exchange, send: () => void): Promise<BbbAnswer> {
    let fileError: Error | undefined;
    file.once('error', (error) => {
      if (isFileError(error)) fileError = error;
    });
    try {
      send();
      return await exchange.done;
    } catch (error) {
      const isOurs = fileError !== undefined;
      throw isOurs ? new Error('reading a spooled body', { cause: error }) : error;
    } finally {
      file.destroy();
    }
  }

  #report(
    server: ServerAddress,
    request: BbbRequest,
    outcome: CallEvent['outcome'],
    startedAt: number,
  ): void {
    if (this.#onCall === undefined) return;
    const seconds = (performance.now() - startedAt) / 1000;
    this.#onCall({ serverId: server.id, call: request.call, outcome, seconds });
  }
}

/** Whether the error came from the file system, not from the socket the stream was piped to. */
function isFileError(error: Error): boolean {
  return 'syscall' in error && (error.syscall === 'open' || error.syscall === 'read') && 'path' in error;
}
