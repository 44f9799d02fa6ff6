import { Agent, type Dispatcher } from 'undici';
import type { CallbackRequest } from './callback-request.js';
import { LateNameError, type LookupAll } from './lookup-lane.js';
import { BlockedTargetError, targetConnector } from './target-connector.js';

/** Of an answer this much is read so that its connection can be kept; nothing of it is looked at. */
const MAX_DRAINED_BYTES = 16_384;
const MAX_DRAIN_MS = 1_000;
const KEEP_ALIVE_MS = 4_000;

export interface CallbackSenderOptions {
  readonly allowPrivateTargets: boolean;
  /** For one attempt, from the look-up of its name to the status of the answer. */
  readonly timeoutMs: number;
  /** To one target at a time. */
  readonly connections: number;
  readonly lookup?: LookupAll | undefined;
}

/** Sends callbacks; redirects are not followed, and of answers only the status counts. */
export class CallbackSender {
  readonly #agent: Agent;
  readonly #timeoutMs: number;

  constructor(options: CallbackSenderOptions) {
    const { timeoutMs, connections } = options;
    this.#timeoutMs = timeoutMs;
    this.#agent = new Agent({
      connect: targetConnector(options),
      connections,
      pipelining: 1,
      keepAliveTimeout: KEEP_ALIVE_MS,
      // One time limit for everything, kept by the attempt.
      headersTimeout: 0,
      bodyTimeout: 0,
    });
  }

  /** Resolves with the status; rejects with BlockedTargetError, or an Error in words when there was no answer in time. */
  async send(request: CallbackRequest, signal: AbortSignal): Promise<number> {
    const attempt = new Attempt(this.#timeoutMs, signal);
    const { origin, path, method, headers, body } = request;
    try {
      this.#agent.dispatch({ origin, path, method, headers: { ...headers }, body: body ?? null }, attempt);
    } catch (error) {
      attempt.onResponseError(undefined, error instanceof Error ? error : new Error(String(error)));
    }
    return await attempt.done;
  }

  /** Cuts what is under way. */
  async close(): Promise<void> {
    await this.#agent.destroy();
  }
}

/** One request and the status of its answer, as undici drives it. */
class Attempt implements Dispatcher.DispatchHandler {
  readonly done: Promise<number>;
  readonly #signal: AbortSignal;
  #timer: NodeJS.Timeout;
  #resolve!: (status: number) => void;
  #reject!: (error: Error) => void;
  #controller: Dispatcher.DispatchController | undefined;
  #status = 0;
  #bytes = 0;
  #isSettled = false;

  constructor(timeoutMs: number, signal: AbortSignal) {
    this.done = new Promise((resolve, reject) => {
      this.#resolve = resolve;
      this.#reject = reject;
    });
    this.#signal = signal;
    this.#timer = setTimeout(() => {
      this.#cut(new Error(`gave no answer within ${timeoutMs / 1000} s`));
    }, timeoutMs);
    signal.addEventListener('abort', this.#abort, { once: true });
    if (signal.aborted) this.#abort();
  }

  onRequestStart(controller: Dispatcher.DispatchController): void {
    this.#controller = controller;
    // It waited for a connection for longer than it may.
    if (this.#isSettled) controller.abort(new Error('not waited for any longer'));
  }

  onResponseStart(_: Dispatcher.DispatchController, status: number): void {
    if (status < 200) return;
    this.#status = status;
    clearTimeout(this.#timer);
    this.#timer = setTimeout(() => {
      this.#cut(new Error('answered too slowly'));
    }, MAX_DRAIN_MS);
  }

  onResponseData(_: Dispatcher.DispatchController, chunk: Buffer): void {
    this.#bytes += chunk.length;
    if (this.#bytes > MAX_DRAINED_BYTES) this.#cut(new Error('answered too much'));
  }

  onResponseEnd(): void {
    this.#settle(new Error('gave no answer'));
  }

  onResponseError(_: Dispatcher.DispatchController | undefined, error: Error): void {
    this.#settle(error instanceof BlockedTargetError ? error : new Error(inWords(error), { cause: error }));
  }

  readonly #abort = (): void => {
    this.#cut(new Error('was not waited for, as Ballast stops'));
  };

  #cut(error: Error): void {
    this.#settle(error);
    this.#controller?.abort(error);
  }

  /** A status that is known stands, whatever becomes of the rest of the answer. */
  #settle(error: Error): void {
    if (this.#isSettled) return;
    this.#isSettled = true;
    clearTimeout(this.#timer);
    this.#signal.removeEventListener('abort', this.#abort);
    if (this.#status === 0) this.#reject(error);
    else this.#resolve(this.#status);
  }
}

/** The code of a fault (ECONNREFUSED) and not its message, which may hold an address or a part of the URL. */
function inWords(error: Error): string {
  if (error instanceof LateNameError) return error.message;
  const code = 'code' in error && typeof error.code === 'string' ? error.code : error.name;
  return `could not be reached or broke off (${code})`;
}
