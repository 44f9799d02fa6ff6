import { setImmediate } from 'node:timers/promises';
import type { Kysely, Transaction } from 'kysely';
import type { Database } from './schema.js';
import { StoreError } from './store-error.js';

/** A batch runs without a pause for calls: about 2 ms. What is left over is the next one. */
const MAX_BATCH = 64;

/** One step on the database: may be run a second time after the first was rolled back, so it only touches that. */
export type Write<T> = (transaction: Transaction<Database>) => Promise<T>;

/** A write that was asked for; `attempt` gives what tells the caller of its success, for after the commit. */
interface Waiting {
  readonly attempt: (transaction: Transaction<Database>) => Promise<() => void>;
  readonly reject: (error: unknown) => void;
}

/**
 * Group commit: what is asked for while the process takes calls runs in one transaction, in the order in which it was
 * asked for. A commit costs more than the write before it, and in a burst of creates there is one for many. A promise
 * settles only once its own write is committed or rolled back.
 */
export class WriteBatches {
  readonly #db: Kysely<Database>;
  #waiting: Waiting[] = [];
  #length = 0;
  #running: Promise<void> | undefined;

  constructor(db: Kysely<Database>) {
    this.#db = db;
  }

  /** Writes that are not committed yet. */
  get length(): number {
    return this.#length;
  }

  /** Runs the write in a transaction shared with others. Rejects with what made this write fail. */
  async run<T>(write: Write<T>): Promise<T> {
    this.#length += 1;
    return await new Promise<T>((resolve, reject) => {
      const attempt: Waiting['attempt'] = async (transaction) => {
        const result = await write(transaction);
        return () => {
          resolve(result);
        };
      };
      this.#waiting.push({ attempt, reject });
      this.#running ??= this.#work();
    }).finally(() => {
      this.#length -= 1;
    });
  }

  /** Resolves once nothing waits and nothing is under way. */
  async settled(): Promise<void> {
    while (this.#running !== undefined) await this.#running;
  }

  async #work(): Promise<void> {
    do {
      // After this turn's sockets: all calls that arrived together are in one batch.
      await setImmediate();
      await this.#commit(this.#waiting.splice(0, MAX_BATCH));
    } while (this.#waiting.length > 0);
    this.#running = undefined;
  }

  async #commit(batch: readonly Waiting[]): Promise<void> {
    try {
      const succeeded = await this.#db.transaction().execute(async (transaction) => {
        const tellers: (() => void)[] = [];
        for (const { attempt } of batch) tellers.push(await attempt(transaction));
        return tellers;
      });
      for (const tell of succeeded) tell();
    } catch (error) {
      if (batch.length === 1 || isForAll(error)) {
        for (const { reject } of batch) reject(error);
        return;
      }
      // One fault (a full disk, say) took all of them back: each has its own transaction now, and its own outcome.
      for (const write of batch) await this.#commit([write]);
    }
  }
}

/** A lock of another process was waited for in vain, for seconds and without serving calls: not once more for each write. */
function isForAll(error: unknown): boolean {
  return error instanceof StoreError && error.reason === 'locked';
}
