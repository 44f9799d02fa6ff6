import type { PolledMeeting } from '../bbb/polled-meeting.js';
import type { ServerAddress } from '../bbb/server-address.js';

/** Every admin state. */
export const ADMIN_STATES = ['enabled', 'cordoned', 'disabled'] as const;

/** What the administrator wants: enabled, cordoned (no new meetings, running ones go on), disabled (not polled). */
export type AdminState = (typeof ADMIN_STATES)[number];

/** Every health. */
export const HEALTHS = ['unknown', 'online', 'unstable', 'offline', 'wrong-secret'] as const;

/**
 * What the polls say. unknown: not polled yet · online · unstable: failed lately, no new meetings, its own still served ·
 * offline: failed `poll.offlineAfter` times, its meetings may be placed anew · wrong-secret: it answers, but with checksumError.
 */
export type Health = (typeof HEALTHS)[number];

/** Ceilings of one server; what is absent follows the configuration or does not bind. Ratios are 0 to 1. */
export interface ServerLimits {
  readonly cpu?: number | undefined;
  readonly memory?: number | undefined;
  readonly network?: number | undefined;
  readonly attendees?: number | undefined;
  readonly meetings?: number | undefined;
}

/** A server as the administrator defined it. */
export interface ServerDefinition extends ServerAddress {
  readonly loadMultiplier: number;
  readonly tags: readonly string[];
  readonly adminState: AdminState;
  /** Cordoned by `drain`: becomes disabled once its last meeting has ended. */
  readonly isDraining: boolean;
  /** The tag `host` of its samples, where it is not the host of the URL. */
  readonly metricsHost: string | undefined;
  readonly limits: ServerLimits;
  readonly networkMbit: number | undefined;
}

/** The sums of one poll. Someone in a breakout room is counted once, where they are. */
export interface ServerCounts {
  readonly meetings: number;
  readonly attendees: number;
  readonly listeners: number;
  readonly voice: number;
  readonly video: number;
}

/** The last good poll of a server. Times are milliseconds since 1970 by Ballast's clock. */
export interface ServerPoll {
  /** When the request was sent: nothing that happened later is certain to be in it. */
  readonly startedAt: number;
  readonly finishedAt: number;
  /** By the server's meeting ID (with tenant scope). Breakout rooms are included. */
  readonly meetings: ReadonlyMap<string, PolledMeeting>;
  readonly counts: ServerCounts;
}

/** A server of the pool as of now: definition, health and last good poll. */
export interface PooledServer {
  readonly definition: ServerDefinition;
  readonly health: Health;
  /** Ballast's clock when health last changed, ms since 1970. */
  readonly healthSince: number;
  readonly consecutiveFailures: number;
  readonly lastFailure: string | undefined;
  readonly poll: ServerPoll | undefined;
  /** Server clock minus Ballast's, from the Date header; flagged beyond 60 s. */
  readonly clockSkewMs: number | undefined;
}

/** What the pool needs to keep its servers. */
export interface ServerStore {
  listServers(): Promise<readonly ServerDefinition[]>;
  /** Inserts or replaces. */
  saveServer(server: ServerDefinition): Promise<void>;
  removeServer(id: string): Promise<void>;
}
