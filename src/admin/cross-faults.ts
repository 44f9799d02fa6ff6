import type { ClusterDocument } from './cluster-document.js';
import type { ClusterState } from './cluster-state.js';

/** What no document shows by itself: IDs, URLs and hosts taken twice, within the file or with what stays in the cluster. */
export function crossFaults(
  wanted: ClusterDocument,
  state: Pick<ClusterState, 'servers' | 'tenants' | 'isAdminToken'>,
  leavingServers: ReadonlySet<string>,
  leavingTenants: ReadonlySet<string>,
): string[] {
  const wantedServers = new Set(wanted.servers.map((server) => server.id));
  const wantedTenants = new Set(wanted.tenants.map((tenant) => tenant.id));
  const stayingServers = state.servers.filter(({ id }) => !wantedServers.has(id) && !leavingServers.has(id));
  const stayingTenants = state.tenants.filter(({ id }) => !wantedTenants.has(id) && !leavingTenants.has(id));
  return [
    ...repeated(wanted.servers.map(({ id }) => id)).map((id) => `Server ${id}: this id is given twice`),
    ...repeated(wanted.tenants.map(({ id }) => id)).map((id) => `Tenant ${id}: this id is given twice`),
    ...shared(
      'Server',
      'URL',
      wanted.servers.map(({ id, url }) => [id, [url]]),
      stayingServers.map(({ id, url }) => [id, [url]]),
    ),
    ...shared(
      'Tenant',
      'host',
      wanted.tenants.map(({ id, hosts }) => [id, hosts]),
      stayingTenants.map(({ id, hosts }) => [id, hosts]),
    ),
    ...wanted.tenants
      .filter(({ secrets }) => secrets.some((secret) => state.isAdminToken(secret)))
      .map(({ id }) => `Tenant ${id}: secrets: one of them is an admin token; make a secret of its own`),
  ];
}

type Holder = readonly [id: string, values: readonly string[]];

function shared(kind: string, noun: string, wanted: readonly Holder[], staying: readonly Holder[]): string[] {
  const holders = new Map<string, string>();
  for (const [id, values] of staying) for (const value of values) holders.set(value, id);
  const faults: string[] = [];
  for (const [id, values] of wanted) {
    for (const value of values) {
      const holder = holders.get(value);
      if (holder === undefined) holders.set(value, id);
      else if (holder !== id)
        faults.push(`${kind} ${id}: ${kind.toLowerCase()} ${holder} has the same ${noun} ${value}`);
    }
  }
  return faults;
}

function repeated(ids: readonly string[]): string[] {
  return [...new Set(ids.filter((id, index) => ids.indexOf(id) !== index))];
}
