/** What is learnt about the whole pool, as it is persisted: sums of a weighted least-squares line, faded to `at`. */
export interface LearntCost {
  readonly at: number;
  readonly weight: number;
  readonly x: number;
  readonly y: number;
  readonly xx: number;
  readonly xy: number;
}

/** Before anything is learnt: 8 cores carry about 270 people. */
const PRIOR_CORES_PER_PERSON = 0.03;
/** Cores a host is busy with on its own. */
const PRIOR_IDLE_CORES = 0.2;
/** The prior counts as much as this many samples of a server with 100 people, spread as in a usual hour. */
const PRIOR_WEIGHT = 30;
const PRIOR_PEOPLE = 60;
const PRIOR_SPREAD = 60;

const LEAST_CORES_PER_PERSON = 0.002;
const MOST_CORES_PER_PERSON = 0.2;

/**
 * One line for the whole pool: busy cores = idle + cost × people, by least squares over all servers and the last hours.
 * Learning it per server adds noise that undoes everything else (background jobs, heavy rooms). Servers without people
 * say what idling costs; the prior keeps it sane with few or odd samples; the cost is bounded.
 */
export class PooledCost {
  readonly #halfLifeMs: number;
  #at: number | undefined;
  #weight = 0;
  #x = 0;
  #y = 0;
  #xx = 0;
  #xy = 0;

  constructor(halfLifeMs: number, learnt?: LearntCost) {
    this.#halfLifeMs = halfLifeMs;
    if (learnt === undefined || !Object.values(learnt).every(Number.isFinite)) return;
    ({ at: this.#at, weight: this.#weight, x: this.#x, y: this.#y, xx: this.#xx, xy: this.#xy } = learnt);
  }

  /** Takes one reading of one server: mean people and mean busy cores over the same window. */
  learn(at: number, people: number, busyCores: number): void {
    this.#fade(at);
    this.#weight += 1;
    this.#x += people;
    this.#y += busyCores;
    this.#xx += people * people;
    this.#xy += people * busyCores;
  }

  /** Cores one person keeps busy, and cores a host is busy with on its own. */
  line(): { readonly coresPerPerson: number; readonly idleCores: number } {
    const weight = this.#weight + PRIOR_WEIGHT;
    const x = this.#x + PRIOR_WEIGHT * PRIOR_PEOPLE;
    const xx = this.#xx + PRIOR_WEIGHT * (PRIOR_PEOPLE ** 2 + PRIOR_SPREAD ** 2);
    const priorY = PRIOR_IDLE_CORES + PRIOR_CORES_PER_PERSON * PRIOR_PEOPLE;
    const y = this.#y + PRIOR_WEIGHT * priorY;
    const xy =
      this.#xy +
      PRIOR_WEIGHT *
        (PRIOR_IDLE_CORES * PRIOR_PEOPLE + PRIOR_CORES_PER_PERSON * (PRIOR_PEOPLE ** 2 + PRIOR_SPREAD ** 2));
    const slope = (weight * xy - x * y) / (weight * xx - x * x);
    const coresPerPerson = Math.min(MOST_CORES_PER_PERSON, Math.max(LEAST_CORES_PER_PERSON, slope));
    const idleCores = Math.min(1, Math.max(0, (y - coresPerPerson * x) / weight));
    return { coresPerPerson, idleCores };
  }

  /** Readings behind it, faded. */
  get evidence(): number {
    return this.#weight;
  }

  /** To be persisted and given to the next one. */
  learnt(): LearntCost {
    return { at: this.#at ?? 0, weight: this.#weight, x: this.#x, y: this.#y, xx: this.#xx, xy: this.#xy };
  }

  #fade(at: number): void {
    const elapsed = this.#at === undefined ? 0 : at - this.#at;
    if (this.#at === undefined || elapsed > 0) this.#at = at;
    if (!(elapsed > 0)) return;
    const factor = 0.5 ** (elapsed / this.#halfLifeMs);
    this.#weight *= factor;
    this.#x *= factor;
    this.#y *= factor;
    this.#xx *= factor;
    this.#xy *= factor;
  }
}
