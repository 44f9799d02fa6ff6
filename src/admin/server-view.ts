import type { PooledServer } from '../pool/server.js';
import type { ServerView } from './views.js';

/** What other rooms know of a server's load; values too old to count are absent. */
export interface ServerLoad {
  readonly cpu?: number | undefined;
  readonly memory?: number | undefined;
  readonly networkBytesPerSecond?: number | undefined;
  readonly load?: number | undefined;
  /** Of the newest sample, also where it is too old to count. */
  readonly sampleAgeMs?: number | undefined;
  readonly reservedAttendees?: number | undefined;
}

/** Joins what the pool and the samples know into what is shown: field by field, so that no secret slips through. */
export function serverViewOf(server: PooledServer, load: ServerLoad, now: number): ServerView {
  const { definition, poll } = server;
  // What an offline server had at its last good poll says nothing about now.
  const counts = server.health === 'offline' ? undefined : poll?.counts;
  return {
    id: definition.id,
    url: definition.url,
    adminState: definition.adminState,
    isDraining: definition.isDraining,
    health: server.health,
    lastFailure: server.health === 'online' ? undefined : server.lastFailure,
    tags: definition.tags,
    loadMultiplier: definition.loadMultiplier,
    limits: definition.limits,
    cpu: load.cpu,
    memory: load.memory,
    networkBytesPerSecond: load.networkBytesPerSecond,
    load: load.load,
    attendees: counts?.attendees,
    reservedAttendees: load.reservedAttendees,
    meetings: counts?.meetings,
    sampleAgeSeconds: seconds(load.sampleAgeMs),
    pollAgeSeconds: poll === undefined ? undefined : seconds(now - poll.finishedAt),
    clockSkewSeconds: seconds(server.clockSkewMs),
  };
}

function seconds(ms: number | undefined): number | undefined {
  return ms === undefined ? undefined : ms / 1000;
}
