import type { CallbackTarget } from './callback-target.js';

/** Servers list ended meetings for a while, recordings follow. */
const KEPT = 5_000;

/** Targets of sessions that are over, at hand as long as they are asked for: beyond 5,000 the longest unused go. */
export class RecentTargets {
  /** By ID, the longest unused first. */
  readonly #targets = new Map<string, CallbackTarget>();

  /** Counts as a use. */
  get(id: string): CallbackTarget | undefined {
    const target = this.#targets.get(id);
    if (target !== undefined) this.put(target);
    return target;
  }

  /** Inserts or replaces. */
  put(target: CallbackTarget): void {
    this.#targets.delete(target.id);
    this.#targets.set(target.id, target);
    for (const [oldest] of this.#targets) {
      if (this.#targets.size <= KEPT) return;
      this.#targets.delete(oldest);
    }
  }

  delete(id: string): void {
    this.#targets.delete(id);
  }
}
