/** Whose turn it is. */
export interface Turn {
  readonly index: number;
  /** How often it was this one's turn before. */
  readonly round: number;
}

/** Turns of all servers, each at its own phase of the interval, without a queue. */
export class Rounds {
  readonly #order: readonly { readonly index: number; readonly phase: number }[];
  readonly #from: number;
  readonly #everyMs: number;
  #round = 0;
  #turn = 0;
  nextAt: number;

  constructor(from: number, everyMs: number, phases: readonly number[]) {
    this.#from = from;
    this.#everyMs = everyMs;
    this.#order = phases
      .map((phase, index) => ({ index, phase }))
      .sort((left, right) => left.phase - right.phase);
    this.nextAt = from + (this.#order[0]?.phase ?? Infinity);
  }

  take(): Turn {
    const turn = { index: this.#order[this.#turn]?.index ?? -1, round: this.#round };
    this.#turn += 1;
    if (this.#turn === this.#order.length) {
      this.#turn = 0;
      this.#round += 1;
    }
    this.nextAt = this.#from + this.#round * this.#everyMs + (this.#order[this.#turn]?.phase ?? Infinity);
    return turn;
  }
}
