/**
 * Who is at work on the copies of one meeting ID: the create that places it, or the end of an unwanted copy. Never both,
 * or a create would be answered with a copy that is being ended.
 */
export class InFlight {
  readonly #underWay = new Map<string, Promise<unknown>>();

  has(scopedId: string): boolean {
    return this.#underWay.has(scopedId);
  }

  /** What is at work on this ID; `undefined` when the ID is free. */
  get(scopedId: string): Promise<unknown> | undefined {
    return this.#underWay.get(scopedId);
  }

  /** Begins the work in this tick; the caller has seen in the same tick that the ID is free. */
  async run<Result>(scopedId: string, work: () => Promise<Result>): Promise<Result> {
    const working = work();
    this.#underWay.set(scopedId, working);
    try {
      return await working;
    } finally {
      this.#underWay.delete(scopedId);
    }
  }

  /** Waits for everything under way. */
  async settled(): Promise<void> {
    await Promise.allSettled(this.#underWay.values());
  }
}
