import { setMaxListeners } from 'node:events';
import { setTimeout as delay } from 'node:timers/promises';
import { Agent, request } from 'undici';

const ROUND_MS = 1_000;
const TIMEOUT_MS = 2_000;
/** A server that nobody asked about for this long is no longer watched. */
const FORGET_MS = 60_000;

interface Origin {
  isReachable: boolean;
  askedAt: number;
}

/** Knows whether servers answer, as a browser in a meeting notices it: those asked about are tried once a second. */
export class OriginWatch {
  readonly #origins = new Map<string, Origin>();
  readonly #stopping = new AbortController();
  // Time limits of its own: a signal made for each request from this long-lived one would never be let go.
  readonly #agent = new Agent({ connectTimeout: TIMEOUT_MS });
  #loop: Promise<void> | undefined;

  constructor() {
    // Each request under way listens.
    setMaxListeners(0, this.#stopping.signal);
  }

  /** Starts the rounds. */
  start(): void {
    this.#loop ??= this.#run();
  }

  /** Whether `http://host:port` answered when it was last tried; one never tried counts as reachable. */
  isReachable(origin: string): boolean {
    const known = this.#origins.get(origin) ?? { isReachable: true, askedAt: 0 };
    known.askedAt = performance.now();
    this.#origins.set(origin, known);
    return known.isReachable;
  }

  /** Ends the rounds and waits for the one under way. */
  async stop(): Promise<void> {
    this.#stopping.abort();
    await this.#loop;
    await this.#agent.destroy();
  }

  async #run(): Promise<void> {
    const { signal } = this.#stopping;
    while (!signal.aborted) {
      await Promise.all([...this.#origins].map(([origin, state]) => this.#try(origin, state)));
      await delay(ROUND_MS, undefined, { signal }).catch(() => undefined);
    }
  }

  async #try(origin: string, state: Origin): Promise<void> {
    if (performance.now() - state.askedAt > FORGET_MS) {
      this.#origins.delete(origin);
      return;
    }
    try {
      const { body } = await request(`${origin}/bigbluebutton/api`, {
        dispatcher: this.#agent,
        headersTimeout: TIMEOUT_MS,
        bodyTimeout: TIMEOUT_MS,
        signal: this.#stopping.signal,
      });
      await body.dump();
      state.isReachable = true;
    } catch {
      // Refused, reset or silent: whichever, its people are cut off.
      if (!this.#stopping.signal.aborted) state.isReachable = false;
    }
  }
}
