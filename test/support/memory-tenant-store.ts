import type { Tenant, TenantStore } from '../../src/tenants/tenant.js';

/** A tenant store in memory; keeps what was saved, as it was saved. */
export class MemoryTenantStore implements TenantStore {
  readonly rows = new Map<string, Tenant>();

  constructor(tenants: readonly Tenant[] = []) {
    for (const tenant of tenants) this.rows.set(tenant.id, tenant);
  }

  async listTenants(): Promise<readonly Tenant[]> {
    return [...this.rows.values()];
  }

  async saveTenant(tenant: Tenant): Promise<void> {
    this.rows.set(tenant.id, tenant);
  }

  async removeTenant(id: string): Promise<void> {
    this.rows.delete(id);
  }
}

/** A tenant with nothing special about it. */
export function plainTenant(id: string, changes: Partial<Tenant> = {}): Tenant {
  return {
    id,
    hosts: [],
    secrets: [`${id}-secret`],
    limits: {},
    serverTags: [],
    parameters: {},
    ...changes,
  };
}
