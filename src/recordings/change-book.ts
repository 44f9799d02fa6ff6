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

/** A change that is being sent, and what stands in the store of it meanwhile. */
export interface NotedChange {
  readonly sent: SentChange;
  /** What waited before and was replaced. */
  readonly replaced: readonly PendingChange[];
  readonly written: readonly PendingChange[];
}

/** Longer than a holder has for its answer: only what a crash cut is repeated. */
const DUE_AFTER_CRASH_MS = 40_000;
const FIRST_RETRY_MS = 10_000;

/** Writes down what is sent before it is sent, so that holders agree in the end wherever the process is cut. */
export class ChangeBook {
  readonly #deps: ChangeBookDeps;

  constructor(deps: ChangeBookDeps) {
    this.#deps = deps;
  }

  /** Every holder's part at once: it waits from now on, what says the contrary no longer does. */
  async note(changes: readonly SentChange[]): Promise<readonly NotedChange[]> {
    const noted: NotedChange[] = [];
    for (const sent of changes) noted.push(await this.#plan(sent));
    await this.#deps.changes.replaceChanges(
      noted.flatMap(({ replaced }) => replaced),
      noted.flatMap(({ written }) => written),
    );
    return noted;
  }

  /** Nobody did it: as if it had never been asked. */
  async withdraw(noted: readonly NotedChange[]): Promise<void> {
    await this.#deps.changes.replaceChanges(
      noted.flatMap(({ written }) => written),
      noted.flatMap(({ replaced }) => replaced),
    );
  }

  /** What was done no longer waits, and what could not be done goes on waiting. */
  async settle(noted: readonly NotedChange[], outcomes: readonly SendOutcome[]): Promise<void> {
    const { logger, onKept } = this.#deps;
    for (const [at, change] of noted.entries()) {
      const { serverId, call, recordings } = change.sent;
      const kind = outcomes[at]?.kind;
      if (kind === 'done') await this.#rewrite(change.sent, (its, { query }) => afterDone(its, call, query));
      else if (kind === 'failed') {
        await this.#rewrite(change.sent, toBeKept);
        onKept(serverId);
        const fields = { serverId, call, recordings: recordings.length };
        logger.warn('a change of recordings waits for a server that does not answer', fields);
      } else await this.withdraw([change]);
    }
  }

  async #plan(sent: SentChange): Promise<NotedChange> {
    const waiting = await this.#waiting(sent);
    const plans = this.#asPending(sent, DUE_AFTER_CRASH_MS).map((change) => {
      const its = waiting.filter(({ recordId }) => recordId === change.recordId);
      const { gone, kept } = toBeKept(its, change);
      const overwritten = its.filter(({ call }) => kept.some((it) => it.call === call));
      return { replaced: [...gone, ...overwritten], written: kept };
    });
    return {
      sent,
      replaced: plans.flatMap(({ replaced }) => replaced),
      written: plans.flatMap(({ written }) => written),
    };
  }

  async #rewrite(
    sent: SentChange,
    planOf: (its: readonly PendingChange[], change: PendingChange) => ChangePlan,
  ): Promise<void> {
    const waiting = await this.#waiting(sent);
    const plans = this.#asPending(sent, FIRST_RETRY_MS).map((change) =>
      planOf(
        waiting.filter(({ recordId }) => recordId === change.recordId),
        change,
      ),
    );
    const [gone, kept] = [plans.flatMap((plan) => plan.gone), plans.flatMap((plan) => plan.kept)];
    if (gone.length > 0 || kept.length > 0) await this.#deps.changes.replaceChanges(gone, kept);
  }

  #waiting({ serverId, recordings }: SentChange): Promise<readonly PendingChange[]> {
    return this.#deps.changes.findChanges(
      serverId,
      recordings.map(({ recordId }) => recordId),
    );
  }

  #asPending({ serverId, recordings, call, query }: SentChange, waitMs: number): readonly PendingChange[] {
    const askedAt = this.#deps.now();
    return recordings.map(({ recordId }) => ({
      ...{ recordId, serverId, call, query: query.toString(), askedAt, attempts: 0 },
      dueAt: askedAt + waitMs,
    }));
  }
}
