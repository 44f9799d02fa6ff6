import type { AdminDeps } from './deps.js';
import { AdminError } from './problem.js';

// For filters by which nothing was found: what a removed tenant or server left can still be listed.

/** Throws AdminError 404 where a filter names a tenant that is not there. */
export function requireTenant(tenants: Pick<AdminDeps['tenants'], 'all'>, id: string | undefined): void {
  if (id === undefined || tenants.all().some((tenant) => tenant.id === id)) return;
  throw new AdminError(404, `there is no tenant ${id}`);
}

/** Throws AdminError 404 where a filter names a server that is not there. */
export function requireServer(pool: Pick<AdminDeps['pool'], 'server'>, id: string | undefined): void {
  if (id === undefined || pool.server(id) !== undefined) return;
  throw new AdminError(404, `there is no server ${id}`);
}
