/** What is known of one host. Every value carries the time of its own newest sample; unknown is `undefined`, never 0. */
export interface HostSample {
  /** Busy CPU, mean over the window, 0 to 1. */
  readonly cpu: number | undefined;
  /** Memory in use, 0 to 1. */
  readonly memory: number | undefined;
  /** Sent plus received over real interfaces, mean over the window. */
  readonly networkBytesPerSecond: number | undefined;
  /** Time of the newest CPU sample (of any, where no CPU came), ms since 1970 by the host's clock. */
  readonly sampledAt: number;
}

/** Which tag values of a sample belong to a server: `server` = id first, else `host` = metricsHost or the URL's host. */
export interface SampleKey {
  readonly serverId: string;
  readonly host: string;
}

/** All hosts at one instant; immutable, swapped in whole. */
export interface LoadTable {
  readonly takenAt: number;
  /** By server ID; a server without samples is absent. */
  readonly samples: ReadonlyMap<string, HostSample>;
}

/** Where samples come from: `ingest`, later `influxdb`, `influxql`, `prometheus`. */
export interface SampleSource {
  readonly name: string;
  /** Reads all hosts at once. Throws when the source cannot answer; the caller keeps the last table. */
  read(keys: readonly SampleKey[], signal: AbortSignal): Promise<LoadTable>;
  /** The same at once, where samples are in memory already. */
  readNow?(keys: readonly SampleKey[]): LoadTable;
}
