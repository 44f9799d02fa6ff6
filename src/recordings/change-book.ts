import type { Logger } from '../log.js';
import type { SendOutcome, SentChange } from './change-sender.js';
import { afterDone, toBeKept, type ChangePlan } from './merge-changes.js';
import type { PendingChange, RecordingChangeStore } from './pending-change.js';

export interface ChangeBookDeps {
  readonly changes: RecordingChangeStore;
  /** Told of a server for which a change waits from now on. */
  readonly onKept: (serverId: string) => void;
  /** ms since 1970. */
  readonly now: () => number;
  readonly logger: Logger;
}

/** A change that is being sent, and what stands in the store of it meanwhile: at most one row a recording. */
export interface NotedChange {
  readonly sent: SentChange;
  readonly written: readonly PendingChange[];
  /** What waited before and was replaced, by now without what was settled or withdrawn since. */
  replaced: readonly PendingChange[];
}

/** Longer than all holders have for their answers: only what a crash cut is repeated. */
const DUE_AFTER_CRASH_MS = 60_000;
const FIRST_RETRY_MS = 10_000;

/** What comes in the place of a row. */
type Successors = (standing: PendingChange) => readonly PendingChange[];

/**
 * Writes down what is sent before it is sent, so that holders agree in the end wherever the process is cut. Changes of one
 * recording may overlap: the row of one that a later one replaced stands in the later one's `replaced` until that is settled.
 */
export class ChangeBook {
  readonly #deps: ChangeBookDeps;
  readonly #underWay = new Set<NotedChange>();
  /** Each reads and then writes: one after another. */
  #turns: Promise<unknown> = Promise.resolve();
  #lastAskedAt = -Infinity;

  constructor(deps: ChangeBookDeps) {
    this.#deps = deps;
  }

  /** Every holder's part at once: it waits from now on, what says the contrary no longer does. */
  note(changes: readonly SentChange[]): Promise<readonly NotedChange[]> {
    return this.#inTurn(async () => {
      // Tells rows apart, whatever the clock does.
      this.#lastAskedAt = Math.max(this.#deps.now(), this.#lastAskedAt + 1);
      const noted: NotedChange[] = [];
      for (const sent of changes) noted.push(await this.#plan(sent, this.#lastAskedAt));
      await this.#write(
        noted.flatMap(({ replaced }) => replaced),
        noted.flatMap(({ written }) => written),
      );
      for (const change of noted) this.#underWay.add(change);
      return noted;
    });
  }

  /** Nobody did it: as if it had never been asked, but for what was settled meanwhile. */
  withdraw(noted: readonly NotedChange[]): Promise<void> {
    return this.#inTurn(() => this.#withdraw(noted));
  }

  /** What was done no longer waits, and what could not be done goes on waiting. */
  settle(noted: readonly NotedChange[], outcomes: readonly SendOutcome[]): Promise<void> {
    return this.#inTurn(async () => {
      for (const [at, change] of noted.entries()) await this.#settle(change, outcomes[at]?.kind);
    });
  }

  /** They are no longer under way, though they may not have been settled: what waits of them is repeated. */
  release(noted: readonly NotedChange[]): void {
    for (const change of noted) this.#underWay.delete(change);
  }

  /** All of it or nothing: what was not sent must not be repeated. */
  async #write(replaced: readonly PendingChange[], written: readonly PendingChange[]): Promise<void> {
    const { changes, logger } = this.#deps;
    try {
      await changes.replaceChanges(replaced, written);
    } catch (error) {
      // What waited before the part that could not be written is still there: the same again changes nothing.
      await changes.replaceChanges(written, replaced).catch((cause: unknown) => {
        logger.warn('changes of recordings that were refused could not be taken back', { error: cause });
      });
      throw error;
    }
  }

  async #settle(change: NotedChange, kind: SendOutcome['kind'] | undefined): Promise<void> {
    const { logger, onKept, now } = this.#deps;
    const { serverId, call, recordings, query } = change.sent;
    if (kind === 'done') {
      await this.#end([change], ({ recordId }) => {
        const before = ofRecording(change.replaced, recordId);
        const { gone, kept } = afterDone(before, call, query.toString());
        return before
          .filter((row) => !gone.includes(row))
          .map((row) => kept.find((left) => isSame(left, row)) ?? row);
      });
    } else if (kind === 'failed') {
      const dueAt = now() + FIRST_RETRY_MS;
      await this.#end([change], (standing) => [{ ...standing, dueAt }]);
      onKept(serverId);
      const fields = { serverId, call, recordings: recordings.length };
      logger.warn('a change of recordings waits for a server that does not answer', fields);
    } else await this.#withdraw([change]);
  }

  async #withdraw(noted: readonly NotedChange[]): Promise<void> {
    await this.#end(noted, ({ recordId }, { replaced }) => ofRecording(replaced, recordId));
  }

  async #end(
    noted: readonly NotedChange[],
    successors: (standing: PendingChange, change: NotedChange) => readonly PendingChange[],
  ): Promise<void> {
    this.release(noted);
    const plans: ChangePlan[] = [];
    for (const change of noted) {
      const waiting = await this.#waiting(change.sent);
      for (const row of change.written) {
        const its = ofRecording(waiting, row.recordId);
        plans.push(this.#replace(row, (standing) => successors(standing, change), its));
      }
    }
    const [gone, kept] = [plans.flatMap((plan) => plan.gone), plans.flatMap((plan) => plan.kept)];
    if (gone.length > 0 || kept.length > 0) await this.#deps.changes.replaceChanges(gone, kept);
  }

  /** Where a row stands: in the store, or with the later change that replaced it. Nowhere: a later change that is settled won. */
  #replace(row: PendingChange, successors: Successors, waiting: readonly PendingChange[]): ChangePlan {
    const later = [...this.#underWay].find(({ replaced }) => replaced.some((it) => isSame(it, row)));
    if (later === undefined) {
      const standing = waiting.find((it) => isSame(it, row));
      if (standing === undefined) return { gone: [], kept: [] };
      const others = waiting.filter((it) => it !== standing);
      const kept = successors(standing).filter(({ call }) => !others.some((it) => it.call === call));
      return { gone: [standing], kept };
    }
    later.replaced = later.replaced.flatMap((it) => (isSame(it, row) ? successors(it) : [it]));
    const own = later.written.find(({ recordId }) => recordId === row.recordId);
    if (own === undefined) return { gone: [], kept: [] };
    // It may have been written together with the row that has changed.
    const alone = { ...own, query: later.sent.query.toString() };
    return this.#replace(own, () => toBeKept(ofRecording(later.replaced, row.recordId), alone).kept, waiting);
  }

  async #plan(sent: SentChange, askedAt: number): Promise<NotedChange> {
    const { serverId, recordings, call, query } = sent;
    const waiting = await this.#waiting(sent);
    const plans = recordings.map(({ recordId }) => {
      const change = { recordId, serverId, call, query: query.toString(), askedAt, attempts: 0 };
      const its = ofRecording(waiting, recordId);
      const { gone, kept } = toBeKept(its, { ...change, dueAt: askedAt + DUE_AFTER_CRASH_MS });
      const overwritten = its.filter((row) => kept.some((it) => it.call === row.call));
      return { replaced: [...gone, ...overwritten], written: kept };
    });
    return {
      sent,
      replaced: plans.flatMap(({ replaced }) => replaced),
      written: plans.flatMap(({ written }) => written),
    };
  }

  #waiting({ serverId, recordings }: SentChange): Promise<readonly PendingChange[]> {
    return this.#deps.changes.findChanges(
      serverId,
      recordings.map(({ recordId }) => recordId),
    );
  }

  #inTurn<Result>(work: () => Promise<Result>): Promise<Result> {
    const done = this.#turns.then(work);
    this.#turns = done.catch(() => undefined);
    return done;
  }
}

function ofRecording(rows: readonly PendingChange[], recordId: string): readonly PendingChange[] {
  return rows.filter((row) => row.recordId === recordId);
}

/** What is left of a row is still that row. */
function isSame(one: PendingChange, other: PendingChange): boolean {
  return (
    one.serverId === other.serverId &&
    one.recordId === other.recordId &&
    one.call === other.call &&
    one.askedAt === other.askedAt
  );
}
