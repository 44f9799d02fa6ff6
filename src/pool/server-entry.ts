import type { ServerAddress } from '../bbb/server-address.js';
import {
  nextHealth,
  unknownHealth,
  type HealthEvent,
  type HealthState,
  type HealthThresholds,
} from './health.js';
import type { PooledServer, ServerDefinition, ServerPoll } from './server.js';

/** One poll from its start to its end. `mark` is the pool's count of changes when it began. */
export interface PollRun {
  readonly startedAt: number;
  readonly mark: number;
  readonly controller: AbortController;
  /** Set at its end; dropped: the server left, was redefined, or the pool stops. */
  outcome: 'good' | 'dropped' | Error | undefined;
}

/** What the pool keeps of one server; replaced as a whole when its address changes or it is disabled. */
export interface ServerEntry {
  server: PooledServer;
  state: HealthState;
  /** The server's place within the poll interval, ms. */
  readonly phaseMs: number;
  /** The pool's count of changes at the last `markChanged`: polls with a lower mark may have missed it. */
  changedMark: number;
  lastGood: PollRun | undefined;
  running: PollRun | undefined;
}

/** What one poll or reported call adds to the picture of a server. */
export interface ServerNews {
  readonly event: HealthEvent;
  readonly failure?: string;
  readonly poll?: ServerPoll;
  readonly clockSkewMs?: number | undefined;
}

/** A server that was never polled. */
export function newEntry(definition: ServerDefinition, phaseMs: number, now: number): ServerEntry {
  return {
    server: {
      definition,
      health: 'unknown',
      healthSince: now,
      consecutiveFailures: 0,
      lastFailure: undefined,
      poll: undefined,
      clockSkewMs: undefined,
    },
    state: unknownHealth,
    phaseMs,
    changedMark: 0,
    lastGood: undefined,
    running: undefined,
  };
}

/** Takes the news into the entry: a new view of the server, never a changed one. */
export function applyNews(
  entry: ServerEntry,
  news: ServerNews,
  thresholds: HealthThresholds,
  now: number,
): void {
  const before = entry.server;
  entry.state = nextHealth(entry.state, news.event, thresholds);
  const { health, consecutiveFailures } = entry.state;
  entry.server = {
    definition: before.definition,
    health,
    healthSince: health === before.health ? before.healthSince : now,
    consecutiveFailures,
    lastFailure: health === 'online' ? undefined : (news.failure ?? before.lastFailure),
    poll: news.poll ?? before.poll,
    clockSkewMs: news.clockSkewMs ?? before.clockSkewMs,
  };
}

/** Disabled servers are not polled. */
export function isPolled(definition: ServerDefinition): boolean {
  return definition.adminState !== 'disabled';
}

/** False when what was learnt at one address says nothing about the other. */
export function isSameAddress(a: ServerAddress, b: ServerAddress): boolean {
  return a.url === b.url && a.secret === b.secret && a.allowInsecureTls === b.allowInsecureTls;
}
