import type { SetTimer } from '../../src/pool/timer.js';

interface Timer {
  readonly dueAt: number;
  readonly fn: () => void;
}

/** A clock that stands still until it is told to go on; its timers fire in their order. */
export class ManualClock {
  #now: number;
  readonly #timers = new Set<Timer>();

  constructor(startMs = 1_700_000_000_000) {
    this.#now = startMs;
  }

  readonly now = (): number => this.#now;

  readonly setTimer: SetTimer = (fn, ms) => {
    const timer = { dueAt: this.#now + Math.max(0, ms), fn };
    this.#timers.add(timer);
    return () => {
      this.#timers.delete(timer);
    };
  };

  get pending(): number {
    return this.#timers.size;
  }

  /** Lets `ms` pass, firing what is due; what the timers set off is settled before the next one fires. */
  async advance(ms: number): Promise<void> {
    const until = this.#now + ms;
    await settle();
    for (let next = this.#next(until); next !== undefined; next = this.#next(until)) {
      this.#now = Math.max(this.#now, next.dueAt);
      this.#timers.delete(next);
      next.fn();
      await settle();
    }
    this.#now = until;
  }

  #next(until: number): Timer | undefined {
    let first: Timer | undefined;
    for (const timer of this.#timers) {
      if (timer.dueAt <= until && (first === undefined || timer.dueAt < first.dueAt)) first = timer;
    }
    return first;
  }
}

/** Resolves once everything that waits on nothing but promises has gone on. */
export async function settle(): Promise<void> {
  for (let turn = 0; turn < 3; turn += 1) await new Promise((resolve) => setImmediate(resolve));
}
