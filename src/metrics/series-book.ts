import type { HostTags } from './host-reading.js';
import { HostReadings, MAX_AHEAD_MS } from './host-readings.js';
import { type HostPoint, HostSeries, type HostValue } from './host-series.js';

export interface SeriesBookOptions {
  /** How much history of a host stays. */
  readonly keepMs: number;
  /** Hosts kept; the one that was silent longest goes first. */
  readonly maxHosts: number;
}

/** no-host: it has no tag server or host · future: its time is ahead of ours. */
export type PointFault = 'no-host' | 'future';

interface Host {
  readonly tags: HostTags;
  readonly series: HostSeries;
}

/** The series of many hosts, by the tags `server` and `host` together: two hosts with the same `server` are seen to be two. */
export class SeriesBook {
  readonly #options: SeriesBookOptions;
  /** In order of their last write; by server, then by host ('' for none). */
  readonly #hosts = new Map<string, Host>();
  /** The last of them: what comes of one host mostly comes together. */
  #last: Host | undefined;

  constructor(options: SeriesBookOptions) {
    this.#options = options;
  }

  /**
   * Takes a point that came at `now`; one without a tag server or host is left out, one of the future noted. Returns why
   * it does not count, if so.
   */
  add(tags: HostTags, point: HostPoint, now: number): PointFault | undefined {
    const series = this.#seriesOf(tags);
    if (series === undefined) return 'no-host';
    if (point.time <= now + MAX_AHEAD_MS) {
      series.add(point, now, this.#options.keepMs);
      return undefined;
    }
    if (Number.isFinite(point.time)) series.addFuture(point.time, now);
    return 'future';
  }

  /** The same of one field. */
  addValue(value: HostTags & HostValue, now: number): void {
    const series = this.#seriesOf(value);
    if (value.at <= now + MAX_AHEAD_MS) series?.addValue(value, now, this.#options.keepMs);
    else if (Number.isFinite(value.at)) series?.addFuture(value.at, now);
  }

  /** Means over `windowMs` of all hosts, and what was left out of late. */
  readings(now: number, windowMs: number): HostReadings {
    const readings = new HostReadings(now);
    const since = now - this.#options.keepMs;
    for (const { tags, series } of this.#hosts.values()) series.report(readings, tags, windowMs, since);
    return readings;
  }

  #seriesOf({ server, host }: HostTags): HostSeries | undefined {
    if (server === undefined && host === undefined) return undefined;
    const last = this.#last;
    if (last !== undefined && last.tags.server === server && last.tags.host === host) return last.series;
    const key = `${server ?? ''}\n${host ?? ''}`;
    const known = this.#hosts.get(key);
    // Deleted and set again, it becomes the last in order.
    if (known !== undefined) this.#hosts.delete(key);
    const entry = known ?? { tags: { server, host }, series: new HostSeries() };
    this.#hosts.set(key, entry);
    const isFull = this.#hosts.size > this.#options.maxHosts;
    const oldest = isFull ? this.#hosts.keys().next().value : undefined;
    if (oldest !== undefined) this.#hosts.delete(oldest);
    this.#last = entry;
    return entry.series;
  }
}
