import type { Logger } from '../../log.js';
import { type FailingHookStore, type HookFailing, type HookIdentity, hookName } from './hook.js';

export interface FailingBookDeps {
  readonly store: FailingHookStore;
  readonly logger: Logger;
}

/** A hook that goes on failing is written this often, and at a stop. */
const SAVED_EVERY_MS = 600_000;

interface Entry {
  readonly hook: HookIdentity;
  readonly failing: HookFailing;
  /** What the store has, or is about to have. */
  readonly saved: HookFailing;
}

/**
 * Which hooks take no events, in memory and, a little behind, in the store: what counts for days outlives a restart. What
 * cannot be written is tried again with the next change, and at the stop.
 */
export class FailingBook {
  readonly #store: FailingHookStore;
  readonly #logger: Logger;
  /** By name of the hook. */
  readonly #entries = new Map<string, Entry>();
  readonly #unsaved = new Map<string, HookIdentity>();
  #saving: Promise<void> | undefined;

  private constructor({ store, logger }: FailingBookDeps) {
    this.#store = store;
    this.#logger = logger;
  }

  /** Reads what was written; rejects when the store fails. */
  static async load(deps: FailingBookDeps): Promise<FailingBook> {
    const book = new FailingBook(deps);
    for (const { hook, failing } of await deps.store.listFailing()) {
      book.#entries.set(hookName(hook), { hook, failing, saved: failing });
    }
    return book;
  }

  get size(): number {
    return this.#entries.size;
  }

  get(hook: HookIdentity): HookFailing | undefined {
    return this.#entries.get(hookName(hook))?.failing;
  }

  /** Never waits for the store. */
  set(hook: HookIdentity, failing: HookFailing): void {
    const name = hookName(hook);
    const saved = this.#entries.get(name)?.saved;
    const isDue = saved?.since !== failing.since || failing.lastAt - saved.lastAt >= SAVED_EVERY_MS;
    this.#entries.set(name, { hook, failing, saved: isDue ? failing : saved });
    if (isDue) this.#save(name, hook);
  }

  /** It takes events again, or is gone. Never waits for the store. */
  delete(hook: HookIdentity): void {
    const name = hookName(hook);
    if (this.#entries.delete(name)) this.#save(name, hook);
  }

  /** Deletes those that last failed before `before`. */
  prune(before: number): void {
    for (const { hook, failing } of this.#entries.values()) if (failing.lastAt < before) this.delete(hook);
  }

  /** Writes what is not written yet. */
  async stop(): Promise<void> {
    for (const [name, { hook, failing, saved }] of this.#entries) {
      if (failing !== saved) this.#unsaved.set(name, hook);
    }
    await this.#saving;
    if (this.#unsaved.size > 0) await this.#saveAll();
  }

  #save(name: string, hook: HookIdentity): void {
    this.#unsaved.set(name, hook);
    this.#saving ??= this.#saveAll();
  }

  async #saveAll(): Promise<void> {
    // What is added meanwhile comes as well.
    for (const [name, hook] of this.#unsaved) {
      this.#unsaved.delete(name);
      try {
        await this.#store.saveFailing(hook, this.#entries.get(name)?.failing);
      } catch (error) {
        this.#unsaved.set(name, hook);
        const { tenantId, id: hookId } = hook;
        this.#logger.warn('whether a webhook fails could not be stored', { tenantId, hookId, error });
        break;
      }
    }
    this.#saving = undefined;
  }
}
