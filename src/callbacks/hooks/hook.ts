/** What a front end asked to be told of: hooks/create. */
export interface Hook {
  readonly tenantId: string;
  /** Unique within the tenant: clients read it as a number. */
  readonly id: number;
  readonly callbackUrl: string;
  /** Only of this meeting, as the front end writes it; absent: of all meetings of the tenant. */
  readonly meetingId: string | undefined;
  /** Only these events, in lower case; empty: every event. */
  readonly eventIds: readonly string[];
  /** ms since 1970. */
  readonly createdAt: number;
}

/** What tells a hook from any other of all times. */
export type HookIdentity = Pick<Hook, 'tenantId' | 'id' | 'createdAt'>;

/** What its callbacks' keys begin with; never the same twice, though once an ID was given again when its hook was gone. */
export function hookName({ tenantId, id, createdAt }: HookIdentity): string {
  return `${tenantId} ${id} ${createdAt} `;
}

/** Where hooks are kept. */
export interface HookStore {
  listHooks(): Promise<readonly Hook[]>;
  /** Gives it an ID that no hook of the tenant has or ever had. */
  addHook(hook: Omit<Hook, 'id'>): Promise<Hook>;
  removeHook(tenantId: string, id: number): Promise<void>;
}

/** Events of a hook given up since the last that it took. Times are ms since 1970. */
export interface HookFailing {
  readonly since: number;
  readonly count: number;
  readonly lastAt: number;
}

/** Where it is kept, with the hooks, which of them take no events. */
export interface FailingHookStore {
  listFailing(): Promise<readonly { readonly hook: HookIdentity; readonly failing: HookFailing }[]>;
  /** `undefined`: it takes events. Nothing happens where the hook is gone. */
  saveFailing(hook: HookIdentity, failing: HookFailing | undefined): Promise<void>;
}

/** Ballast's own hook on a server, as last registered there. */
export interface ServerHook {
  readonly serverId: string;
  /** The secret part of the URL that the server calls. */
  readonly token: string;
  /** The URL the server was given and the ID it gave; `undefined` until it has answered. */
  readonly registered: { readonly callbackUrl: string; readonly hookId: string } | undefined;
}

/** Where Ballast's hooks on the servers are kept. */
export interface ServerHookStore {
  listServerHooks(): Promise<readonly ServerHook[]>;
  /** Inserts or replaces. */
  saveServerHook(hook: ServerHook): Promise<void>;
  removeServerHook(serverId: string): Promise<void>;
}
