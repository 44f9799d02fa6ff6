import type { IncomingHttpHeaders } from 'node:http';
import type { Dispatcher } from 'undici';
import type { BbbAnswer } from './bbb-answer.js';
import type { AnswerForm } from './read-answer.js';
import { readReturnCode } from './read-answer.js';
import { errorCode, upstreamCause } from './upstream-cause.js';
import { UpstreamError } from './upstream-error.js';
import type { UpstreamCause } from './upstream-error.js';

/** Bad request, body, URL or headers too large: said of the request, not by a broken server. */
const REJECTED: ReadonlySet<number> = new Set([400, 413, 414, 431]);

/** What an exchange needs to know of its call. */
export interface ExchangeOptions {
  readonly serverId: string;
  readonly call: string;
  readonly isHttps: boolean;
  readonly timeoutMs: number;
  readonly signal: AbortSignal | undefined;
  readonly expectRedirect: boolean;
  readonly answerForm: AnswerForm;
  readonly maxAnswerBytes: number;
}

/** One request and its answer, as undici drives it; settles `done` once, with a checked answer or an UpstreamError. */
export class Exchange implements Dispatcher.DispatchHandler {
  readonly done: Promise<BbbAnswer>;
  readonly #options: ExchangeOptions;
  readonly #timer: NodeJS.Timeout;
  #resolve!: (answer: BbbAnswer) => void;
  #reject!: (error: UpstreamError) => void;
  #controller: Dispatcher.DispatchController | undefined;
  #failure: UpstreamError | undefined;
  #isSettled = false;
  #status = 0;
  #headers: IncomingHttpHeaders = {};
  #chunks: Buffer[] = [];
  #bytes = 0;

  constructor(options: ExchangeOptions) {
    this.#options = options;
    this.done = new Promise((resolve, reject) => {
      this.#resolve = resolve;
      this.#reject = reject;
    });
    this.#timer = setTimeout(() => {
      this.#fail('timeout', `gave no whole answer within ${options.timeoutMs} ms`);
    }, options.timeoutMs);
    options.signal?.addEventListener('abort', this.#cancel, { once: true });
  }

  /** Whether a byte of the request may have gone out. */
  get hasStarted(): boolean {
    return this.#controller !== undefined;
  }

  /** Something moved: the time limit begins anew. */
  touch(): void {
    if (!this.#isSettled) this.#timer.refresh();
  }

  /** Whether the server had begun to answer. */
  get hasAnswer(): boolean {
    return this.#status !== 0;
  }

  onRequestStart(controller: Dispatcher.DispatchController): void {
    // A call given up while it waited for a connection must not go out any more.
    if (this.#failure !== undefined) {
      controller.abort(this.#failure);
      return;
    }
    this.#controller = controller;
  }

  onResponseStart(_: Dispatcher.DispatchController, status: number, headers: IncomingHttpHeaders): void {
    if (status < 200) return;
    this.#status = status;
    this.#headers = headers;
    const isRedirect = this.#options.expectRedirect && status === 302;
    if (status !== 200 && !isRedirect)
      this.#fail(REJECTED.has(status) ? 'rejected' : 'status', `answered HTTP ${status}`);
    else if (Number(headers['content-length'] ?? 0) > this.#options.maxAnswerBytes) this.#tooLarge();
  }

  onResponseData(_: Dispatcher.DispatchController, chunk: Buffer): void {
    this.#bytes += chunk.length;
    if (this.#bytes > this.#options.maxAnswerBytes) this.#tooLarge();
    else this.#chunks.push(chunk);
  }

  onResponseEnd(): void {
    if (this.#isSettled) return;
    const [first] = this.#chunks;
    const body = this.#chunks.length === 1 && first !== undefined ? first : Buffer.concat(this.#chunks);
    const { location } = this.#headers;
    if (this.#status === 302) {
      if (location === undefined) this.#fail('notBbb', 'answered a redirect without a Location');
      else this.#settle(this.#answer(body, undefined, undefined, location));
      return;
    }
    const code = readReturnCode(body, this.#options.answerForm);
    if (code === undefined) this.#fail('notBbb', 'answered HTTP 200 with what is no BBB answer');
    else this.#settle(this.#answer(body, code.returnCode, code.messageKey, undefined));
  }

  onResponseError(_: Dispatcher.DispatchController | undefined, error: Error): void {
    const cause = upstreamCause(error, this.hasStarted, this.#options.isHttps);
    this.#fail(cause, WORDS[cause], error);
  }

  #answer(
    body: Buffer,
    returnCode: BbbAnswer['returnCode'],
    messageKey: string | undefined,
    location: string | undefined,
  ): BbbAnswer {
    const headers = this.#headers;
    const dateMs = headers.date === undefined ? NaN : Date.parse(headers.date);
    const cookies: string | string[] | undefined = headers['set-cookie'];
    return {
      status: this.#status,
      body,
      returnCode,
      messageKey,
      contentType: headers['content-type'],
      setCookies: typeof cookies === 'string' ? [cookies] : (cookies ?? []),
      location,
      dateMs: Number.isNaN(dateMs) ? undefined : dateMs,
    };
  }

  #settle(answer: BbbAnswer): void {
    this.#release();
    this.#resolve(answer);
  }

  #tooLarge(): void {
    this.#fail('tooLarge', `answered more than ${this.#options.maxAnswerBytes} bytes`);
  }

  readonly #cancel = (): void => {
    this.#fail('timeout', 'was not waited for any longer', this.#options.signal?.reason);
  };

  #fail(reason: UpstreamCause, what: string, cause?: unknown): void {
    if (this.#isSettled) return;
    const { serverId, call } = this.#options;
    const code = errorCode(cause);
    const message = `server ${serverId} ${what} (call ${call}${code === '' ? '' : `, ${code}`})`;
    const failure = new UpstreamError(serverId, reason, message, this.hasStarted, { cause });
    this.#failure = failure;
    this.#release();
    this.#reject(failure);
    this.#controller?.abort(failure);
  }

  #release(): void {
    this.#isSettled = true;
    this.#chunks = [];
    clearTimeout(this.#timer);
    this.#options.signal?.removeEventListener('abort', this.#cancel);
  }
}

const WORDS: Readonly<Record<UpstreamCause, string>> = {
  refused: 'could not be connected to',
  reset: 'broke the connection before its answer was whole',
  timeout: 'could not be connected to in time',
  tls: 'failed the TLS handshake',
  status: 'answered a wrong HTTP status',
  rejected: 'refused the request itself',
  notBbb: 'answered what is no HTTP',
  tooLarge: 'answered too much',
};
