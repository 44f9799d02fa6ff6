import type { HookRegistrar } from '../../src/callbacks/hooks/hook-registrar.js';
import type { ServerHook, ServerHookStore } from '../../src/callbacks/hooks/hook.js';

/** A server's webhooks as its API shows them, and everything that was asked of it. */
export class FakeWebhooks implements Pick<HookRegistrar, 'register' | 'remove'> {
  readonly urls = new Map<string, string>();
  readonly asked: string[] = [];
  failure: Error | undefined;
  #made = 0;

  async register({ id }: { readonly id: string }, callbackUrl: string): Promise<string> {
    this.asked.push(`register ${id}`);
    if (this.failure !== undefined) throw this.failure;
    for (const [hookId, url] of this.urls) if (url === callbackUrl) return hookId;
    const hookId = `hook-${(this.#made += 1)}`;
    this.urls.set(hookId, callbackUrl);
    return hookId;
  }

  async remove({ id }: { readonly id: string }, hookId: string): Promise<void> {
    this.asked.push(`remove ${id}`);
    if (this.failure !== undefined) throw this.failure;
    this.urls.delete(hookId);
  }
}

/** Ballast's own hooks on the servers, in memory. */
export class MemoryServerHooks implements ServerHookStore {
  readonly rows = new Map<string, ServerHook>();

  async listServerHooks(): Promise<readonly ServerHook[]> {
    return [...this.rows.values()];
  }

  async saveServerHook(hook: ServerHook): Promise<void> {
    this.rows.set(hook.serverId, hook);
  }

  async removeServerHook(serverId: string): Promise<void> {
    this.rows.delete(serverId);
  }
}
