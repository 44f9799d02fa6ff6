import type { Logger } from '../log.js';
import type { CallbackOutcome, StoredCallback } from './callback.js';
import { shownTarget } from './target-url.js';

/** Targets remembered; beyond that they are told of anew. */
const MOST_TARGETS = 1_000;

/** What is said of a callback. */
export type ToldCallback = Pick<StoredCallback, 'id' | 'kind' | 'tenantId' | 'target'>;

/** Tells of callbacks that are given up: the first of a target is news, thousands of events behind it are the same news. */
export class FailureLog {
  readonly #logger: Logger;
  readonly #told = new Map<string, CallbackOutcome>();

  constructor(logger: Logger) {
    this.#logger = logger;
  }

  /** For good. */
  failed(callback: ToldCallback, outcome: CallbackOutcome, failure: string): void {
    const { id, kind, tenantId } = callback;
    const target = shownTarget(callback.target);
    const name = `${tenantId} ${target}`;
    const fields = { callbackId: id, kind, tenantId, target, outcome, failure };
    if (this.#told.get(name) === outcome) {
      this.#logger.debug('another callback is given up', fields);
      return;
    }
    if (this.#told.size >= MOST_TARGETS) this.#told.clear();
    this.#told.set(name, outcome);
    this.#logger.warn('callback is given up', fields);
  }

  delivered({ tenantId, target }: ToldCallback): void {
    if (this.#told.size > 0) this.#told.delete(`${tenantId} ${shownTarget(target)}`);
  }
}
