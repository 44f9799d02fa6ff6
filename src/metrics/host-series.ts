import { Counter } from './counter.js';
import type { HostSample } from './load-table.js';
import type { FieldValue, Point } from './parse-line.js';
import { Series } from './series.js';

/** More interfaces than any BBB host has; what comes beyond is ignored. */
const MAX_INTERFACES = 32;

const VIRTUAL_INTERFACE = /^(?:lo\d*|all|docker.*|veth.*|br-.*)$/;

/** Whether a point says anything placement needs: total CPU, memory, a real interface, the number of cores. */
export function isOfUse(measurement: string, tags: ReadonlyMap<string, string>): boolean {
  switch (measurement) {
    case 'cpu':
      return tags.get('cpu') === 'cpu-total';
    case 'mem':
    case 'system':
      return true;
    case 'net': {
      const name = tags.get('interface');
      return name !== undefined && !VIRTUAL_INTERFACE.test(name);
    }
    default:
      return false;
  }
}

/** The last minutes of one host. */
export class HostSeries {
  readonly #cpu = new Series();
  readonly #memory = new Series();
  readonly #interfaces = new Map<string, Counter>();
  #cpuCount: number | undefined;

  /** From `n_cpus` of Telegraf's `system`. */
  get cpuCount(): number | undefined {
    return this.#cpuCount;
  }

  /** Takes a point of use; false when a value of it makes no sense. `keepMs` is how much history stays. */
  add({ measurement, tags, fields }: Point, time: number, keepMs: number): boolean {
    switch (measurement) {
      case 'cpu':
        return addRatio(this.#cpu, time, 100, fields.get('usage_idle'), keepMs);
      case 'mem':
        return fields.has('available_percent')
          ? addRatio(this.#memory, time, 100, fields.get('available_percent'), keepMs)
          : addRatio(this.#memory, time, 0, fields.get('used_percent'), keepMs);
      case 'net':
        return this.#addTraffic(tags.get('interface') ?? '', time, fields, keepMs);
      default:
        return this.#addCpuCount(fields.get('n_cpus'));
    }
  }

  /** Means over `windowMs` before the newest reading; `undefined` before any. A value that stopped coming is unknown. */
  sample(windowMs: number, maxAgeMs: number): HostSample | undefined {
    const traffic = [...this.#interfaces.values()].map(({ newest }) => newest ?? Number.NEGATIVE_INFINITY);
    const newestTraffic = Math.max(Number.NEGATIVE_INFINITY, ...traffic);
    const sampledAt =
      this.#cpu.newest ?? Math.max(this.#memory.newest ?? Number.NEGATIVE_INFINITY, newestTraffic);
    if (sampledAt === Number.NEGATIVE_INFINITY) return undefined;
    const isFresh = (newest: number | undefined): boolean =>
      newest !== undefined && newest >= sampledAt - maxAgeMs;
    return {
      cpu: this.#cpu.mean(windowMs),
      memory: isFresh(this.#memory.newest) ? this.#memory.mean(windowMs) : undefined,
      networkBytesPerSecond: isFresh(newestTraffic) ? this.#traffic(newestTraffic, windowMs) : undefined,
      sampledAt,
    };
  }

  #traffic(until: number, windowMs: number): number | undefined {
    let sum: number | undefined;
    for (const counter of this.#interfaces.values()) {
      const rate = counter.ratePerSecond(until, windowMs);
      if (rate !== undefined) sum = (sum ?? 0) + rate;
    }
    return sum;
  }

  #addTraffic(name: string, time: number, fields: ReadonlyMap<string, FieldValue>, keepMs: number): boolean {
    const sent = fields.get('bytes_sent');
    const received = fields.get('bytes_recv');
    // Protocol statistics and the like come under `net` as well.
    if (sent === undefined || received === undefined) return true;
    if (typeof sent !== 'number' || typeof received !== 'number' || sent < 0 || received < 0) return false;
    let counter = this.#interfaces.get(name);
    if (counter === undefined) {
      if (this.#interfaces.size >= MAX_INTERFACES) return true;
      counter = new Counter();
      this.#interfaces.set(name, counter);
    }
    counter.add(time, sent + received, keepMs);
    return true;
  }

  #addCpuCount(value: FieldValue | undefined): boolean {
    if (value === undefined) return true;
    if (typeof value !== 'number' || !(value >= 1)) return false;
    this.#cpuCount = value;
    return true;
  }
}

/** Adds |`base` − percent| as a ratio. Rounding may pass 0 or 100 by a little; anything further makes no sense. */
function addRatio(
  series: Series,
  time: number,
  base: 0 | 100,
  percent: FieldValue | undefined,
  keepMs: number,
): boolean {
  if (percent === undefined) return true;
  if (typeof percent !== 'number' || !(percent >= -1 && percent <= 101)) return false;
  series.add(time, Math.abs(base - Math.min(100, Math.max(0, percent))) / 100, keepMs);
  return true;
}
