import { describeTags, newestOf, type HostReading } from './host-reading.js';
import type { HostSample, LoadTable, SampleFault, SampleKey } from './load-table.js';
import { readingFaults } from './reading-faults.js';

export interface JoinOptions {
  /** ms since 1970. */
  readonly now: number;
  readonly windowMs: number;
  /** A value whose newest reading is this much older than the host's CPU is unknown. */
  readonly maxAgeMs: number;
}

/** What a source may say of its own beside the readings. */
export type ExtraFaults = readonly SampleFault[];

const MAX_STRANGERS = 20;
const MAX_FAULTS = 1_000;

interface Matched {
  readonly reading: HostReading;
  readonly by: 'server' | 'host';
}

/**
 * Gives each server its host's readings: by the tag `server` = its ID, else by the tag `host` (in any case) of a host that
 * names no other server of the pool. Of several candidates the newest serves, and a fault names them.
 */
export function joinReadings(
  readings: readonly HostReading[],
  keys: readonly SampleKey[],
  options: JoinOptions,
  extra: ExtraFaults = [],
): LoadTable {
  const serverIds = new Set(keys.map(({ serverId }) => serverId));
  const byServer = new Map<string, HostReading[]>();
  const byHost = new Map<string, HostReading[]>();
  for (const reading of readings) {
    const { server, host } = reading;
    if (server !== undefined && serverIds.has(server)) addTo(byServer, server, reading);
    else if (host !== undefined) addTo(byHost, host.toLowerCase(), reading);
  }

  const samples = new Map<string, HostSample>();
  const faults: SampleFault[] = [...extra];
  const takenBy = new Map<HostReading, string>();
  const used = new Set<HostReading>();
  for (const { serverId, host } of keys) {
    const tagged = byServer.get(serverId) ?? [];
    const named = byHost.get(host.toLowerCase()) ?? [];
    for (const reading of [...tagged, ...named]) used.add(reading);
    const found = choose(tagged, named, options);
    if (found === undefined) continue;
    const { reading, by } = found;
    const rivals = by === 'server' ? tagged : named;
    faults.push(...duplicateFaults(serverId, reading, rivals, options));
    const other = takenBy.get(reading);
    if (other !== undefined) faults.push(sharedFault(serverId, other, reading));
    takenBy.set(reading, serverId);
    faults.push(...readingFaults(serverId, reading, options));
    const sample = sampleOf(found, options.maxAgeMs);
    if (sample !== undefined) samples.set(serverId, sample);
  }
  return {
    takenAt: options.now,
    samples,
    faults: faults.slice(0, MAX_FAULTS),
    strangers: readings
      .filter((reading) => !used.has(reading))
      .slice(0, MAX_STRANGERS)
      .map(({ server, host }) => (server === undefined ? `host=${host ?? ''}` : `server=${server}`)),
  };
}

/** The tag `server` beats the tag `host`, unless what carries it has gone silent. */
function choose(
  tagged: readonly HostReading[],
  named: readonly HostReading[],
  { now, maxAgeMs }: JoinOptions,
): Matched | undefined {
  const candidates: Matched[] = [];
  const newestTagged = newest(tagged);
  if (newestTagged !== undefined) candidates.push({ reading: newestTagged, by: 'server' });
  const newestNamed = newest(named);
  if (newestNamed !== undefined) candidates.push({ reading: newestNamed, by: 'host' });
  return (
    candidates.find(({ reading }) => (newestOf(reading) ?? Number.NEGATIVE_INFINITY) >= now - maxAgeMs) ??
    candidates[0]
  );
}

function newest(readings: readonly HostReading[]): HostReading | undefined {
  let best: HostReading | undefined;
  for (const reading of readings) if (best === undefined || timeOf(reading) > timeOf(best)) best = reading;
  return best;
}

function sampleOf({ reading, by }: Matched, maxAgeMs: number): HostSample | undefined {
  const sampledAt = newestOf(reading);
  if (sampledAt === undefined) return undefined;
  const isFresh = (at: number | undefined): boolean => at !== undefined && at >= sampledAt - maxAgeMs;
  return {
    cpu: reading.cpuAt === undefined ? undefined : reading.cpu,
    memory: isFresh(reading.memoryAt) ? reading.memory : undefined,
    networkBytesPerSecond: isFresh(reading.networkAt) ? reading.networkBytesPerSecond : undefined,
    sampledAt,
    memorySampledAt: reading.memoryAt,
    networkSampledAt: reading.networkAt,
    cpuCount: reading.cpuCount,
    networkMbit: reading.networkMbit,
    matchedBy: by,
  };
}

function duplicateFaults(
  serverId: string,
  chosen: HostReading,
  rivals: readonly HostReading[],
  { windowMs }: JoinOptions,
): readonly SampleFault[] {
  // One that fell silent is a host renamed or replaced, not a second one.
  const alive = rivals.filter(
    (rival) => rival !== chosen && timeOf(rival) >= timeOf(chosen) - Math.min(windowMs, 60_000),
  );
  if (alive.length === 0) return [];
  const all = [chosen, ...alive].slice(0, 4).map(describeTags).sort().join(' and ');
  const message = `${alive.length + 1} hosts send samples as ${serverId} (${all}); the newest counts: give each a tag of its own`;
  return [{ serverId, kind: 'duplicate-tags', message }];
}

function sharedFault(serverId: string, other: string, reading: HostReading): SampleFault {
  const message = `${describeTags(reading)} stands for ${other} and for ${serverId}, and both take its samples: give each server's host a tag server=ID or a metricsHost of its own`;
  return { serverId, kind: 'duplicate-tags', message };
}

function timeOf(reading: HostReading): number {
  return newestOf(reading) ?? Number.NEGATIVE_INFINITY;
}

function addTo(map: Map<string, HostReading[]>, key: string, reading: HostReading): void {
  const list = map.get(key);
  if (list === undefined) map.set(key, [reading]);
  else list.push(reading);
}
