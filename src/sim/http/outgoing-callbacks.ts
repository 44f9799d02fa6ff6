import { setTimeout as delay } from 'node:timers/promises';

/** What a server calls others for. */
export type SimCallbackKind = 'end' | 'recording-ready' | 'analytics';

/** A callback that is to go out. */
export interface SimCallback {
  readonly kind: SimCallbackKind;
  readonly url: string;
  readonly method: 'GET' | 'POST';
  readonly headers: Readonly<Record<string, string>>;
  readonly body?: string | undefined;
}

/** One attempt of a callback as it went out. */
export interface SentCallback {
  readonly kind: SimCallbackKind;
  readonly url: string;
  /** 1 is the first. */
  readonly attempt: number;
  /** HTTP status, or what kept it from arriving. */
  readonly outcome: number | string;
}

/** What a OutgoingCallbacks is made of. */
export interface OutgoingCallbacksOptions {
  /** Before the second attempt; doubled for each further one. */
  readonly retryMs: number;
  /** False while the server is down: it calls nobody then, nor later. */
  readonly isUp: () => boolean;
}

const TIMEOUT_MS = 5_000;
const ATTEMPTS = 5;
const KEPT = 1_000;
/** Wrong secret, gone: recording-ready's "do not come again"; the documented answers of its receivers. */
const FINAL = [401, 404, 410];

/** Sends a simulated server's callbacks, a handful of attempts each; what is under way is lost with the server. */
export class OutgoingCallbacks {
  readonly #options: OutgoingCallbacksOptions;
  readonly #sent: SentCallback[] = [];
  readonly #pending = new Set<Promise<void>>();
  #losing = new AbortController();

  constructor(options: OutgoingCallbacksOptions) {
    this.#options = options;
  }

  /** What went out so far, the last thousand attempts. */
  get sent(): readonly SentCallback[] {
    return this.#sent;
  }

  /** How many are not yet delivered or given up. */
  get pendingCount(): number {
    return this.#pending.size;
  }

  /** Begins to send; `make` is called once. */
  send(make: () => Promise<SimCallback> | SimCallback): void {
    const signal = this.#losing.signal;
    const done = this.#deliver(make, signal)
      .catch((error: unknown) => {
        if (!signal.aborted) console.error(`simulated callback not made: ${String(error)}`);
      })
      .finally(() => {
        this.#pending.delete(done);
      });
    this.#pending.add(done);
  }

  /** As a crash: what is not yet delivered never will be. */
  lose(): void {
    this.#losing.abort();
    this.#losing = new AbortController();
  }

  /** Breaks off what is under way. */
  async stop(): Promise<void> {
    this.#losing.abort();
    await Promise.all(this.#pending);
  }

  async #deliver(make: () => Promise<SimCallback> | SimCallback, signal: AbortSignal): Promise<void> {
    const callback = await make();
    for (let attempt = 1; attempt <= ATTEMPTS; attempt++) {
      if (attempt > 1) await delay(this.#options.retryMs * 2 ** (attempt - 2), undefined, { signal });
      if (signal.aborted) return;
      const outcome = this.#options.isUp() ? await attemptOf(callback, signal) : 'the server is down';
      this.#sent.push({ kind: callback.kind, url: callback.url, attempt, outcome });
      if (this.#sent.length > KEPT) this.#sent.shift();
      if (typeof outcome === 'number' && (outcome < 300 || FINAL.includes(outcome))) return;
      if (outcome === 'the server is down') return;
    }
  }
}

/** The HTTP status, or what kept the call from arriving. Redirects are not followed. */
async function attemptOf(callback: SimCallback, lost: AbortSignal): Promise<number | string> {
  const { url, method, headers, body } = callback;
  const late = new AbortController();
  const timer = setTimeout(() => {
    late.abort(new Error(`no answer in ${TIMEOUT_MS} ms`));
  }, TIMEOUT_MS);
  const onLost = (): void => {
    late.abort(new Error('lost with the server'));
  };
  lost.addEventListener('abort', onLost);
  try {
    const answer = await fetch(url, {
      ...{ method, headers, body: body ?? null },
      redirect: 'manual',
      signal: late.signal,
    });
    await answer.arrayBuffer();
    return answer.status;
  } catch (error) {
    return error instanceof Error ? error.message : String(error);
  } finally {
    clearTimeout(timer);
    lost.removeEventListener('abort', onLost);
  }
}
