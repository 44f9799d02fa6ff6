import { HostSeries, isOfUse } from './host-series.js';
import type { HostSample, LoadTable, SampleKey, SampleSource } from './load-table.js';
import type { Point, WantsPoint } from './parse-line.js';

export interface IngestStoreDeps {
  /** The mean is taken over this. */
  readonly windowMs: number;
  /** A value whose newest reading is this much older than the host's CPU is unknown. */
  readonly maxAgeMs: number;
  /** ms since 1970. */
  readonly now: () => number;
  /** Hosts kept; the one that was silent longest goes first. */
  readonly maxHosts?: number;
}

/** What came in since the start. */
export interface IngestCounts {
  readonly points: number;
  /** Left out: no host, a time in the future, a value that makes no sense. */
  readonly ignored: number;
  readonly hosts: number;
}

interface Host {
  readonly server: string | undefined;
  readonly host: string | undefined;
  readonly series: HostSeries;
}

/** A host's clock may run ahead by this much; what claims to be later is left out. */
const MAX_AHEAD_MS = 60_000;
const MAX_TAG_LENGTH = 255;

/**
 * The last minutes of each host that writes to the embedded ingest, in memory and bounded. Samples are kept by the tag
 * `server`, else by the tag `host`.
 */
export class IngestStore implements SampleSource {
  readonly name = 'ingest';
  readonly #deps: IngestStoreDeps;
  readonly #maxHosts: number;
  readonly #keepMs: number;
  /** In order of their last write. */
  readonly #hosts = new Map<string, Host>();
  /** By the tag `host`: the key of the entry that wrote last. */
  readonly #byHost = new Map<string, string>();
  #points = 0;
  #ignored = 0;

  constructor(deps: IngestStoreDeps) {
    this.#deps = deps;
    this.#maxHosts = deps.maxHosts ?? 2_000;
    this.#keepMs = Math.max(2 * deps.windowMs, 120_000);
  }

  /** Which points to hand to `write`. */
  readonly wants: WantsPoint = isOfUse;

  /** Takes one point; its time is ms since 1970, `undefined` means now. */
  write(point: Point, timeMs: number | undefined): void {
    const now = this.#deps.now();
    const time = timeMs ?? now;
    const host = this.#hostOf(point);
    if (host === undefined || !(time <= now + MAX_AHEAD_MS) || !host.series.add(point, time, this.#keepMs)) {
      this.#ignored += 1;
      return;
    }
    this.#points += 1;
  }

  /** Hosts, points taken and points left out. */
  counts(): IngestCounts {
    return { points: this.#points, ignored: this.#ignored, hosts: this.#hosts.size };
  }

  async read(keys: readonly SampleKey[]): Promise<LoadTable> {
    return this.readNow(keys);
  }

  /** As `read`, without waiting: everything is in memory. */
  readNow(keys: readonly SampleKey[]): LoadTable {
    const serverIds = new Set(keys.map(({ serverId }) => serverId));
    const samples = new Map<string, HostSample>();
    for (const key of keys) {
      const sample = this.#find(key, serverIds)?.sample(this.#deps.windowMs, this.#deps.maxAgeMs);
      if (sample !== undefined) samples.set(key.serverId, sample);
    }
    return { takenAt: this.#deps.now(), samples };
  }

  /** Cores of a server's host, where it told. */
  cpuCount(key: SampleKey): number | undefined {
    return this.#find(key, new Set([key.serverId]))?.cpuCount;
  }

  #find({ serverId, host }: SampleKey, serverIds: ReadonlySet<string>): HostSeries | undefined {
    const own = this.#hosts.get(`server:${serverId}`);
    if (own !== undefined) return own.series;
    const other = this.#hosts.get(this.#byHost.get(host) ?? `host:${host}`);
    // Samples that name another server of the pool are that server's, even from the same machine.
    return other?.server !== undefined && serverIds.has(other.server) ? undefined : other?.series;
  }

  #hostOf({ tags }: Point): Host | undefined {
    const server = tags.get('server');
    const host = tags.get('host');
    const id = server ?? host;
    if (id === undefined || id.length > MAX_TAG_LENGTH || (host?.length ?? 0) > MAX_TAG_LENGTH)
      return undefined;
    const key = server === undefined ? `host:${id}` : `server:${id}`;
    const known = this.#hosts.get(key);
    // Deleted and set again, it becomes the last in order.
    if (known !== undefined) this.#hosts.delete(key);
    const entry =
      known?.host === host && known !== undefined
        ? known
        : { server, host, series: known?.series ?? new HostSeries() };
    this.#hosts.set(key, entry);
    if (host !== undefined) this.#byHost.set(host, key);
    if (known !== undefined && known.host !== host) this.#forgetHostTag(known.host, key);
    if (this.#hosts.size > this.#maxHosts) this.#evict();
    return entry;
  }

  #evict(): void {
    for (const [key, { host }] of this.#hosts) {
      this.#hosts.delete(key);
      this.#forgetHostTag(host, key);
      return;
    }
  }

  #forgetHostTag(host: string | undefined, key: string): void {
    if (host !== undefined && this.#byHost.get(host) === key) this.#byHost.delete(host);
  }
}
