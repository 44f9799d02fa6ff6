import type { FailingHookStore, HookStore, ServerHookStore } from '../callbacks/hooks/hook.js';
import type { Timed } from './timed-portions.js';

/** The tables of webhooks. */
export interface HookStores {
  readonly hooks: HookStore & FailingHookStore;
  readonly serverHooks: ServerHookStore;
}

/** Webhooks, telling of each read and write. */
export function timedHooks({ hooks, serverHooks }: HookStores, read: Timed, write: Timed): HookStores {
  return {
    hooks: {
      listHooks: () => read(() => hooks.listHooks()),
      addHook: (hook) => write(() => hooks.addHook(hook)),
      listFailing: () => read(() => hooks.listFailing()),
      saveFailing: (hook, failing) => write(() => hooks.saveFailing(hook, failing)),
      removeHook: (tenantId, id) => write(() => hooks.removeHook(tenantId, id)),
    },
    serverHooks: {
      listServerHooks: () => read(() => serverHooks.listServerHooks()),
      saveServerHook: (hook) => write(() => serverHooks.saveServerHook(hook)),
      removeServerHook: (serverId) => write(() => serverHooks.removeServerHook(serverId)),
    },
  };
}
