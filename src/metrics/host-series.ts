import { Counter } from './counter.js';
import type { HostTags, Quantity } from './host-reading.js';
import type { HostReadings } from './host-readings.js';
import { Series } from './series.js';

/** More interfaces than any BBB host has; what comes beyond is ignored. */
const MAX_INTERFACES = 32;

/** Interfaces that carry no traffic of their own; `all` is Telegraf's name for protocol statistics. RE2 reads it as well. */
export const VIRTUAL_INTERFACE = /^(?:lo\d*|all|docker.*|veth.*|br-.*)$/;

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

interface LeftOut {
  readonly value: unknown;
  readonly notedAt: number;
}

/** What is told of one host at one time: fields of a measurement of Telegraf, all of them or one. */
export interface HostPoint {
  readonly measurement: string;
  readonly interface: string | undefined;
  readonly fields: ReadonlyMap<string, unknown>;
  /** ms since 1970. */
  readonly time: number;
  /** How many readings its gauges are means of; 1 where absent. */
  readonly count?: number | undefined;
}

const COUNTERS = ['bytes_sent', 'bytes_recv'] as const;

/** The last minutes of one host. */
export class HostSeries {
  readonly #cpu = new Series();
  readonly #available = new Series();
  readonly #used = new Series();
  /** By interface and direction. */
  readonly #counters = new Map<string, Counter>();
  readonly #speeds = new Map<string, number>();
  readonly #bad = new Map<Quantity, LeftOut>();
  #future: { readonly at: number; readonly notedAt: number } | undefined;
  #cpuCount: unknown;

  /** Takes a point of use; `now` is when it came, `keepMs` how much history stays. */
  add(point: HostPoint, now: number, keepMs: number): void {
    const { measurement, fields } = point;
    const take = (quantity: 'cpu' | 'memory', series: Series, base: 0 | 100, percent: unknown): void => {
      if (percent === undefined || addRatio(series, point, base, percent, keepMs)) return;
      this.#bad.set(quantity, { value: percent, notedAt: now });
    };
    switch (measurement) {
      case 'cpu':
        take('cpu', this.#cpu, 100, fields.get('usage_idle'));
        break;
      case 'mem':
        take('memory', this.#available, 100, fields.get('available_percent'));
        if (!fields.has('available_percent')) take('memory', this.#used, 0, fields.get('used_percent'));
        break;
      case 'net':
        this.#addTraffic(point, now, keepMs);
        break;
      default:
        this.#cpuCount = fields.get('n_cpus') ?? this.#cpuCount;
    }
  }

  /** Notes that a point claims to be of the future, and was left out. */
  addFuture(at: number, now: number): void {
    this.#future = { at, notedAt: now };
  }

  /** Tells means over `windowMs` before the newest reading, and what was left out since `since`. */
  report(readings: HostReadings, tags: HostTags, windowMs: number, since: number): void {
    // Not all kernels tell what is available; what is used counts only where nothing better came.
    const memory = this.#available.newest === undefined ? this.#used : this.#available;
    const newestTraffic = Math.max(
      Number.NEGATIVE_INFINITY,
      ...[...this.#counters.values()].map(({ newest }) => newest ?? Number.NEGATIVE_INFINITY),
    );
    readings.value(tags, 'cpu', this.#cpu.mean(windowMs));
    readings.value(tags, 'memory', memory.mean(windowMs));
    for (const counter of this.#counters.values()) {
      readings.value(tags, 'network', counter.ratePerSecond(newestTraffic, windowMs));
    }
    readings.value(tags, 'cpuCount', this.#cpuCount);
    for (const speed of this.#speeds.values()) readings.value(tags, 'networkMbit', speed);
    readings.seen(tags, 'cpu', this.#cpu.newest ?? Number.NaN);
    readings.seen(tags, 'memory', memory.newest ?? Number.NaN);
    readings.seen(tags, 'network', newestTraffic);
    for (const [quantity, { value, notedAt }] of this.#bad) {
      if (notedAt >= since) readings.bad(tags, quantity, value);
    }
    if (this.#future !== undefined && this.#future.notedAt >= since) {
      readings.seen(tags, 'cpu', this.#future.at);
    }
  }

  #addTraffic(point: HostPoint, now: number, keepMs: number): void {
    const { fields, time, interface: name = '' } = point;
    for (const direction of COUNTERS) {
      const bytes = fields.get(direction);
      if (bytes === undefined) continue;
      if (typeof bytes !== 'number' || !(bytes >= 0 && bytes <= 2 ** 64)) {
        this.#bad.set('network', { value: bytes, notedAt: now });
        continue;
      }
      const key = `${direction} ${name}`;
      let counter = this.#counters.get(key);
      if (counter === undefined) {
        if (this.#counters.size >= COUNTERS.length * MAX_INTERFACES) continue;
        counter = new Counter();
        this.#counters.set(key, counter);
      }
      counter.add(time, bytes, keepMs);
    }
    const speed = fields.get('speed');
    if (typeof speed === 'number' && this.#speeds.size < MAX_INTERFACES) this.#speeds.set(name, speed);
  }
}

/** Adds |`base` − percent| as a ratio. Rounding may pass 0 or 100 by a little; anything further makes no sense. */
function addRatio(
  series: Series,
  { time, count = 1 }: HostPoint,
  base: 0 | 100,
  percent: unknown,
  keepMs: number,
): boolean {
  if (typeof percent !== 'number' || !(percent >= -1 && percent <= 101)) return false;
  series.add(time, Math.abs(base - Math.min(100, Math.max(0, percent))) / 100, keepMs, count);
  return true;
}
