import { meetingOwner, type MeetingOwner } from './meeting-scope.js';
import { recordingTenant } from './tenant-mark.js';
import { DEFAULT_TENANT, type Tenant, type TenantStore } from './tenant.js';

/** All tenants in memory: look-ups by ID and host without waiting, changes through the store first. */
export class TenantDirectory {
  readonly #store: TenantStore;
  readonly #defaultSecrets: readonly string[];
  #byId: ReadonlyMap<string, Tenant> = new Map();
  #byHost: ReadonlyMap<string, Tenant> = new Map();
  #onRemoved: (id: string) => Promise<void> = () => Promise.resolve();

  private constructor(store: TenantStore, defaultSecrets: readonly string[]) {
    this.#store = store;
    this.#defaultSecrets = defaultSecrets;
  }

  /** Reads the store once; `defaultSecrets` are the configuration's and never stored. */
  static async load(store: TenantStore, defaultSecrets: readonly string[]): Promise<TenantDirectory> {
    const directory = new TenantDirectory(store, defaultSecrets);
    directory.#replace(await store.listTenants());
    return directory;
  }

  /** The default tenant first, then by ID. */
  all(): readonly Tenant[] {
    return [...this.#byId.values()];
  }

  get(id: string): Tenant | undefined {
    return this.#byId.get(id);
  }

  has(id: string): boolean {
    return this.#byId.has(id);
  }

  /** True while only the default tenant exists: then no ID can be anybody else's. */
  get isSingle(): boolean {
    return this.#byId.size === 1;
  }

  get default(): Tenant {
    const tenant = this.#byId.get(DEFAULT_TENANT);
    if (tenant === undefined) throw new Error('the default tenant is missing');
    return tenant;
  }

  /** The tenant of a Host header (port and case do not matter); the default tenant for every other host. */
  forHost(host: string | undefined): Tenant {
    if (host === undefined || this.#byHost.size === 0) return this.default;
    return this.#byHost.get(hostName(host)) ?? this.default;
  }

  /** Whose meeting an ID found on a server is. */
  ownerOf(scopedId: string): MeetingOwner {
    return this.isSingle
      ? { tenantId: DEFAULT_TENANT, meetingId: scopedId }
      : meetingOwner(scopedId, (id) => this.has(id));
  }

  /** Whose a recording is, as `recordingTenant` has it; everything is the default tenant's while there is no other. */
  recordingTenant(scopedId: string, mark: string | undefined): string | undefined {
    return this.isSingle ? DEFAULT_TENANT : recordingTenant(scopedId, mark, (id) => this.has(id));
  }

  async save(tenant: Tenant): Promise<void> {
    await this.#store.saveTenant(tenant.id === DEFAULT_TENANT ? { ...tenant, secrets: [] } : tenant);
    this.#replace([...this.all().filter((other) => other.id !== tenant.id), tenant]);
  }

  /** Who forgets what belonged to a tenant that leaves: one who gets its ID later is somebody else. There is one. */
  onRemoved(listener: (id: string) => Promise<void>): void {
    this.#onRemoved = listener;
  }

  /** The tenant stays where any of it fails, so that it can be tried again. */
  async remove(id: string): Promise<void> {
    const tenant = this.get(id);
    // First, so that nothing more of it comes in.
    this.#replace(this.all().filter((other) => other.id !== id));
    try {
      if (id !== DEFAULT_TENANT) await this.#onRemoved(id);
      await this.#store.removeTenant(id);
    } catch (error) {
      if (tenant !== undefined) this.#replace([...this.all().filter((other) => other.id !== id), tenant]);
      throw error;
    }
  }

  #replace(tenants: readonly Tenant[]): void {
    const stored = tenants.find((tenant) => tenant.id === DEFAULT_TENANT);
    const fallback: Tenant = {
      id: DEFAULT_TENANT,
      hosts: [],
      limits: {},
      serverTags: [],
      parameters: {},
      ...stored,
      secrets: this.#defaultSecrets,
    };
    const others = tenants
      .filter((tenant) => tenant.id !== DEFAULT_TENANT)
      .sort((a, b) => (a.id < b.id ? -1 : 1));
    const all = [fallback, ...others];
    this.#byId = new Map(all.map((tenant) => [tenant.id, tenant]));
    this.#byHost = new Map(all.flatMap((tenant) => tenant.hosts.map((host) => [hostName(host), tenant])));
  }
}

function hostName(host: string): string {
  const lower = host.toLowerCase();
  const portAt = lower.lastIndexOf(':');
  // "[::1]:8080" has its port after the bracket; a bare "::1" has none.
  return portAt > lower.lastIndexOf(']') && lower.indexOf(':') === portAt
    ? lower.slice(0, portAt)
    : bracketed(lower);
}

function bracketed(host: string): string {
  const end = host.indexOf(']');
  return host.startsWith('[') && end > 0 ? host.slice(0, end + 1) : host;
}
