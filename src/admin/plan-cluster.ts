import type { ServerDefinition } from '../pool/server.js';
import { DEFAULT_TENANT, type Tenant } from '../tenants/tenant.js';
import type { ClusterDocument, WantedServer } from './cluster-document.js';
import { ClusterError } from './cluster-faults.js';
import type { ClusterState } from './cluster-state.js';
import { crossFaults } from './cross-faults.js';
import type { ClusterChange } from './views.js';

/** One thing to do, in this order. */
export type ClusterStep =
  | { readonly kind: 'save-server'; readonly server: ServerDefinition }
  | { readonly kind: 'save-tenant'; readonly tenant: Tenant }
  | { readonly kind: 'remove-server'; readonly id: string }
  | { readonly kind: 'remove-tenant'; readonly id: string };

/** What an apply would change, and the steps that do it. */
export interface ClusterPlan {
  readonly changes: readonly ClusterChange[];
  readonly steps: readonly ClusterStep[];
}

/** Compares what is wanted with what is. Pure; throws ClusterError when the result would contradict itself. */
export function planCluster(wanted: ClusterDocument, state: ClusterState, prune: boolean): ClusterPlan {
  const changes: ClusterChange[] = [];
  const steps: ClusterStep[] = [];
  const removals: ClusterStep[] = [];
  const servers = new Map(state.servers.map((server) => [server.id, server]));
  const tenants = new Map(state.tenants.map((tenant) => [tenant.id, tenant]));
  const leavingServers = new Set<string>();
  const leavingTenants = new Set<string>();

  for (const server of wanted.servers) {
    const present = servers.get(server.id);
    const next = nextServer(server, present);
    const change = compare('Server', next.id, present, next, `${next.adminState}, ${next.url}`);
    changes.push(change);
    if (change.action !== 'unchanged') steps.push({ kind: 'save-server', server: next });
  }
  for (const tenant of wanted.tenants) {
    const present = tenants.get(tenant.id);
    // The default tenant's secrets are the configuration's: a document neither knows nor changes them.
    const next = tenant.id === DEFAULT_TENANT ? { ...tenant, secrets: present?.secrets ?? [] } : tenant;
    const change = compare('Tenant', next.id, present, next, describeTenant(next));
    changes.push(change);
    if (change.action !== 'unchanged') steps.push({ kind: 'save-tenant', tenant: next });
  }
  if (prune) {
    const keptServers = new Set(wanted.servers.map((server) => server.id));
    const keptTenants = new Set(wanted.tenants.map((tenant) => tenant.id));
    for (const server of state.servers) {
      if (keptServers.has(server.id)) continue;
      const running = state.meetingsOn(server.id);
      if (running === 0) {
        leavingServers.add(server.id);
        changes.push({ kind: 'Server', id: server.id, action: 'remove', detail: 'not listed' });
        removals.push({ kind: 'remove-server', id: server.id });
        continue;
      }
      const isOpen = server.adminState === 'enabled';
      const detail = `not listed, but ${plural(running, 'meeting')} there: apply again once ended`;
      changes.push({ kind: 'Server', id: server.id, action: isOpen ? 'cordon' : 'unchanged', detail });
      if (isOpen)
        steps.push({ kind: 'save-server', server: { ...server, adminState: 'cordoned', isDraining: false } });
    }
    for (const tenant of state.tenants) {
      if (keptTenants.has(tenant.id)) continue;
      const isDefault = tenant.id === DEFAULT_TENANT;
      if (isDefault && isBare(tenant)) continue;
      leavingTenants.add(tenant.id);
      const running = state.meetingsOf(tenant.id);
      const rest =
        running === 0 || isDefault ? '' : `; ${plural(running, 'meeting')} can no longer be reached`;
      const detail = isDefault
        ? 'not listed: without hosts, limits, tags and rules again'
        : `not listed${rest}`;
      changes.push({ kind: 'Tenant', id: tenant.id, action: 'remove', detail });
      removals.push({ kind: 'remove-tenant', id: tenant.id });
    }
  }
  const faults = crossFaults(wanted, state, leavingServers, leavingTenants);
  if (faults.length > 0) throw new ClusterError(faults);
  return { changes, steps: [...steps, ...removals] };
}

/** The definition a wanted server gets: without a state of its own it keeps what an operator set. */
export function nextServer(wanted: WantedServer, present: ServerDefinition | undefined): ServerDefinition {
  const adminState = wanted.adminState ?? present?.adminState ?? 'enabled';
  const isDraining = adminState === 'cordoned' && present?.adminState === 'cordoned' && present.isDraining;
  return { ...wanted, adminState, isDraining };
}

function compare(
  kind: ClusterChange['kind'],
  id: string,
  present: object | undefined,
  next: object,
  created: string,
): ClusterChange {
  if (present === undefined) return { kind, id, action: 'create', detail: created };
  const before = new Map<string, unknown>(Object.entries(present));
  const after = new Map<string, unknown>(Object.entries(next));
  const differences = [...new Set([...before.keys(), ...after.keys()])]
    .filter((key) => canonical(before.get(key)) !== canonical(after.get(key)))
    .map((key) =>
      key.includes('secret')
        ? `${key}: *** → ***`
        : `${key}: ${canonical(before.get(key))} → ${canonical(after.get(key))}`,
    );
  return differences.length === 0
    ? { kind, id, action: 'unchanged', detail: '' }
    : { kind, id, action: 'update', detail: differences.join('; ') };
}

/** JSON with sorted keys: equal texts for equal values. */
function canonical(value: unknown): string {
  if (value === undefined) return 'none';
  return JSON.stringify(value, (_key, inner: unknown) =>
    typeof inner === 'object' && inner !== null && !Array.isArray(inner)
      ? Object.fromEntries(Object.entries(inner).sort(([a], [b]) => (a < b ? -1 : 1)))
      : inner,
  );
}

function describeTenant(tenant: Tenant): string {
  const hosts = tenant.hosts.length === 0 ? `path /t/${tenant.id}` : tenant.hosts.join(', ');
  return tenant.id === DEFAULT_TENANT ? 'limits, tags and rules' : hosts;
}

function isBare(tenant: Tenant): boolean {
  const rules = [...tenant.hosts, ...tenant.serverTags, ...Object.keys(tenant.parameters)];
  if (tenant.policy !== undefined || tenant.recordings !== undefined) return false;
  return rules.length === 0 && Object.values(tenant.limits).every((limit) => limit === undefined);
}

function plural(count: number, noun: string): string {
  return count === 1 ? `1 ${noun}` : `${count} ${noun}s`;
}
