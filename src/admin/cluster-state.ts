import type { ServerDefinition } from '../pool/server.js';
import type { Tenant } from '../tenants/tenant.js';

/** The cluster as it is, read at one instant. */
export interface ClusterState {
  readonly servers: readonly ServerDefinition[];
  readonly tenants: readonly Tenant[];
  /** Meetings that run on the server. */
  readonly meetingsOn: (serverId: string) => number;
  readonly meetingsOf: (tenantId: string) => number;
  /** True for a text that is an admin token: no tenant may have it as its secret. */
  readonly isAdminToken: (text: string) => boolean;
}
