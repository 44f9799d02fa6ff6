/** Most points kept of one series: ten minutes at one a second. */
const MAX_POINTS = 600;

/** Readings of one value in order of time, the newest kept: a mean over the window that ends at the newest. */
export class Series {
  readonly #times: number[] = [];
  readonly #values: number[] = [];
  readonly #counts: number[] = [];

  /** Time of the newest reading, ms since 1970; `undefined` while there is none. */
  get newest(): number | undefined {
    return this.#times.at(-1);
  }

  /**
   * Adds a reading, or the mean of `count`, and drops what is older than `keepMs` before the newest. One of the same time
   * is replaced.
   */
  add(time: number, value: number, keepMs: number, count = 1): void {
    let at = this.#times.length;
    while (at > 0 && (this.#times[at - 1] ?? 0) > time) at -= 1;
    if (at > 0 && this.#times[at - 1] === time) {
      this.#values[at - 1] = value;
      this.#counts[at - 1] = count;
      return;
    }
    this.#times.splice(at, 0, time);
    this.#values.splice(at, 0, value);
    this.#counts.splice(at, 0, count);
    const oldest = (this.#times.at(-1) ?? time) - keepMs;
    let stale = Math.max(0, this.#times.length - MAX_POINTS);
    while ((this.#times[stale] ?? oldest) < oldest) stale += 1;
    if (stale > 0) {
      this.#times.splice(0, stale);
      this.#values.splice(0, stale);
      this.#counts.splice(0, stale);
    }
  }

  /** Mean of the readings in the `windowMs` up to the newest; `undefined` without any. */
  mean(windowMs: number): number | undefined {
    const newest = this.newest;
    if (newest === undefined) return undefined;
    let sum = 0;
    let count = 0;
    for (let i = this.#times.length - 1; i >= 0 && (this.#times[i] ?? 0) > newest - windowMs; i -= 1) {
      const weight = this.#counts[i] ?? 1;
      sum += (this.#values[i] ?? 0) * weight;
      count += weight;
    }
    return sum / count;
  }
}
