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

/** Removes hooks of front ends that are gone: those that were told nothing for a day while there was something to tell. */
export class DeadHooks {
  readonly #deps: DeadHooksDeps;
  /** By name of the hook: when an event was first given up since the last that was delivered; since the start at most. */
  readonly #failingSince = new Map<string, number>();
  readonly #removing = new Set<Promise<void>>();

  constructor(deps: DeadHooksDeps) {
    this.#deps = deps;
  }

  /** Any callback was delivered or given up. */
  callbackEnded(
    { kind, key, tenantId }: Pick<StoredCallback, 'kind' | 'key' | 'tenantId'>,
    isDelivered: boolean,
  ): void {
    if (kind !== 'hook') return;
    const name = nameIn(key);
    if (isDelivered) {
      this.#failingSince.delete(name);
      return;
    }
    const now = this.#deps.now();
    const since = this.#failingSince.get(name) ?? now;
    this.#failingSince.set(name, since);
    if (now - since < PATIENCE_MS) return;
    this.#failingSince.delete(name);
    this.#remove(tenantId, name);
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

/** The name of the hook in the key of one of its events: see hookName. */
function nameIn(key: string): string {
  return `${key.split(' ', 3).join(' ')} `;
}
