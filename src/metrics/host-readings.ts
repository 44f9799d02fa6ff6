import type { HostReading, HostTags, Quantity, Timed } from './host-reading.js';

interface Entry {
  readonly tags: HostTags;
  readonly values: Map<Quantity, number>;
  readonly times: Map<Timed, number>;
  readonly badValues: Map<Quantity, string>;
  hasAllTraffic: boolean;
  hasTooFew: boolean;
  futureAt: number | undefined;
}

/** A host's clock may run ahead by this much; what claims to be later is left out. */
export const MAX_AHEAD_MS = 60_000;

/** More than a bucket of one pool can hold; what comes beyond is ignored. */
const MAX_HOSTS = 50_000;

/** What is believable, and how it is taken. Rounding may pass 0 and 1 by a little. */
const CHECKS: Readonly<Record<Quantity, (value: number) => number | undefined>> = {
  cpu: ratio,
  memory: ratio,
  network: (value) => (value >= 0 && value <= 1e12 ? value : undefined),
  cpuCount: (value) => (value >= 1 && value <= 10_000 ? Math.round(value) : undefined),
  networkMbit: (value) => (value > 0 && value <= 1e7 ? value : undefined),
};

/** Collects what a source tells of each host, in any order, and puts aside what makes no sense. */
export class HostReadings {
  readonly #now: number;
  readonly #entries = new Map<string, Entry>();

  /** `now` in ms since 1970: against it a time counts as in the future. */
  constructor(now: number) {
    this.#now = now;
  }

  /**
   * Takes a value: CPU and memory as ratios, network in bytes a second. Rates of several interfaces add up, of several
   * speeds and counts the largest stays, of several ratios the last.
   */
  value(tags: HostTags, quantity: Quantity, value: unknown): void {
    if (value === undefined || value === null) return;
    // Virtual interfaces tell −1, idle ones 0: not known.
    if (quantity === 'networkMbit' && typeof value === 'number' && value <= 0) return;
    const checked = typeof value === 'number' ? CHECKS[quantity](value) : undefined;
    const entry = this.#entry(tags);
    if (checked === undefined) {
      this.bad(tags, quantity, value);
      if (entry !== undefined && quantity === 'network') entry.hasAllTraffic = false;
      return;
    }
    const values = entry?.values;
    const known = values?.get(quantity);
    if (quantity === 'network') values?.set(quantity, (known ?? 0) + checked);
    else if (quantity === 'cpu' || quantity === 'memory') values?.set(quantity, checked);
    else values?.set(quantity, Math.max(known ?? 0, checked));
  }

  /** Takes the time of a newest reading, ms since 1970. */
  seen(tags: HostTags, quantity: Timed, at: number): void {
    const entry = this.#entry(tags);
    if (entry === undefined || !Number.isFinite(at)) return;
    if (at > this.#now + MAX_AHEAD_MS) this.ahead(tags, at - this.#now);
    else entry.times.set(quantity, Math.max(entry.times.get(quantity) ?? at, at));
  }

  /** Notes that the host's clock runs ahead by so much; what it wrote of that time was left out. */
  ahead(tags: HostTags, ms: number): void {
    const entry = this.#entry(tags);
    if (entry !== undefined) entry.futureAt = Math.max(entry.futureAt ?? 0, this.#now + ms);
  }

  /** Notes that samples come, and too few within the window for what is a rate. */
  tooFew(tags: HostTags): void {
    const entry = this.#entry(tags);
    if (entry !== undefined) entry.hasTooFew = true;
  }

  /** Notes a single reading that makes no sense and was left out of its value; `value` is as it came. */
  bad(tags: HostTags, quantity: Quantity, value: unknown): void {
    this.#entry(tags)?.badValues.set(quantity, describeValue(value));
  }

  /** All hosts. The traffic of a host one of whose interfaces made no sense is unknown. */
  list(): readonly HostReading[] {
    return [...this.#entries.values()].map(
      ({ tags, values, times, badValues, hasAllTraffic, hasTooFew, futureAt }) => ({
        ...tags,
        hasTooFew,
        cpu: values.get('cpu'),
        memory: values.get('memory'),
        networkBytesPerSecond: hasAllTraffic ? values.get('network') : undefined,
        cpuCount: values.get('cpuCount'),
        networkMbit: values.get('networkMbit'),
        cpuAt: times.get('cpu'),
        memoryAt: times.get('memory'),
        networkAt: times.get('network'),
        futureAt,
        badValues: [...badValues].map(([quantity, value]) => ({ quantity, value })),
      }),
    );
  }

  #entry(tags: HostTags): Entry | undefined {
    const key = keyOf(tags);
    const known = this.#entries.get(key);
    if (known !== undefined || this.#entries.size >= MAX_HOSTS) return known;
    const entry: Entry = {
      tags,
      values: new Map(),
      times: new Map(),
      badValues: new Map(),
      hasAllTraffic: true,
      hasTooFew: false,
      futureAt: undefined,
    };
    this.#entries.set(key, entry);
    return entry;
  }
}

/** Not only joined: a tag may hold any character. */
function keyOf({ server = '', host = '', via = '' }: HostTags): string {
  return `${server.length}:${server}${host.length}:${host}${via}`;
}

function ratio(value: number): number | undefined {
  return value >= -0.01 && value <= 1.01 ? Math.min(1, Math.max(0, value)) : undefined;
}

/** A value as it came, short. */
function describeValue(value: unknown): string {
  if (typeof value === 'number') return String(value);
  return typeof value === 'string' ? `the text "${value.slice(0, 20)}"` : `a ${typeof value}`;
}
