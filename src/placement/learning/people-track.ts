/** People on one server over the last minutes, as polls counted them: a step function with a short memory. */
export class PeopleTrack {
  readonly #times: number[] = [];
  readonly #people: number[] = [];
  readonly #keepMs: number;

  /** `keepMs`: how far back means may be asked. */
  constructor(keepMs: number) {
    this.#keepMs = keepMs;
  }

  /** Takes a count made at `at`; one that is older than the newest is left out. */
  add(at: number, people: number): void {
    const newest = this.#times.at(-1);
    if (newest !== undefined && at <= newest) return;
    this.#times.push(at);
    this.#people.push(people);
    while ((this.#times[1] ?? at) <= at - this.#keepMs) {
      this.#times.shift();
      this.#people.shift();
    }
  }

  /** Mean over [from, until]; between two counts people come and go evenly. `undefined` when no count is near. */
  mean(from: number, until: number): number | undefined {
    const first = this.#times[0];
    const last = this.#times.at(-1);
    if (first === undefined || last === undefined || first > until || last < from - this.#keepMs)
      return undefined;
    const steps = 6;
    let sum = 0;
    for (let i = 0; i <= steps; i += 1) {
      const weight = i === 0 || i === steps ? 0.5 : 1;
      sum += weight * this.#at(from + ((until - from) * i) / steps);
    }
    return sum / steps;
  }

  #at(time: number): number {
    let after = this.#times.length - 1;
    const newest = this.#people[after] ?? 0;
    if (time >= (this.#times[after] ?? 0)) return newest;
    while (after > 0 && (this.#times[after - 1] ?? 0) > time) after -= 1;
    if (after === 0) return this.#people[0] ?? 0;
    const [t0, t1] = [this.#times[after - 1] ?? 0, this.#times[after] ?? 0];
    const [p0, p1] = [this.#people[after - 1] ?? 0, this.#people[after] ?? 0];
    return t1 === t0 ? p1 : p0 + ((p1 - p0) * (time - t0)) / (t1 - t0);
  }
}
