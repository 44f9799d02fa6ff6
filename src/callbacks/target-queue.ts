/** Rows of a target that are read ahead: only when and which, so that thousands of targets cost little memory. */
export const READ_AHEAD = 32;

/** A callback that is due at some time; ms since 1970. */
export interface Due {
  readonly id: string;
  readonly dueAt: number;
}

/** What is known in memory of one target's callbacks: the next few, and those under way. */
export class TargetQueue {
  readonly origin: string;
  /** The last attempt failed and it was the target's fault: one at a time until one is answered. */
  isFailing = false;
  /** Nothing is read or sent before this; ms since 1970. */
  heldUntil = 0;
  readonly #active = new Set<string>();
  #ahead: readonly Due[] = [];
  #hasMore = true;
  #isStale = true;
  #isReading = false;

  constructor(origin: string) {
    this.origin = origin;
  }

  get activeCount(): number {
    return this.#active.size;
  }

  /** Whether what comes next is not known. */
  get needsReading(): boolean {
    return !this.#isReading && (this.#isStale || (this.#ahead.length === 0 && this.#hasMore));
  }

  /** Whether nothing waits and nothing is under way. */
  get isEmpty(): boolean {
    return !this.#isReading && !this.needsReading && this.#ahead.length === 0 && this.#active.size === 0;
  }

  /** The time of the next one, where that is known. */
  get nextAt(): number | undefined {
    if (this.#isReading) return undefined;
    const at = this.needsReading ? 0 : this.#ahead[0]?.dueAt;
    return at === undefined ? undefined : Math.max(at, this.heldUntil);
  }

  /** Something is due at this time. */
  noteDue(dueAt: number): void {
    const last = this.#ahead.at(-1);
    // What comes after all that was read is found when that is used up.
    if (this.#hasMore && last !== undefined && dueAt >= last.dueAt) return;
    this.#isStale = true;
  }

  /** Reads the next ones. Rejects with what `read` rejects with; they are yet to be read then. */
  async readAhead(read: (limit: number) => Promise<readonly Due[]>): Promise<void> {
    this.#isReading = true;
    this.#isStale = false;
    const limit = READ_AHEAD + this.#active.size;
    try {
      const due = await read(limit);
      this.#ahead = due.filter(({ id }) => !this.#active.has(id));
      this.#hasMore = due.length === limit;
    } catch (error) {
      this.#isStale = true;
      throw error;
    } finally {
      this.#isReading = false;
    }
  }

  /** Takes the next one if it is due; it is under way until `finished`. */
  take(now: number): Due | undefined {
    const [next, ...rest] = this.#ahead;
    if (next === undefined || this.#isReading || next.dueAt > now || this.heldUntil > now) return undefined;
    this.#ahead = rest;
    this.#active.add(next.id);
    return next;
  }

  /** `isLeft`: it is still in the store, to be found there again. */
  finished(id: string, isLeft: boolean): void {
    this.#active.delete(id);
    if (isLeft) this.#isStale = true;
  }
}
