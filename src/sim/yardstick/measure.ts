import type { DayResult } from './day-result.js';

/** One server in one minute of a day. */
export interface ServerMinute {
  readonly serverId: string;
  /** CPU, mean of the minute, 0 to 1. */
  readonly cpu: number;
  /** People on it, mean of the minute. */
  readonly people: number;
  readonly isDead: boolean;
}

export type MeasuredDay = Omit<DayResult, 'day' | 'rule' | 'seed'>;

export const MINUTE_MS = 60_000;
/** A server above this is overloaded: people hear gaps. */
export const OVERLOADED_CPU = 0.8;
const DROWNING_CPU = 0.95;
const PEAK_MINUTES = 15;

/** Adds up what a rule makes of a day, minute by minute. */
export class DayMeasure {
  readonly #cpu: ReadonlyMap<string, number[]>;
  readonly #pool: { readonly mean: number; readonly spread: number }[] = [];
  /** Times of the creates of the last minute, by server. */
  readonly #recent = new Map<string, number[]>();
  #highestCpu = 0;
  #serverMinutesAbove80 = 0;
  #serverMinutesAbove95 = 0;
  #attendeeMinutesAbove80 = 0;
  #attendeeMinutes = 0;
  #attendeesOverloaded = 0;
  #mostPlacedInAMinute = 0;
  #created = 0;
  #refused = 0;
  #moved = 0;

  constructor(serverIds: readonly string[]) {
    this.#cpu = new Map(serverIds.map((id) => [id, []]));
  }

  /** A minute went by; every server is among them, dead ones too. */
  minute(servers: readonly ServerMinute[]): void {
    let [sum, highest, living] = [0, 0, 0];
    for (const { serverId, cpu, people, isDead } of servers) {
      this.#cpu.get(serverId)?.push(cpu);
      this.#attendeeMinutes += people;
      if (isDead) continue;
      living += 1;
      sum += cpu;
      highest = Math.max(highest, cpu);
      if (cpu > DROWNING_CPU) this.#serverMinutesAbove95 += 1;
      if (cpu <= OVERLOADED_CPU) continue;
      this.#serverMinutesAbove80 += 1;
      this.#attendeeMinutesAbove80 += people;
    }
    this.#highestCpu = Math.max(this.#highestCpu, highest);
    const mean = living > 0 ? sum / living : 0;
    this.#pool.push({ mean, spread: mean > 0 ? highest / mean : 1 });
  }

  created(serverId: string, now: number): void {
    this.#created += 1;
    const recent = this.#recent.get(serverId)?.filter((at) => at > now - MINUTE_MS) ?? [];
    recent.push(now);
    this.#recent.set(serverId, recent);
    this.#mostPlacedInAMinute = Math.max(this.#mostPlacedInAMinute, recent.length);
  }

  refused(): void {
    this.#refused += 1;
  }

  moved(): void {
    this.#moved += 1;
  }

  /** Someone who sat on an overloaded server; to be told once of each person. */
  overloaded(): void {
    this.#attendeesOverloaded += 1;
  }

  result(): MeasuredDay {
    return {
      highestCpu: this.#highestCpu,
      serverMinutesAbove80: this.#serverMinutesAbove80,
      serverMinutesAbove95: this.#serverMinutesAbove95,
      attendeeMinutesAbove80: this.#attendeeMinutesAbove80,
      attendeeMinutes: this.#attendeeMinutes,
      attendeesOverloaded: this.#attendeesOverloaded,
      spreadAtPeak: this.#spreadAtPeak(),
      mostPlacedInAMinute: this.#mostPlacedInAMinute,
      created: this.#created,
      refused: this.#refused,
      moved: this.#moved,
      cpuEveryMs: MINUTE_MS,
      cpu: this.#cpu,
    };
  }

  /** Mean of highest over mean within the quarter of an hour in which the pool was busiest. */
  #spreadAtPeak(): number {
    let best = { mean: -1, spread: 1 };
    const length = Math.min(PEAK_MINUTES, this.#pool.length);
    for (let start = 0; start + length <= this.#pool.length && length > 0; start++) {
      const quarter = this.#pool.slice(start, start + length);
      const mean = quarter.reduce((sum, minute) => sum + minute.mean, 0) / length;
      if (mean <= best.mean) continue;
      best = { mean, spread: quarter.reduce((sum, minute) => sum + minute.spread, 0) / length };
    }
    return best.spread;
  }
}
