import { tagOf } from './host-reading.js';
import { isOfUse } from './host-series.js';
import { joinReadings } from './join-readings.js';
import type { LoadTable, SampleKey, SampleSource } from './load-table.js';
import type { Point, WantsPoint } from './parse-line.js';
import { type PointFault, SeriesBook } from './series-book.js';

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

/** The last minutes of each host that writes to the embedded ingest, in memory and bounded. */
export class IngestStore implements SampleSource {
  readonly name = 'ingest';
  readonly #deps: IngestStoreDeps;
  readonly #book: SeriesBook;

  constructor(deps: IngestStoreDeps) {
    this.#deps = deps;
    this.#book = new SeriesBook({
      keepMs: Math.max(2 * deps.windowMs, 120_000),
      maxHosts: deps.maxHosts ?? 2_000,
    });
  }

  /** Which points to hand to `write`. */
  readonly wants: WantsPoint = isOfUse;

  /** Takes one point, without a time as of now. Returns why it does not count, if so. */
  write({ measurement, tags, fields, timeMs }: Point): PointFault | undefined {
    const now = this.#deps.now();
    const owner = { server: tagOf(tags.get('server')), host: tagOf(tags.get('host')) };
    const point = { measurement, interface: tags.get('interface'), fields, time: timeMs ?? now };
    return this.#book.add(owner, point, now);
  }

  async read(keys: readonly SampleKey[]): Promise<LoadTable> {
    return this.readNow(keys);
  }

  /** As `read`, without waiting: everything is in memory. */
  readNow(keys: readonly SampleKey[]): LoadTable {
    const { windowMs, maxAgeMs } = this.#deps;
    const now = this.#deps.now();
    const readings = this.#book.readings(now, windowMs).list();
    return joinReadings(readings, keys, { now, windowMs, maxAgeMs });
  }
}
