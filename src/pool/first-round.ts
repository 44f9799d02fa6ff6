import type { SetTimer } from './timer.js';

/** Tells when each server was tried once: what `/ready` waits for. */
export class FirstRound {
  readonly done: Promise<void>;
  readonly #open = new Set<string>();
  readonly #setTimer: SetTimer;
  #resolve: () => void = () => undefined;
  #cancelTimer: () => void = () => undefined;

  constructor(setTimer: SetTimer) {
    this.#setTimer = setTimer;
    this.done = new Promise((resolve) => {
      this.#resolve = resolve;
    });
  }

  /** Waits for these servers, no longer than `timeoutMs`; for none, it is over at once. */
  begin(serverIds: Iterable<string>, timeoutMs: number): void {
    for (const serverId of serverIds) this.#open.add(serverId);
    this.#cancelTimer = this.#setTimer(() => {
      this.end();
    }, timeoutMs);
    if (this.#open.size === 0) this.end();
  }

  /** The server was polled, well or not, or needs no poll any more. */
  tried(serverId: string): void {
    if (this.#open.delete(serverId) && this.#open.size === 0) this.end();
  }

  /** Waits for no more servers. */
  end(): void {
    this.#cancelTimer();
    this.#open.clear();
    this.#resolve();
  }
}
