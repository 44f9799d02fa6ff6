import type { Logger } from '../log.js';
import type { PlacementRecord, PlacementStore } from '../placement/types.js';

/** Decisions of the last minutes, whole. Beyond them the store answers. */
const RING_SIZE = 500;

/** In the store a decision keeps the candidates a person would look at; a pool of 500 would cost 100 kB a meeting. */
const STORED_CANDIDATES = 40;

/** Keeps each decision: a ring in memory, and the store behind it, written without making the create wait. */
export class PlacementJournal {
  readonly #store: PlacementStore;
  readonly #logger: Logger;
  readonly #ring: PlacementRecord[] = [];
  readonly #underWay = new Set<Promise<void>>();
  #hasFailed = false;

  constructor(store: PlacementStore, logger: Logger) {
    this.#store = store;
    this.#logger = logger;
  }

  record(record: PlacementRecord): void {
    this.#ring.push(record);
    if (this.#ring.length > RING_SIZE) this.#ring.shift();
    const saving = this.#save(record).finally(() => this.#underWay.delete(saving));
    this.#underWay.add(saving);
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

  /** Waits until everything recorded is stored. */
  async stop(): Promise<void> {
    await Promise.all(this.#underWay);
  }

  async #save(record: PlacementRecord): Promise<void> {
    try {
      await this.#store.savePlacement(shortened(record));
      this.#hasFailed = false;
    } catch (error) {
      // The meeting itself is safe; one line until it works again.
      if (!this.#hasFailed)
        this.#logger.error('placements cannot be stored; explain will forget them', { error });
      this.#hasFailed = true;
    }
  }
}

function shortened(record: PlacementRecord): PlacementRecord {
  const { candidates } = record.decision;
  if (candidates.length <= STORED_CANDIDATES) return record;
  const best = [...candidates].sort((a, b) => (a.rank ?? Infinity) - (b.rank ?? Infinity));
  return { ...record, decision: { ...record.decision, candidates: best.slice(0, STORED_CANDIDATES) } };
}
