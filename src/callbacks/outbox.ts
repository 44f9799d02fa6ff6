import type {
  Addition,
  CallbackEnd,
  CallbackFilter,
  CallbackKind,
  CallbackOutcome,
  CallbackStore,
  DueTarget,
  NewCallback,
  OutgoingCallback,
  PendingChange,
  StoredCallback,
} from './callback.js';
import { CallbackIds } from './callback-ids.js';
import { callbackRow } from './callback-row.js';
import { OldestPending } from './oldest-pending.js';
import { PendingBook } from './pending-book.js';
import { pruneCallbacks } from './prune-callbacks.js';
import { queueName } from './queue-name.js';
import { triedFor } from './tried-for.js';

/** Pending hooks of one tenant and target; what comes above is not taken. */
export const MAX_PENDING_HOOKS = 10_000;
const DROPPED_AT_ONCE = 500;

export interface OutboxDeps {
  readonly store: CallbackStore;
  /** Told of each outcome, for the metrics. */
  readonly onOutcome: (kind: CallbackKind, outcome: CallbackOutcome) => void;
  /** ms since 1970. */
  readonly now: () => number;
}

/** What became of a callback that was given; `full`: not taken, its hook has 10,000 pending ones already. */
export type AddOutcome = Addition | 'full';

/** Callbacks that are to arrive: whatever was added is in the store, and leaves it delivered, failed for good or withdrawn. */
export class CallbackOutbox {
  readonly #deps: OutboxDeps;
  readonly #ids: CallbackIds;
  readonly #pending: PendingBook;
  readonly #oldest: OldestPending;
  #onDue: (due: DueTarget) => void = () => undefined;

  private constructor(deps: OutboxDeps, ids: CallbackIds, pending: PendingBook, oldest: OldestPending) {
    this.#deps = deps;
    this.#ids = ids;
    this.#pending = pending;
    this.#oldest = oldest;
  }

  /** Reads how much is pending; rejects when the store fails. */
  static async load(deps: OutboxDeps): Promise<CallbackOutbox> {
    const { store, now } = deps;
    await store.mendLanes();
    const ids = new CallbackIds(await store.newestId(), now);
    const pending = new PendingBook(await store.countPending());
    const oldest = new OldestPending(() => store.oldestPending(), await store.oldestPending());
    return new CallbackOutbox(deps, ids, pending, oldest);
  }

  /** Durable when it resolves. */
  async add(callback: NewCallback): Promise<AddOutcome> {
    const [outcome] = await this.addAll([callback]);
    if (outcome === undefined) throw new Error('the outbox lost a callback');
    return outcome;
  }

  /** The same for several, in one transaction. */
  async addAll(callbacks: readonly NewCallback[]): Promise<readonly AddOutcome[]> {
    const taken = callbacks.filter((callback) => {
      if (callback.kind === 'hook' && this.#pending.hooksOf(callback) >= MAX_PENDING_HOOKS) return false;
      // Counted before it is written: what comes meanwhile is measured by it.
      this.#pending.add(callback, 1);
      return true;
    });
    const additions = await this.#write(taken);
    const outcomes = new Map(taken.map((callback, index) => [callback, additions[index] ?? 'known']));
    for (const [callback, addition] of outcomes) {
      if (addition === 'added') this.#onDue({ origin: queueName(callback), dueAt: callback.dueAt });
      else this.#pending.add(callback, -1);
      if (addition === 'conflict') this.#deps.onOutcome(callback.kind, 'replayed');
    }
    return callbacks.map((callback) => {
      const outcome = outcomes.get(callback);
      if (outcome === undefined) this.#deps.onOutcome(callback.kind, 'dropped');
      return outcome ?? 'full';
    });
  }

  /** Whether this one was added, whatever became of it; false where it was forgotten since. */
  async has(kind: CallbackKind, key: string): Promise<boolean> {
    return (await this.#deps.store.findByKey(kind, key)) !== undefined;
  }

  /** Whether this one is pending and was never tried, as its time has not come yet. */
  async isWaiting(kind: CallbackKind, key: string): Promise<boolean> {
    const found = await this.#deps.store.findByKey(kind, key);
    return found?.state === 'pending' && found.attempts === 0 && found.dueAt > this.#deps.now();
  }

  /** Makes a pending one due now; false where it is not pending. */
  async release(kind: CallbackKind, key: string): Promise<boolean> {
    const { store, now } = this.#deps;
    const found = await store.findByKey(kind, key);
    return found?.state === 'pending' && this.#moved(await store.dueCallback(found.id, now()));
  }

  /** Forgets a pending one as if it had never been added; false where it is not pending. */
  async withdraw(kind: CallbackKind, key: string): Promise<boolean> {
    const found = await this.#deps.store.findByKey(kind, key);
    return found?.state === 'pending' && (await this.forget(found.id));
  }

  /** Newest first. */
  list(filter: CallbackFilter): Promise<readonly StoredCallback[]> {
    return this.#deps.store.listCallbacks(filter);
  }

  find(id: string): Promise<OutgoingCallback | undefined> {
    return this.#deps.store.findCallback(id);
  }

  /** Tries a pending one now, a failed one for as long as a new one; false where it is neither. */
  async retry(id: string): Promise<boolean> {
    const { store, now } = this.#deps;
    if (this.#moved(await store.dueCallback(id, now()))) return true;
    const found = await store.findCallback(id);
    if (found === undefined) return false;
    const revived = await store.reviveCallback(id, now(), now() + triedFor(found.kind));
    if (revived !== undefined) this.#pending.add(revived.callback, 1);
    if (revived !== undefined) this.#oldest.readAgain();
    return this.#moved(revived);
  }

  /** Gives a pending one up; false where it is not pending. */
  drop(id: string): Promise<boolean> {
    return this.#drop(id, 'dropped by the operator');
  }

  /** Gives up all pending ones of a kind whose key begins like this. */
  async dropAll(kind: CallbackKind, keyPrefix: string, why: string): Promise<void> {
    for (;;) {
      const ids = await this.#deps.store.pendingLike(kind, keyPrefix, DROPPED_AT_ONCE);
      await Promise.all(ids.map((id) => this.#drop(id, why)));
      if (ids.length < DROPPED_AT_ONCE) return;
    }
  }

  get pendingCount(): number {
    return this.#pending.total;
  }

  /** How long the oldest pending one has waited; `undefined` while that is being read. */
  get oldestSeconds(): number | undefined {
    if (this.#pending.total === 0) return 0;
    const { at } = this.#oldest;
    return at === undefined ? undefined : Math.max(0, this.#deps.now() - at) / 1000;
  }

  /** Forgets what ended long ago. */
  async prune(): Promise<void> {
    await pruneCallbacks(this.#deps.store, this.#deps.now());
  }

  /** Who delivers: told when something is due at a target. There is one. */
  onDue(listener: (due: DueTarget) => void): void {
    this.#onDue = listener;
  }

  /** Every target with something to deliver. */
  dueTargets(): AsyncIterable<readonly DueTarget[]> {
    return this.#deps.store.dueTargets();
  }

  /** The next ones of a target, soonest first. */
  due(origin: string, limit: number): Promise<readonly { readonly id: string; readonly dueAt: number }[]> {
    return this.#deps.store.dueCallbacks(origin, limit);
  }

  /** A pending one is delivered or failed for good; false where it was not pending any more. */
  async end(id: string, end: CallbackEnd): Promise<boolean> {
    const change = await this.#deps.store.endCallback(id, end);
    if (change !== undefined) this.#deps.onOutcome(change.callback.kind, end.outcome);
    return this.#left(change);
  }

  /** An attempt failed; the next one is at `dueAt`. */
  async postpone(id: string, dueAt: number, failure: string): Promise<void> {
    const change = await this.#deps.store.postponeCallback(id, dueAt, failure);
    if (change !== undefined) this.#deps.onOutcome(change.callback.kind, 'retried');
    this.#moved(change);
  }

  /** A pending one as if it had never been added; false where it is not pending. */
  async forget(id: string): Promise<boolean> {
    return this.#left(await this.#deps.store.forgetCallback(id));
  }

  /** A pending one is taken back, as what it would tell is not so. */
  async superseded(id: string): Promise<void> {
    const change = await this.#deps.store.forgetCallback(id);
    if (change !== undefined) this.#deps.onOutcome(change.callback.kind, 'superseded');
    this.#left(change);
  }

  #drop(id: string, why: string): Promise<boolean> {
    return this.end(id, { state: 'failed', outcome: 'dropped', lastFailure: why, at: this.#deps.now() });
  }

  async #write(callbacks: readonly NewCallback[]): Promise<readonly Addition[]> {
    if (callbacks.length === 0) return [];
    const createdAt = this.#deps.now();
    const rows = callbacks.map((callback) => callbackRow(callback, this.#ids.next(), createdAt));
    try {
      const additions = await this.#deps.store.addCallbacks(rows);
      this.#oldest.added();
      return additions;
    } catch (error) {
      for (const callback of callbacks) this.#pending.add(callback, -1);
      throw error;
    }
  }

  /** A pending one got another time. */
  #moved(change: PendingChange | undefined): boolean {
    if (change !== undefined) this.#onDue(change.callback);
    return change !== undefined;
  }

  /** A pending one is pending no more. */
  #left(change: PendingChange | undefined): boolean {
    if (change === undefined) return false;
    const { callback, next } = change;
    this.#pending.add(callback, -1);
    this.#oldest.left(callback.createdAt);
    if (next !== undefined) this.#onDue(next);
    return true;
  }
}
