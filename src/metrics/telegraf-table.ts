import type { HostTags } from './host-reading.js';
import { MAX_AHEAD_MS } from './host-readings.js';
import type { HostValue } from './host-series.js';
import { joinReadings } from './join-readings.js';
import type { LoadTable, SampleFault, SampleKey } from './load-table.js';
import { SeriesBook } from './series-book.js';
import { SourceError } from './source-error.js';

/** One value Telegraf wrote, as a database gives it back. */
export interface TelegrafRow extends HostTags, HostValue {}

/** What to ask a database for; times in ms since 1970. */
export interface TelegrafPlan {
  readonly now: number;
  /** All of CPU, memory and traffic between these; what is later is of the future. */
  readonly from: number;
  readonly to: number;
  /**
   * Where rows would be too many: per host and so many ms one mean with its count and the time of its beginning, and of
   * counters the last with its own time.
   */
  readonly everyMs: number | undefined;
  /** Due now and then: newest CPU, processors and interface speed since `from`, and what lies between `to` and `futureTo`. */
  readonly rarely: { readonly from: number; readonly futureTo: number } | undefined;
}

/** What a database answered to a plan. */
export interface TelegrafAnswer {
  readonly recent: readonly TelegrafRow[];
  /** Where means were asked for: the newest readings behind them, for their times. */
  readonly newest?: readonly TelegrafRow[] | undefined;
  /** Only where the plan asked. */
  readonly rare: readonly TelegrafRow[];
  /** Rows that could not be read, in words: the first of them and how many. */
  readonly unreadable?: { readonly count: number; readonly first: string } | undefined;
}

const RARELY_MS = 60_000;
/** A host that fell silent is told from one never heard for so long. */
const LOOK_BACK_MS = 900_000;
const LOOK_AHEAD_MS = 10 * 365 * 86_400_000;
/** Behind the newest sample lies a whole window, also where samples come 15 s late. */
const LAG_MS = 15_000;
const MAX_HOSTS = 20_000;
/** Rows taken in one go: about 2 ms, so that no request waits for a large answer. */
const ROWS_A_TURN = 2_000;

/**
 * Asks a database of Telegraf's samples, whatever its language, and makes the load table of what it says: the same means
 * as the ingest's, reckoned from the samples themselves, since a database takes longer to mean than to hand them over.
 */
export class TelegrafTable {
  readonly #windowMs: number;
  readonly #maxAgeMs: number;
  #everyMs: number | undefined;
  #rarelyAt = Number.NEGATIVE_INFINITY;
  #rare: readonly TelegrafRow[] = [];

  constructor(options: { readonly windowMs: number; readonly maxAgeMs: number }) {
    this.#windowMs = options.windowMs;
    this.#maxAgeMs = options.maxAgeMs;
  }

  /** One refresh: asks once, and once more for less where the answer was too large. */
  async read(
    keys: readonly SampleKey[],
    now: number,
    ask: (plan: TelegrafPlan) => Promise<TelegrafAnswer>,
  ): Promise<LoadTable> {
    const plan = this.#plan(now);
    let answer: TelegrafAnswer;
    try {
      answer = await ask(plan);
    } catch (error) {
      const isTooLarge = error instanceof SourceError && error.reason === 'too-large';
      if (!isTooLarge || plan.everyMs !== undefined) throw error;
      const everyMs = Math.max(1_000, this.#windowMs / 6);
      answer = await ask({ ...plan, everyMs });
      this.#everyMs = everyMs;
    }
    if (plan.rarely !== undefined) {
      this.#rare = newestOfEach(answer.rare, now);
      this.#rarelyAt = now;
    }
    return this.#join(keys, now, answer);
  }

  #plan(now: number): TelegrafPlan {
    const isDue = Math.abs(now - this.#rarelyAt) >= RARELY_MS;
    return {
      now,
      from: now - this.#windowMs - LAG_MS,
      to: now + MAX_AHEAD_MS,
      everyMs: this.#everyMs,
      rarely: isDue
        ? { from: now - Math.max(LOOK_BACK_MS, this.#maxAgeMs), futureTo: now + LOOK_AHEAD_MS }
        : undefined,
    };
  }

  async #join(keys: readonly SampleKey[], now: number, answer: TelegrafAnswer): Promise<LoadTable> {
    const windowMs = this.#windowMs;
    const book = new SeriesBook({ keepMs: windowMs + LAG_MS + MAX_AHEAD_MS, maxHosts: MAX_HOSTS });
    let untilTurn = ROWS_A_TURN;
    for (const row of answer.recent) {
      book.addValue(row, now);
      untilTurn -= 1;
      if (untilTurn > 0) continue;
      untilTurn = ROWS_A_TURN;
      await new Promise((resolve) => setImmediate(resolve));
    }
    const readings = book.readings(now, windowMs);
    for (const row of answer.newest ?? [])
      readings.seen(row, row.measurement === 'cpu' ? 'cpu' : 'memory', row.at);
    for (const row of this.#rare) {
      if (row.field === 'n_cpus') readings.value(row, 'cpuCount', row.value);
      else if (row.field === 'speed') readings.value(row, 'networkMbit', row.value);
      else readings.seen(row, 'cpu', row.at);
    }
    const options = { now, windowMs, maxAgeMs: this.#maxAgeMs };
    return joinReadings(readings.list(), keys, options, unreadableFaults(answer));
  }
}

/** One row of each field of a host, the newest: they are looked at in every refresh of the minute. */
function newestOfEach(rows: readonly TelegrafRow[], now: number): readonly TelegrafRow[] {
  const newest = new Map<string, TelegrafRow>();
  for (const row of rows) {
    const { server = '', host = '', field, interface: name = '' } = row;
    // What is of the future hides nothing of the present.
    const key = [server, host, field, name, row.at > now + MAX_AHEAD_MS].join('\n');
    const known = newest.get(key);
    if (known === undefined || known.at <= row.at) newest.set(key, row);
  }
  return [...newest.values()];
}

function unreadableFaults({ unreadable }: TelegrafAnswer): readonly SampleFault[] {
  if (unreadable === undefined || unreadable.count === 0) return [];
  const { count, first } = unreadable;
  const rows = count === 1 ? 'a row' : `${count} rows`;
  const message = `${rows} of the answer made no sense and ${count === 1 ? 'was' : 'were'} left out; the first: ${first}`;
  return [{ serverId: undefined, kind: 'unreadable', message }];
}
