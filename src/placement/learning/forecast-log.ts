/** Forecasts kept of one server: as many as come within one lead, and a few. */
const KEPT = 128;
/** They are no closer together than this part of the lead. */
const SPACING_LEADS = 1 / 120;
/** One serves for this part of the lead after its time, then a gap is a gap. */
const HOLDS_LEADS = 1 / 10;

/** Forecasts of one server in a ring: when made, and the value. */
interface Ring {
  readonly times: Float64Array;
  readonly values: Float64Array;
  /** How many were ever noted: the newest is at `noted − 1`, modulo KEPT. */
  noted: number;
}

/**
 * Remembers forecasts until the time they were made for, to be compared with what came true. Bounded: 2 KiB a server. Has no
 * clock: times are given, in ms.
 */
export class ForecastLog {
  readonly leadMs: number;
  readonly #holdsMs: number;
  readonly #rings = new Map<string, Ring>();

  /** Forecasts look `leadMs` ahead and are noted about every `everyMs`. */
  constructor(leadMs: number, everyMs: number) {
    this.leadMs = leadMs;
    this.#holdsMs = Math.max(HOLDS_LEADS * leadMs, 2 * everyMs);
  }

  /** At `at` this was forecast for `leadMs` later. A clock that was set back makes what was noted worthless. */
  note(serverId: string, forecast: number, at: number): void {
    let ring = this.#rings.get(serverId);
    if (ring === undefined || at < newestTime(ring)) {
      ring = { times: new Float64Array(KEPT), values: new Float64Array(KEPT), noted: 0 };
      this.#rings.set(serverId, ring);
    }
    if (at - newestTime(ring) < SPACING_LEADS * this.leadMs) return;
    ring.times[ring.noted % KEPT] = at;
    ring.values[ring.noted % KEPT] = forecast;
    ring.noted += 1;
  }

  /** What was forecast for `at`, `leadMs` before or somewhat earlier; `undefined` where nothing was. */
  dueAt(serverId: string, at: number): number | undefined {
    const ring = this.#rings.get(serverId);
    if (ring === undefined) return undefined;
    const oldest = Math.max(0, ring.noted - KEPT);
    for (let index = ring.noted - 1; index >= oldest; index -= 1) {
      const lateMs = at - ((ring.times[index % KEPT] ?? 0) + this.leadMs);
      if (lateMs >= 0) return lateMs <= this.#holdsMs ? ring.values[index % KEPT] : undefined;
    }
    return undefined;
  }

  /** Forgets a server that has left the pool. */
  forget(serverId: string): void {
    this.#rings.delete(serverId);
  }
}

function newestTime({ times, noted }: Ring): number {
  return noted === 0 ? -Infinity : (times[(noted - 1) % KEPT] ?? -Infinity);
}
