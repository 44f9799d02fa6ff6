interface Step {
  readonly at: number;
  readonly increase: number;
  readonly durationMs: number;
}

const MAX_STEPS = 600;

/** A counter that only grows, as bytes sent by an interface; a fall means that it began anew. */
export class Counter {
  #lastTime: number | undefined;
  #lastValue = 0;
  #steps: Step[] = [];

  get newest(): number | undefined {
    return this.#lastTime;
  }

  /** Takes a reading; one that is not newer than the last is of no use and ignored. */
  add(time: number, value: number, keepMs: number): void {
    const durationMs = this.#lastTime === undefined ? 0 : time - this.#lastTime;
    if (this.#lastTime !== undefined && durationMs <= 0) return;
    // What was sent before a reset is unknown, and a gap says nothing about now: both steps are left out.
    if (durationMs > 0 && value >= this.#lastValue && durationMs <= keepMs) {
      this.#steps.push({ at: time, increase: value - this.#lastValue, durationMs });
    }
    this.#lastTime = time;
    this.#lastValue = value;
    const firstKept = this.#steps.findIndex(({ at }) => at >= time - keepMs);
    if (firstKept > 0 || this.#steps.length > MAX_STEPS) {
      this.#steps = this.#steps.slice(Math.max(firstKept, this.#steps.length - MAX_STEPS));
    }
  }

  /** Mean growth a second over the steps that end within the `windowMs` before `until`; `undefined` without any. */
  ratePerSecond(until: number, windowMs: number): number | undefined {
    let increase = 0;
    let durationMs = 0;
    for (const step of this.#steps) {
      if (step.at <= until - windowMs || step.at > until) continue;
      increase += step.increase;
      durationMs += step.durationMs;
    }
    return durationMs === 0 ? undefined : (increase * 1000) / durationMs;
  }
}
