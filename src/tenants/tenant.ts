import type { PolicyName } from '../policy-names.js';

/** The tenant that sees meeting IDs unchanged and answers on every host no other tenant claims. */
export const DEFAULT_TENANT = 'default';

/** What is done to the parameters of one call, in this order: drop, force, default, max. Values are as BBB reads them. */
export interface ParameterRules {
  /** Given when the front end gives none. */
  readonly default: Readonly<Record<string, string>>;
  /** Given instead of whatever the front end gives. */
  readonly force: Readonly<Record<string, string>>;
  /** Upper bound of a whole number; 0 (BBB's "unlimited"), absent and garbage become the bound. */
  readonly max: Readonly<Record<string, number>>;
  /** Removed. */
  readonly drop: readonly string[];
}

/** A customer with secrets of its own. */
export interface Tenant {
  readonly id: string;
  /** Host names (lower case, without port) that select this tenant. */
  readonly hosts: readonly string[];
  /** Any of them signs a call; the first signs what Ballast sends to the front end. */
  readonly secrets: readonly string[];
  readonly limits: { readonly meetings?: number | undefined; readonly attendees?: number | undefined };
  /** Only servers that carry all of these tags serve the tenant; none: every server. */
  readonly serverTags: readonly string[];
  /** By call name: create, join, … */
  readonly parameters: Readonly<Record<string, ParameterRules>>;
  /** How its meetings are placed; absent: as configured for all. */
  readonly policy?: PolicyName | undefined;
  /** How long its recordings are kept in Ballast's archive; absent: as configured for all. */
  readonly recordings?: { readonly keepForMs?: number | undefined } | undefined;
}

/** Where tenants are kept; the default tenant's secrets come from the configuration, never from here. */
export interface TenantStore {
  listTenants(): Promise<readonly Tenant[]>;
  saveTenant(tenant: Tenant): Promise<void>;
  removeTenant(id: string): Promise<void>;
}
