/**
 * What goes wrong with a call. reset: the connection is broken without an answer · hang: accepted, never answered ·
 * slow: answered after `delayMs` · status: that HTTP status with HTML · html: HTTP 200 with HTML · garbage: HTTP 200
 * with random bytes · cut: HTTP 200 with the first half of the right answer · abort: the connection is broken in the
 * middle of the right answer · flood: HTTP 200 with XML that goes on for `bytes` · wrongSecret: `checksumError` whatever
 * was signed · failed: FAILED with that key.
 */
export type Fault = FaultKind & {
  /** The call takes effect all the same, only its answer goes wrong (default false; cut and abort always do). */
  readonly isCarriedOut?: boolean | undefined;
  /** How many requests it befalls before it is over; endless by default. */
  readonly times?: number | undefined;
};

type FaultKind =
  | { readonly kind: 'reset' | 'hang' | 'html' | 'garbage' | 'cut' | 'abort' | 'wrongSecret' }
  | { readonly kind: 'slow'; readonly delayMs: number }
  | { readonly kind: 'status'; readonly status: number }
  | { readonly kind: 'flood'; readonly bytes: number }
  | { readonly kind: 'failed'; readonly key: string; readonly text?: string | undefined };

/** Which faults are on. `*` stands for all calls; a call's own fault comes first. The version document is `version`. */
export class FaultBoard {
  readonly #faults = new Map<string, { readonly fault: Fault; left: number }>();

  /** Switches a fault on for one call, or for all (`*`); the one before it is over. */
  set(call: string, fault: Fault): void {
    this.#faults.set(call, { fault, left: fault.times ?? Infinity });
  }

  /** Switches the fault of one call off, or every fault. */
  clear(call?: string): void {
    if (call === undefined) this.#faults.clear();
    else this.#faults.delete(call);
  }

  /** What is on, by call. */
  list(): Readonly<Record<string, Fault>> {
    return Object.fromEntries([...this.#faults].map(([call, { fault }]) => [call, fault]));
  }

  /** The fault that befalls this request; counts it. */
  take(call: string): Fault | undefined {
    if (this.#faults.size === 0) return undefined;
    const name = this.#faults.has(call) ? call : '*';
    const entry = this.#faults.get(name);
    if (!entry) return undefined;
    entry.left--;
    if (entry.left <= 0) this.#faults.delete(name);
    return entry.fault;
  }
}
