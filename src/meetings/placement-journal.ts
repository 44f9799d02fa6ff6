import { setImmediate } from 'node:timers/promises';
import type { Logger } from '../log.js';
import type { PlacementRecord, PlacementStore } from '../placement/types.js';

/** Decisions of the last minutes, whole. Beyond them the store answers. */
const RING_SIZE = 500;

/** All their candidates together: a pool of 500 would fill 200 MB with as many decisions. */
const RING_CANDIDATES = 50_000;

/** In the store a decision keeps the candidates a person would look at; a pool of 500 would cost 100 kB a meeting. */
const STORED_CANDIDATES = 40;

/** How long decisions wait to be written together: in a burst of creates the store is for the claims. */
const WRITE_AFTER_MS = 500;

/** Between two such parts of a burst other calls are served: its sentences are made as it is written. */
const WRITTEN_AT_ONCE = 10;

/** Keeps each decision: a ring in memory, and the store behind it, written in batches behind the creates. */
export class PlacementJournal {
  readonly #store: PlacementStore;
  readonly #logger: Logger;
  readonly #ring: PlacementRecord[] = [];
  #candidates = 0;
  #unwritten: PlacementRecord[] = [];
  #timer: NodeJS.Timeout | undefined;
  #writing: Promise<void> = Promise.resolve();
  #hasFailed = false;

  constructor(store: PlacementStore, logger: Logger) {
    this.#store = store;
    this.#logger = logger;
  }

  record(record: PlacementRecord): void {
    this.#ring.push(record);
    this.#candidates += record.decision.candidates.length;
    while (this.#ring.length > RING_SIZE || (this.#candidates > RING_CANDIDATES && this.#ring.length > 1)) {
      this.#candidates -= this.#ring.shift()?.decision.candidates.length ?? 0;
    }
    this.#unwritten.push(shortened(record));
    this.#timer ??= setTimeout(() => {
      this.#flush();
    }, WRITE_AFTER_MS);
  }

  /** Newest first, from the ring where it holds enough, else from the store. */
  async list(filter: {
    readonly tenantId?: string | undefined;
    readonly meetingId?: string | undefined;
    readonly limit: number;
  }): Promise<readonly PlacementRecord[]> {
    const recent = this.#ring
      .filter(
        (record) =>
          (filter.tenantId === undefined || record.tenantId === filter.tenantId) &&
          (filter.meetingId === undefined || record.meetingId === filter.meetingId),
      )
      .reverse()
      .slice(0, filter.limit);
    if (recent.length >= filter.limit) return recent;
    const known = new Set(recent.map((record) => record.id));
    const older = await this.#store.listPlacements(filter);
    return [...recent, ...older.filter((record) => !known.has(record.id))].slice(0, filter.limit);
  }

  /** The one with this ID: whole while it is recent, later with the candidates the store keeps. */
  async find(id: string): Promise<PlacementRecord | undefined> {
    return this.#ring.find((record) => record.id === id) ?? this.#store.findPlacement(id);
  }

  /** Writes what is not written yet, and waits for it. */
  async stop(): Promise<void> {
    this.#flush();
    await this.#writing;
  }

  #flush(): void {
    clearTimeout(this.#timer);
    this.#timer = undefined;
    const batch = this.#unwritten;
    this.#unwritten = [];
    if (batch.length > 0) this.#writing = this.#writing.then(() => this.#write(batch));
  }

  async #write(batch: readonly PlacementRecord[]): Promise<void> {
    try {
      for (let from = 0; from < batch.length; from += WRITTEN_AT_ONCE) {
        await this.#store.savePlacements(batch.slice(from, from + WRITTEN_AT_ONCE));
        await setImmediate();
      }
      this.#hasFailed = false;
    } catch (error) {
      // The meetings themselves are safe; one line until it works again.
      if (!this.#hasFailed)
        this.#logger.error('placements cannot be stored; explain will forget them', { error });
      this.#hasFailed = true;
    }
  }
}

function shortened(record: PlacementRecord): PlacementRecord {
  const { candidates } = record.decision;
  if (candidates.length <= STORED_CANDIDATES) return record;
  // They come best first.
  return { ...record, decision: { ...record.decision, candidates: candidates.slice(0, STORED_CANDIDATES) } };
}
