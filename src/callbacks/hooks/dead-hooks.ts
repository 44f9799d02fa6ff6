import type { Logger } from '../../log.js';
import type { StoredCallback } from '../callback.js';
import { shownTarget } from '../target-url.js';
import type { HookDirectory } from './hook-directory.js';
import { hookName } from './hook.js';

export interface DeadHooksDeps {
  readonly hooks: Pick<HookDirectory, 'list' | 'remove'>;
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

/** Events of one hook given up since the last that was delivered; times are ms since 1970. */
interface Failing {
  readonly since: number;
  readonly count: number;
  readonly lastAt: number;
}

/**
 * Removes hooks of front ends that are gone: those that took none of many events in a day, without a long break between any
 * two of them, while other callbacks arrived.
 */
export class DeadHooks {
  readonly #deps: DeadHooksDeps;
  /** By name of the hook; since the start at most. */
  readonly #failing = new Map<string, Failing>();
  #deliveredAt = -Infinity;
  readonly #removing = new Set<Promise<void>>();

  constructor(deps: DeadHooksDeps) {
    this.#deps = deps;
  }

  /** Hooks that fail at present, as far as is known. */
  get failingCount(): number {
    return this.#failing.size;
  }

  /** Any callback was delivered or given up. */
  callbackEnded(
    { kind, key, tenantId }: Pick<StoredCallback, 'kind' | 'key' | 'tenantId'>,
    isDelivered: boolean,
  ): void {
    const now = this.#deps.now();
    if (isDelivered) this.#deliveredAt = now;
    if (kind !== 'hook') return;
    const name = nameIn(key);
    if (isDelivered) {
      this.#failing.delete(name);
      return;
    }
    // What fails while nothing arrives anywhere says nothing about the one hook.
    if (now - this.#deliveredAt > NETWORK_UP_MS) return;
    const before = this.#failing.get(name);
    const failing =
      before === undefined || now - before.lastAt > GAP_MS
        ? { since: now, count: 1, lastAt: now }
        : { since: before.since, count: before.count + 1, lastAt: now };
    this.#failing.set(name, failing);
    if (failing.count === 1) this.#prune(now);
    if (now - failing.since < PATIENCE_MS || failing.count < LEAST_GIVEN_UP) return;
    this.#failing.delete(name);
    this.#remove(tenantId, name);
  }

  /** Waits for what is under way. */
  async stop(): Promise<void> {
    await Promise.all(this.#removing);
  }

  /** What is too old to count, which that of hooks that are gone becomes. */
  #prune(now: number): void {
    for (const [name, { lastAt }] of this.#failing) {
      if (now - lastAt > GAP_MS) this.#failing.delete(name);
    }
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

/** The name of the hook in the key of one of its events: see hookName. */
function nameIn(key: string): string {
  return `${key.split(' ', 3).join(' ')} `;
}
