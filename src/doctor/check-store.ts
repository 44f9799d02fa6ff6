import type { ServerDefinition } from '../pool/server.js';
import type { StoreInspection } from '../store/inspect-store.js';
import { stateOf, type Finding, type ThingCheck } from './report.js';

/** A server as a cluster file wants it; without a state it keeps the one it has. */
export type WantedServer = Omit<ServerDefinition, 'adminState' | 'isDraining'> & {
  readonly adminState: ServerDefinition['adminState'] | undefined;
};

export interface CheckStoreDeps {
  /** Rejects with an Error that says in one line what is wrong and what to do. */
  readonly inspect: () => Promise<StoreInspection>;
  /** Of a cluster file not applied yet; they stand for those of the store with the same ID. */
  readonly wanted: readonly WantedServer[] | undefined;
}

/** Looks into the store and says which servers there are to check. Never throws. */
export async function checkStore({ inspect, wanted }: CheckStoreDeps): Promise<{
  readonly thing: ThingCheck;
  readonly findings: readonly Finding[];
  readonly servers: readonly ServerDefinition[];
  /** Servers of the store whose recordings were never read. */
  readonly unread: readonly string[];
}> {
  const { summary, findings, stored, unread = [] } = await look(inspect, wanted !== undefined);
  const servers = merge(stored, wanted ?? []);
  const all = [...findings, ...changesFindings(stored, wanted)];
  return { thing: { name: 'store', state: stateOf(all), summary }, findings: all, servers, unread };
}

interface Look {
  readonly summary: string;
  readonly findings: readonly Finding[];
  readonly stored: readonly ServerDefinition[];
  readonly unread?: readonly string[];
}

async function look(inspect: CheckStoreDeps['inspect'], hasCluster: boolean): Promise<Look> {
  try {
    const found = await inspect();
    if (found.kind === 'in-memory') return inMemory(hasCluster);
    if (found.kind === 'absent') return absent(found.name, hasCluster);
    const { name, pending, servers, unread } = found;
    const summary = `${name}, ${servers.length === 1 ? '1 server' : `${servers.length} servers`}`;
    return {
      summary,
      findings: [...pendingFindings(pending), ...emptyFindings(servers, hasCluster)],
      stored: servers,
      unread,
    };
  } catch (error) {
    const message = error instanceof Error ? error.message : String(error);
    return { summary: 'cannot be used', findings: [fault(message, '')], stored: [] };
  }
}

function inMemory(hasCluster: boolean): Look {
  const message = 'the store lives in the memory of the balancer, so its servers cannot be looked up here';
  const finding = hasCluster
    ? note(message, 'those of the cluster file are checked')
    : fault(message, 'name the servers with --cluster FILE; for a store that lasts, set store: sqlite:PATH');
  return { summary: 'in memory', findings: [finding], stored: [] };
}

function absent(name: string, hasCluster: boolean): Look {
  const message = `${name} does not exist yet`;
  const advice = '`ballast serve --apply cluster.yaml` makes it';
  return {
    summary: message,
    findings: [hasCluster ? note(message, advice) : fault(message, advice)],
    stored: [],
  };
}

function pendingFindings(pending: readonly string[]): readonly Finding[] {
  if (pending.length === 0) return [];
  const message = `the store is of an older version: ${pending.join(', ')} still to run`;
  return [note(message, 'back it up and restart `ballast serve`: it brings the store up to date')];
}

function emptyFindings(servers: readonly ServerDefinition[], hasCluster: boolean): readonly Finding[] {
  if (servers.length > 0 || hasCluster) return [];
  return [fault('the pool has no servers', 'list them in cluster.yaml and `ballast apply cluster.yaml`')];
}

/** Which servers of the file are not in the store as they stand there. */
function changesFindings(
  stored: readonly ServerDefinition[],
  wanted: readonly WantedServer[] | undefined,
): readonly Finding[] {
  const known = new Map(stored.map((server) => [server.id, server]));
  const changed = (wanted ?? []).filter((server) => {
    const before = known.get(server.id);
    return before?.url !== server.url || before.secret !== server.secret;
  });
  if (changed.length === 0) return [];
  const ids = changed.slice(0, 10).map(({ id }) => id);
  const more = changed.length > ids.length ? ` and ${changed.length - ids.length} more` : '';
  return [
    note(
      `new or changed in the cluster file: ${ids.join(', ')}${more}`,
      '`ballast apply` takes the file over',
    ),
  ];
}

function merge(
  stored: readonly ServerDefinition[],
  wanted: readonly WantedServer[],
): readonly ServerDefinition[] {
  const servers = new Map(stored.map((server) => [server.id, server]));
  for (const server of wanted) {
    const before = servers.get(server.id);
    const adminState = server.adminState ?? before?.adminState ?? 'enabled';
    servers.set(server.id, { ...server, adminState, isDraining: before?.isDraining ?? false });
  }
  return [...servers.values()];
}

function fault(message: string, advice: string): Finding {
  return { severity: 'fault', about: 'store', message, advice };
}

function note(message: string, advice: string): Finding {
  return { severity: 'note', about: 'store', message, advice };
}
