/**
 * What is known of one host. Unknown is `undefined`, never 0. `sampledAt` is the newest CPU reading's time; a value whose
 * own newest reading is more than `metrics.maxAge` older than that is left out by its source.
 */
export interface HostSample {
  /** Busy CPU, mean over the window, 0 to 1. */
  readonly cpu: number | undefined;
  /** Memory in use, 0 to 1. */
  readonly memory: number | undefined;
  /** Sent plus received over real interfaces, mean over the window. */
  readonly networkBytesPerSecond: number | undefined;
  /** Time of the newest CPU sample (of any, where no CPU came), ms since 1970 by the host's clock. */
  readonly sampledAt: number;
  /** The same for memory and network, each by its own newest reading. */
  readonly memorySampledAt?: number | undefined;
  readonly networkSampledAt?: number | undefined;
  /** Logical processors, where the host tells. */
  readonly cpuCount?: number | undefined;
  /** Speed of its fastest real interface in Mbit/s, where the host tells (a virtual one says −1). */
  readonly networkMbit?: number | undefined;
  /** Which tag its samples were found by. */
  readonly matchedBy?: 'server' | 'host' | undefined;
}

/** Which tag values of a sample belong to a server: `server` = id first, else `host` = metricsHost or the URL's host. */
export interface SampleKey {
  readonly serverId: string;
  readonly host: string;
}

/** What may be wrong with samples. short-window: samples come, too few within `metrics.window` for what is a rate. */
export const FAULT_KINDS = [
  'duplicate-tags',
  'bad-value',
  'future-clock',
  'partial',
  'short-window',
  'unreadable',
] as const;

/** Something in a source's answer that was left out, in words for `ballast doctor` and the log. */
export interface SampleFault {
  /** The server it concerns, where that is known. */
  readonly serverId: string | undefined;
  readonly kind: (typeof FAULT_KINDS)[number];
  /** One sentence: what, where, and what was done about it. */
  readonly message: string;
}

/** All hosts at one instant; immutable, swapped in whole. */
export interface LoadTable {
  readonly takenAt: number;
  /** By server ID; a server without samples is absent. */
  readonly samples: ReadonlyMap<string, HostSample>;
  /** What was left out of it; bounded, one of a kind for each server. Absent means nothing. */
  readonly faults?: readonly SampleFault[] | undefined;
  /** Tag values seen that belong to no server of the pool (`server=x` or `host=y`), at most 20. */
  readonly strangers?: readonly string[] | undefined;
}

/** Where samples come from: `ingest`, `influxdb`, `influxql`, `prometheus`. */
export interface SampleSource {
  readonly name: string;
  /** Reads all hosts at once. Throws SourceError (or any Error) when the source cannot answer; the caller keeps the last table. */
  read(keys: readonly SampleKey[], signal: AbortSignal): Promise<LoadTable>;
  /** The same at once, where samples are in memory already. */
  readNow?(keys: readonly SampleKey[]): LoadTable;
  /** Name and version of the engine behind it, for `ballast doctor`; absent where there is none. */
  version?(signal: AbortSignal): Promise<string>;
  /** Gives back connections. */
  close?(): Promise<void>;
}
