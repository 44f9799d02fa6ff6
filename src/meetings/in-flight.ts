/**
 * Who is at work on the copies of a meeting ID: one create that places it, or ends of unwanted copies. Never both, or a
 * create would be answered with a copy that is being ended.
 */
export class InFlight {
  readonly #creates = new Map<string, Promise<unknown>>();
  /** Ends of copies on several servers may run at the same time: the newest waits for the ones before. */
  readonly #ends = new Map<string, Promise<unknown>>();

  /** True while a create of this ID is being placed: then its claim and its copies are nobody else's to touch. */
  isCreating(scopedId: string): boolean {
    return this.#creates.has(scopedId);
  }

  /** What a create has to wait for; `undefined` when the ID is free. */
  underWay(scopedId: string): Promise<unknown> | undefined {
    return this.#creates.get(scopedId) ?? this.#ends.get(scopedId);
  }

  /** Begins a create in this tick; the caller has seen in the same tick that nothing is under way. */
  create<Result>(scopedId: string, work: () => Promise<Result>): Promise<Result> {
    return during(this.#creates, scopedId, work());
  }

  /** Begins an end in this tick; the caller has seen in the same tick that no create is under way. */
  async end(scopedId: string, work: () => Promise<void>): Promise<void> {
    const ending = work();
    await during(this.#ends, scopedId, Promise.allSettled([this.#ends.get(scopedId), ending]));
    await ending;
  }

  /** Waits for everything under way. */
  async settled(): Promise<void> {
    await Promise.allSettled([...this.#creates.values(), ...this.#ends.values()]);
  }
}

async function during<Result>(
  underWay: Map<string, Promise<unknown>>,
  scopedId: string,
  working: Promise<Result>,
): Promise<Result> {
  underWay.set(scopedId, working);
  try {
    return await working;
  } finally {
    if (underWay.get(scopedId) === working) underWay.delete(scopedId);
  }
}
