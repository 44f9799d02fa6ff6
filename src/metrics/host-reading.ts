/** What a host can tell of itself. */
export type Quantity = 'cpu' | 'memory' | 'network' | 'cpuCount' | 'networkMbit';

/** The quantities whose age counts. */
export type Timed = 'cpu' | 'memory' | 'network';

/** Who wrote: Telegraf's tags, or the labels of a scrape. `via` tells apart what has the same tags: a job, say. */
export interface HostTags {
  readonly server: string | undefined;
  readonly host: string | undefined;
  readonly via?: string | undefined;
}

/** What one host told, checked value by value; times are ms since 1970. */
export interface HostReading extends HostTags {
  readonly cpu: number | undefined;
  readonly memory: number | undefined;
  readonly networkBytesPerSecond: number | undefined;
  readonly cpuCount: number | undefined;
  readonly networkMbit: number | undefined;
  /** Times of the newest readings. */
  readonly cpuAt: number | undefined;
  readonly memoryAt: number | undefined;
  readonly networkAt: number | undefined;
  /** Time of a reading that claims to be of the future, and was left out. */
  readonly futureAt: number | undefined;
  /** Its CPU is a rate, for which too few samples came within the window. */
  readonly hasTooFew: boolean;
  /** What made no sense and was left out. */
  readonly badValues: readonly { readonly quantity: Quantity; readonly value: string }[];
}

/** Tags for an operator's eyes: `server=bbb1 host=h1`. */
export function describeTags({ server, host, via }: HostTags): string {
  const parts = [
    ...(server === undefined ? [] : [`server=${server}`]),
    ...(host === undefined ? [] : [`host=${host}`]),
    ...(via === undefined ? [] : [via]),
  ];
  return parts.join(' ').slice(0, 300);
}

/** A tag as it came: text that is not empty, of a bounded length. */
export function tagOf(value: unknown): string | undefined {
  return typeof value === 'string' && value !== '' && value.length <= 255 ? value : undefined;
}

/** Time of the newest reading that counts; CPU first, since placement goes by it. */
export function newestOf({ cpuAt, memoryAt, networkAt }: HostReading): number | undefined {
  return cpuAt ?? maxOf(memoryAt, networkAt);
}

function maxOf(a: number | undefined, b: number | undefined): number | undefined {
  if (a === undefined || b === undefined) return a ?? b;
  return Math.max(a, b);
}
