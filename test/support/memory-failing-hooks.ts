import {
  type FailingHookStore,
  type HookFailing,
  type HookIdentity,
  hookName,
} from '../../src/callbacks/hooks/hook.js';

/** Hooks that fail, in memory, counting what is written; can fail on demand. */
export class MemoryFailingHooks implements FailingHookStore {
  readonly rows = new Map<string, { readonly hook: HookIdentity; readonly failing: HookFailing }>();
  writes = 0;
  /** The next write is rejected with this. */
  failsNext: Error | undefined;

  async listFailing(): ReturnType<FailingHookStore['listFailing']> {
    return [...this.rows.values()];
  }

  async saveFailing(hook: HookIdentity, failing: HookFailing | undefined): Promise<void> {
    const failure = this.failsNext;
    this.failsNext = undefined;
    await Promise.resolve();
    if (failure !== undefined) throw failure;
    this.writes += 1;
    if (failing === undefined) this.rows.delete(hookName(hook));
    else this.rows.set(hookName(hook), { hook, failing });
  }
}
