import { Counter } from './counter.js';
import type { HostTags, Quantity } from './host-reading.js';
import type { HostReadings } from './host-readings.js';
import { Series } from './series.js';

/** More interfaces than any BBB host has, each with two directions; what comes beyond is ignored. */
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

/** What is told of one host at one time: fields of a measurement of Telegraf. */
export interface HostPoint {
  readonly measurement: string;
  readonly interface: string | undefined;
  readonly fields: ReadonlyMap<string, unknown>;
  /** ms since 1970. */
  readonly time: number;
}

/** One field of it. */
export interface HostValue {
  readonly measurement: string;
  readonly interface: string | undefined;
  readonly field: string;
  readonly value: unknown;
  /** ms since 1970. */
  readonly at: number;
  /** How many readings a gauge is the mean of; 1 where absent. */
  readonly count?: number | undefined;
}

/** The last minutes of one host. */
export class HostSeries {
  readonly #cpu = new Series();
  readonly #available = new Series();
  readonly #used = new Series();
  /** By interface and direction. */
  readonly #counters = new Map<string, Counter>();
  readonly #speeds = new Map<string, number>();
  readonly #bad = new Map<Quantity, LeftOut>();
  #future: { readonly aheadMs: number; readonly notedAt: number } | undefined;
  #cpuCount: unknown;

  /** Takes a point of use; `now` is when it came, `keepMs` how much history stays. */
  add({ measurement, interface: name, fields, time }: HostPoint, now: number, keepMs: number): void {
    const hasBetter = fields.has('available_percent');
    for (const [field, value] of fields) {
      if (field === 'used_percent' && hasBetter) continue;
      this.addValue({ measurement, interface: name, field, value, at: time }, now, keepMs);
    }
  }

  /** The same of one field. */
  addValue(given: HostValue, now: number, keepMs: number): void {
    const { measurement, field, value } = given;
    switch (measurement) {
      case 'cpu':
        if (field === 'usage_idle') this.#addGauge('cpu', this.#cpu, 100, given, now, keepMs);
        break;
      case 'mem':
        if (field === 'available_percent') this.#addGauge('memory', this.#available, 100, given, now, keepMs);
        else if (field === 'used_percent') this.#addGauge('memory', this.#used, 0, given, now, keepMs);
        break;
      case 'net':
        if (field === 'bytes_sent' || field === 'bytes_recv') this.#addTraffic(given, now, keepMs);
        else if (field === 'speed') this.#addSpeed(given);
        break;
      default:
        if (field === 'n_cpus') this.#cpuCount = value;
    }
  }

  /** Notes that a point claims to be of the future, and was left out. */
  addFuture(at: number, now: number): void {
    this.#future = { aheadMs: at - now, notedAt: now };
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
      readings.ahead(tags, this.#future.aheadMs);
    }
  }

  /** Takes |`base` − percent| as a ratio. Rounding may pass 0 or 100 by a little; anything further makes no sense. */
  #addGauge(
    quantity: Quantity,
    series: Series,
    base: 0 | 100,
    { value, at, count }: HostValue,
    now: number,
    keepMs: number,
  ): void {
    if (typeof value === 'number' && value >= -1 && value <= 101) {
      series.add(at, Math.abs(base - Math.min(100, Math.max(0, value))) / 100, keepMs, count);
    } else this.#bad.set(quantity, { value, notedAt: now });
  }

  #addTraffic({ interface: name = '', field, value, at }: HostValue, now: number, keepMs: number): void {
    if (typeof value !== 'number' || !(value >= 0 && value <= 2 ** 64)) {
      this.#bad.set('network', { value, notedAt: now });
      return;
    }
    const key = `${field} ${name}`;
    let counter = this.#counters.get(key);
    if (counter === undefined) {
      if (this.#counters.size >= 2 * MAX_INTERFACES) return;
      counter = new Counter();
      this.#counters.set(key, counter);
    }
    counter.add(at, value, keepMs);
  }

  #addSpeed({ interface: name = '', value }: HostValue): void {
    if (typeof value === 'number' && this.#speeds.size < MAX_INTERFACES) this.#speeds.set(name, value);
  }
}
