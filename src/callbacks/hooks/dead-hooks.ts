import type { Logger } from '../../log.js';
import type { StoredCallback } from '../callback.js';
import { shownTarget } from '../target-url.js';
import type { FailingBook } from './failing-book.js';
import type { HookDirectory } from './hook-directory.js';
import { type HookFailing, type HookIdentity, hookName } from './hook.js';

export interface DeadHooksDeps {
  readonly hooks: Pick<HookDirectory, 'has' | 'list' | 'remove'>;
  readonly failing: FailingBook;
  /** ms since 1970. */
  readonly now: () => number;
  readonly logger: Logger;
}

/** For so long a hook may fail to take a single event. */
const PATIENCE_MS = 24 * 3_600_000;
/** Fewer events say little. */
const LEAST_GIVEN_UP = 20;
/** Failures further apart than this are not one: what was between them nobody knows. */
const GAP_MS = 6 * 3_600_000;
/** With no callback of any kind delivered for so long, Ballast's own network may be down. */
const NETWORK_UP_MS = 3_600_000;

/**
 * Removes hooks of front ends that are gone: those that took none of many events in a day, without a long break between any
 * two of them, while other callbacks arrived.
 */
export class DeadHooks {
  readonly #deps: DeadHooksDeps;
  #deliveredAt = -Infinity;
  readonly #removing = new Set<Promise<void>>();

  constructor(deps: DeadHooksDeps) {
    this.#deps = deps;
  }

  /** Any callback was delivered or given up. */
  callbackEnded(
    { kind, key, tenantId }: Pick<StoredCallback, 'kind' | 'key' | 'tenantId'>,
    isDelivered: boolean,
  ): void {
    const now = this.#deps.now();
    if (isDelivered) this.#deliveredAt = now;
    if (kind !== 'hook') return;
    const { failing, hooks } = this.#deps;
    const hook = hookIn(key);
    // Events outlive their hook: one under way when it was destroyed, those still told after its meeting has ended.
    if (isDelivered || !hooks.has(hook)) {
      failing.delete(hook);
      return;
    }
    // What fails while nothing arrives anywhere says nothing about the one hook.
    if (now - this.#deliveredAt > NETWORK_UP_MS) return;
    const next = oneMore(failing.get(hook), now);
    if (next.count === 1) failing.prune(now - GAP_MS);
    if (now - next.since < PATIENCE_MS || next.count < LEAST_GIVEN_UP) {
      failing.set(hook, next);
      return;
    }
    failing.delete(hook);
    this.#remove(tenantId, hookName(hook));
  }

  /** Waits for what is under way. */
  async stop(): Promise<void> {
    await Promise.all(this.#removing);
  }

  #remove(tenantId: string, name: string): void {
    const { hooks, logger } = this.#deps;
    const hook = hooks.list(tenantId).find((other) => hookName(other) === name);
    if (hook === undefined) return;
    const fields = { tenantId, hookId: hook.id, target: shownTarget(hook.callbackUrl) };
    logger.warn('webhook is removed: it has taken no event for a day', fields);
    const removing = hooks
      .remove(tenantId, hook.id)
      .then(() => undefined)
      .catch((error: unknown) => {
        logger.error('a webhook could not be removed', { ...fields, error });
      })
      .finally(() => this.#removing.delete(removing));
    this.#removing.add(removing);
  }
}

function oneMore(before: HookFailing | undefined, now: number): HookFailing {
  return before === undefined || now - before.lastAt > GAP_MS
    ? { since: now, count: 1, lastAt: now }
    : { since: before.since, count: before.count + 1, lastAt: now };
}

/** The hook that one of its events names in its key: see hookName. */
function hookIn(key: string): HookIdentity {
  const [tenantId = '', id, createdAt] = key.split(' ', 3);
  return { tenantId, id: Number(id), createdAt: Number(createdAt) };
}
