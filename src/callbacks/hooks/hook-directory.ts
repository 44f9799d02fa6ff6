import type { Hook, HookIdentity, HookStore } from './hook.js';

/** More of them a tenant does not get: each event is compared with all. */
export const MOST_HOOKS = 1_000;

/** What became of a hooks/create. */
export type HookCreation =
  { readonly outcome: 'created' | 'known'; readonly hook: Hook } | { readonly outcome: 'full' };

/** The hooks of all tenants in memory: asked without waiting, changed through the store first. */
export class HookDirectory {
  readonly #store: HookStore;
  readonly #now: () => number;
  /** By tenant, then by ID. */
  readonly #hooks = new Map<string, Map<number, Hook>>();
  #onDestroyed: (hook: Hook) => Promise<void> = () => Promise.resolve();
  /** Changes run one after another: two creates of one URL make one hook. */
  #changes: Promise<unknown> = Promise.resolve();

  private constructor(store: HookStore, now: () => number) {
    this.#store = store;
    this.#now = now;
  }

  /** Reads the store once; hooks of tenants that are gone are removed. */
  static async load(
    store: HookStore,
    options: { readonly isTenant: (id: string) => boolean; readonly now: () => number },
  ): Promise<HookDirectory> {
    const directory = new HookDirectory(store, options.now);
    for (const hook of await store.listHooks()) {
      if (options.isTenant(hook.tenantId)) directory.#of(hook.tenantId).set(hook.id, hook);
      else await store.removeHook(hook.tenantId, hook.id);
    }
    return directory;
  }

  /** A tenant's hooks by ID; with a meeting those of it and those of all meetings. */
  list(tenantId: string, meetingId?: string): readonly Hook[] {
    const hooks = [...(this.#hooks.get(tenantId)?.values() ?? [])].sort((a, b) => a.id - b.id);
    return meetingId === undefined ? hooks : hooks.filter((hook) => isOfMeeting(hook, meetingId));
  }

  /** Whether this very hook is there. */
  has({ tenantId, id, createdAt }: HookIdentity): boolean {
    return this.#hooks.get(tenantId)?.get(id)?.createdAt === createdAt;
  }

  /** Who wants to be told of such an event. */
  wanting(tenantId: string, meetingId: string, eventId: string): readonly Hook[] {
    const hooks = this.#hooks.get(tenantId);
    if (hooks === undefined) return [];
    const name = eventId.toLowerCase();
    return [...hooks.values()].filter(
      (hook) => isOfMeeting(hook, meetingId) && (hook.eventIds.length === 0 || hook.eventIds.includes(name)),
    );
  }

  /** The tenant's hook with the same callback URL, which is all that bbb-webhooks compares, or a new one. */
  create(wanted: Omit<Hook, 'id' | 'createdAt'>): Promise<HookCreation> {
    return this.#change(async () => {
      const hooks = this.#of(wanted.tenantId);
      const known = [...hooks.values()].find(({ callbackUrl }) => callbackUrl === wanted.callbackUrl);
      if (known !== undefined) return { outcome: 'known', hook: known };
      if (hooks.size >= MOST_HOOKS) return { outcome: 'full' };
      const hook = await this.#store.addHook({ ...wanted, createdAt: this.#now() });
      hooks.set(hook.id, hook);
      return { outcome: 'created', hook };
    });
  }

  /** Who gives up what a hook that its front end destroyed was still to be told. There is one. */
  onDestroyed(listener: (hook: Hook) => Promise<void>): void {
    this.#onDestroyed = listener;
  }

  /** At the front end's wish; false when the tenant has no such hook. */
  async remove(tenantId: string, id: number): Promise<boolean> {
    const hook = await this.#remove(tenantId, id);
    if (hook !== undefined) await this.#onDestroyed(hook);
    return hook !== undefined;
  }

  /** Removes the hooks of a meeting that has ended, which are still told of that; those of all meetings stay. */
  async removeOfMeeting(tenantId: string, meetingId: string): Promise<void> {
    for (const hook of this.list(tenantId)) {
      if (hook.meetingId === meetingId) await this.#remove(tenantId, hook.id);
    }
  }

  /** Removes the hooks of a tenant that leaves. */
  async removeOfTenant(tenantId: string): Promise<void> {
    for (const hook of this.list(tenantId)) await this.#remove(tenantId, hook.id);
  }

  #remove(tenantId: string, id: number): Promise<Hook | undefined> {
    return this.#change(async () => {
      const hook = this.#hooks.get(tenantId)?.get(id);
      if (hook === undefined) return undefined;
      await this.#store.removeHook(tenantId, id);
      this.#of(tenantId).delete(id);
      return hook;
    });
  }

  #of(tenantId: string): Map<number, Hook> {
    let hooks = this.#hooks.get(tenantId);
    if (hooks === undefined) this.#hooks.set(tenantId, (hooks = new Map<number, Hook>()));
    return hooks;
  }

  #change<Result>(change: () => Promise<Result>): Promise<Result> {
    const changed = this.#changes.then(change);
    this.#changes = changed.catch(() => undefined);
    return changed;
  }
}

function isOfMeeting(hook: Hook, meetingId: string): boolean {
  return hook.meetingId === undefined || hook.meetingId === meetingId;
}
