import type { Logger } from '../log.js';
import { abortable } from './abortable.js';
import { carryOver } from './carry-over.js';
import { FaultLog } from './fault-log.js';
import type { LoadTable, SampleKey, SampleSource } from './load-table.js';
import { loadAsOf, UNKNOWN_LOAD, type ServerLoad } from './server-load.js';
import { SourceError } from './source-error.js';
import { SourceState } from './source-state.js';

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
  /** Time limit of one read; by default most of `refreshMs`, from 2 to 5 s. */
  readonly timeoutMs?: number;
  readonly random?: () => number;
  readonly setTimer?: SetTimer;
  /** Told after each refresh how long it took and whether it succeeded. */
  readonly onRefresh?: ((seconds: number, isUp: boolean) => void) | undefined;
}

/** What is in memory is read again no more often than this. */
const IN_MEMORY_CACHE_MS = 1_000;

/**
 * Keeps the load table fresh: one read every `refreshMs`, never two at once, with back-off while the source fails. A
 * failing source costs no meeting: the last table stays and its samples age. Start and end of an outage are logged once.
 */
export class LoadTableKeeper {
  readonly #deps: LoadTableKeeperDeps;
  #isStopped = false;
  /** Of the read under way: one that lived longer would remember every read. */
  #reading: AbortController | undefined;
  #table: LoadTable = { takenAt: 0, samples: new Map() };
  #readAt = Number.NEGATIVE_INFINITY;
  readonly #state: SourceState;
  readonly #faults: FaultLog;
  #underWay: Promise<void> | undefined;
  #cancelTimer: (() => void) | undefined;

  constructor(deps: LoadTableKeeperDeps) {
    this.#deps = deps;
    this.#state = new SourceState(deps.source?.name ?? 'none', deps.logger);
    this.#faults = new FaultLog(deps.logger);
  }

  /** Whether the last read succeeded; `undefined` without a source or before the first read. */
  get isUp(): boolean | undefined {
    return this.#state.isUp;
  }

  /** Reads at once and then every `refreshMs` until `stop`. */
  start(): void {
    if (this.#deps.source !== undefined && !this.#isStopped) void this.#round();
  }

  /** Breaks off a read under way, waits for its end and closes the source. */
  async stop(): Promise<void> {
    this.#isStopped = true;
    this.#reading?.abort();
    this.#cancelTimer?.();
    await this.#underWay;
    await this.#deps.source?.close?.();
  }

  /** Reads the source now, or joins the read under way. Never throws. */
  refresh(): Promise<void> {
    const { source } = this.#deps;
    if (source === undefined || this.#isStopped) return Promise.resolve();
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
      this.#take(source.readNow(keys()));
      this.#readAt = at;
    }
    return this.#table;
  }

  /** What placement may know of a server's load at `now`. */
  sampleFor(serverId: string, now = this.#deps.now()): ServerLoad {
    const sample = this.current().samples.get(serverId);
    return sample === undefined ? UNKNOWN_LOAD : loadAsOf(sample, now, this.#deps.maxAgeMs);
  }

  async #round(): Promise<void> {
    const startedAt = performance.now();
    await this.refresh();
    if (this.#isStopped) return;
    const { refreshMs, random = Math.random, setTimer = nodeTimer } = this.#deps;
    // Longer, and not in step with other replicas, while the source fails; below two refreshes, so that its return shows by then.
    const periodMs = this.#state.isUp === false ? refreshMs * (1.2 + random() / 2) : refreshMs;
    const waitMs = Math.max(0, periodMs - (performance.now() - startedAt));
    this.#cancelTimer = setTimer(() => void this.#round(), waitMs);
  }

  async #read(source: SampleSource): Promise<void> {
    const { keys, now, refreshMs } = this.#deps;
    const { timeoutMs = Math.min(5_000, Math.max(2_000, refreshMs * 0.8)) } = this.#deps;
    const startedAt = performance.now();
    const reading = new AbortController();
    this.#reading = reading;
    const cancelLimit = nodeTimer(() => {
      reading.abort(new DOMException('no answer in time', 'TimeoutError'));
    }, timeoutMs);
    let isUp = true;
    try {
      const table = await abortable(source.read(keys(), reading.signal), reading.signal);
      if (this.#isStopped) return;
      this.#readAt = now();
      this.#state.answered();
      this.#take(table);
    } catch (error) {
      if (this.#isStopped) return;
      isUp = false;
      const timeout = (): SourceError =>
        new SourceError('timeout', `no answer within ${timeoutMs / 1000} s`, { cause: error });
      this.#state.failed(reading.signal.aborted ? timeout() : error);
    } finally {
      cancelLimit();
    }
    this.#tell((performance.now() - startedAt) / 1000, isUp);
  }

  /** A listener's own fault must not end the refreshes, nor the process. */
  #tell(seconds: number, isUp: boolean): void {
    try {
      this.#deps.onRefresh?.(seconds, isUp);
    } catch (error) {
      this.#deps.logger.error('what follows a refresh of the load table failed', { error });
    }
  }

  #take(table: LoadTable): void {
    this.#table = carryOver(this.#table, table);
    this.#faults.update(table.faults ?? []);
  }
}

function nodeTimer(fn: () => void, ms: number): () => void {
  const timer = setTimeout(fn, ms);
  return () => {
    clearTimeout(timer);
  };
}
