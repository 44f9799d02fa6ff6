import type { Logger } from '../log.js';
import type { HostSample, LoadTable, SampleKey, SampleSource } from './load-table.js';

/** Calls `fn` once after `ms` unless the returned function is called before. */
export type SetTimer = (fn: () => void, ms: number) => () => void;

export interface LoadTableKeeperDeps {
  /** Absent with `metrics.source: none`: everything is unknown. */
  readonly source: SampleSource | undefined;
  /** The servers of the pool, asked at each refresh. */
  readonly keys: () => readonly SampleKey[];
  readonly refreshMs: number;
  /** A sample older than this counts as unknown. */
  readonly maxAgeMs: number;
  /** ms since 1970. */
  readonly now: () => number;
  readonly logger: Logger;
  /** Time limit of one read. */
  readonly timeoutMs?: number;
  readonly random?: () => number;
  readonly setTimer?: SetTimer;
  /** Told after each refresh how long it took and whether it succeeded. */
  readonly onRefresh?: ((seconds: number, isUp: boolean) => void) | undefined;
}

/** One server's load as of now: values too old to count are `undefined`, the age of the newest sample stays. */
export interface ServerLoad {
  readonly cpu: number | undefined;
  readonly memory: number | undefined;
  readonly networkBytesPerSecond: number | undefined;
  readonly sampleAgeMs: number | undefined;
}

const UNKNOWN: ServerLoad = {
  cpu: undefined,
  memory: undefined,
  networkBytesPerSecond: undefined,
  sampleAgeMs: undefined,
};

/** An outage must show its end within 15 s, so the back-off stays below that. */
const MAX_BACKOFF_MS = 10_000;
/** What is in memory is read again no more often than this. */
const IN_MEMORY_CACHE_MS = 1_000;

/**
 * Keeps the load table fresh: one read every `refreshMs`, never two at once, with back-off while the source fails. A
 * failing source costs no meeting: the last table stays and its samples age. Start and end of an outage are logged once.
 */
export class LoadTableKeeper {
  readonly #deps: LoadTableKeeperDeps;
  readonly #stopped = new AbortController();
  #table: LoadTable = { takenAt: 0, samples: new Map() };
  #readAt = Number.NEGATIVE_INFINITY;
  #failures = 0;
  #isUp: boolean | undefined;
  #underWay: Promise<void> | undefined;
  #cancelTimer: (() => void) | undefined;

  constructor(deps: LoadTableKeeperDeps) {
    this.#deps = deps;
  }

  /** Whether the last read succeeded; `undefined` without a source or before the first read. */
  get isUp(): boolean | undefined {
    return this.#isUp;
  }

  /** Reads at once and then every `refreshMs` until `stop`. */
  start(): void {
    if (this.#deps.source !== undefined && !this.#stopped.signal.aborted) void this.#round();
  }

  /** Breaks off a read under way and waits for its end. */
  async stop(): Promise<void> {
    this.#stopped.abort();
    this.#cancelTimer?.();
    await this.#underWay;
  }

  /** Reads the source now, or joins the read under way. Never throws. */
  refresh(): Promise<void> {
    const { source } = this.#deps;
    if (source === undefined) return Promise.resolve();
    this.#underWay ??= this.#read(source).finally(() => {
      this.#underWay = undefined;
    });
    return this.#underWay;
  }

  /** The newest table. A source that holds its samples in memory is asked anew, at most once a second. */
  current(): LoadTable {
    const { source, now, keys, refreshMs } = this.#deps;
    const at = now();
    const age = at - this.#readAt;
    // A clock set back must not freeze the table.
    if (source?.readNow !== undefined && (age >= Math.min(IN_MEMORY_CACHE_MS, refreshMs) || age < 0)) {
      this.#table = source.readNow(keys());
      this.#readAt = at;
    }
    return this.#table;
  }

  /** What placement may know of a server's load at `now`. */
  sampleFor(serverId: string, now = this.#deps.now()): ServerLoad {
    const sample = this.current().samples.get(serverId);
    return sample === undefined ? UNKNOWN : asOf(sample, now, this.#deps.maxAgeMs);
  }

  async #round(): Promise<void> {
    const startedAt = performance.now();
    await this.refresh();
    if (this.#stopped.signal.aborted) return;
    const { refreshMs, random = Math.random, setTimer = nodeTimer } = this.#deps;
    const backoffMs = Math.min(
      Math.max(refreshMs, MAX_BACKOFF_MS),
      refreshMs * 2 ** Math.min(this.#failures, 10),
    );
    const waitMs =
      this.#failures === 0
        ? Math.max(0, refreshMs - (performance.now() - startedAt))
        : backoffMs * (0.5 + random() / 2);
    this.#cancelTimer = setTimer(() => void this.#round(), waitMs);
  }

  async #read(source: SampleSource): Promise<void> {
    const { keys, now, timeoutMs = 5_000, onRefresh } = this.#deps;
    const startedAt = performance.now();
    const stopped = this.#stopped.signal;
    const signal = AbortSignal.any([stopped, AbortSignal.timeout(timeoutMs)]);
    let failure: unknown;
    try {
      signal.throwIfAborted();
      this.#table = await abortable(source.read(keys(), signal), signal);
      this.#readAt = now();
    } catch (error) {
      failure = error ?? new Error('unknown failure');
    }
    if (stopped.aborted) return;
    this.#note(source, failure);
    onRefresh?.((performance.now() - startedAt) / 1000, failure === undefined);
  }

  #note(source: SampleSource, failure: unknown): void {
    const { logger } = this.#deps;
    if (failure === undefined) {
      if (this.#isUp === false) logger.info('metrics source answers again', { source: source.name });
      this.#failures = 0;
      this.#isUp = true;
      return;
    }
    this.#failures += 1;
    if (this.#isUp === false) return;
    this.#isUp = false;
    logger.warn('metrics source fails; samples age, then placement goes by attendees', {
      source: source.name,
      error: failure instanceof Error ? failure.message : 'unknown failure',
    });
  }
}

/** A sample as of `now`; a host whose clock runs ahead has an age of 0. */
function asOf(sample: HostSample, now: number, maxAgeMs: number): ServerLoad {
  const sampleAgeMs = Math.max(0, now - sample.sampledAt);
  if (!(sampleAgeMs <= maxAgeMs)) return { ...UNKNOWN, sampleAgeMs };
  const { cpu, memory, networkBytesPerSecond } = sample;
  return { cpu, memory, networkBytesPerSecond, sampleAgeMs };
}

/** Ends the wait when the signal fires, also for a source that does not heed it. */
function abortable<T>(work: Promise<T>, signal: AbortSignal): Promise<T> {
  return new Promise((resolve, reject) => {
    const onAbort = (): void => {
      reject(signal.reason instanceof Error ? signal.reason : new Error('broken off'));
    };
    signal.addEventListener('abort', onAbort, { once: true });
    work.then(resolve, reject).finally(() => {
      signal.removeEventListener('abort', onAbort);
    });
  });
}

function nodeTimer(fn: () => void, ms: number): () => void {
  const timer = setTimeout(fn, ms);
  return () => {
    clearTimeout(timer);
  };
}
