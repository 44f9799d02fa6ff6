import type { Expectation } from './learning/room-habits.js';
import type { PolicyName } from '../policy-names.js';
import type { PeopleOutlook } from './outlook.js';

export type { PolicyName };

/** A new meeting looking for a server. */
export interface PlacementRequest {
  /** How many people are expected in it, for how long, and how that is known. */
  readonly expectation: Expectation;
  /** A server must carry all of these (the tenant's pool, a required `meta_server-tag`). */
  readonly requiredTags: readonly string[];
  /** Preferred tag (`meta_server-tag` without `!`): servers without it are taken only when none with it is eligible. */
  readonly preferredTag: string | undefined;
  /** Server IDs that already failed for this create. */
  readonly excluded: ReadonlySet<string>;
  /** The tenant's own policy; absent: `PlacementOptions.policy`. */
  readonly policy?: PolicyName | undefined;
}

/** One server as placement sees it: plain values, taken at one instant. Unknown is `undefined`, never 0. */
export interface Candidate {
  readonly id: string;
  readonly adminState: 'enabled' | 'cordoned' | 'disabled';
  readonly health: 'unknown' | 'online' | 'unstable' | 'offline' | 'wrong-secret';
  readonly tags: readonly string[];
  readonly loadMultiplier: number;
  /** This server's own ceilings; absent ones follow `PlacementOptions.limits` or do not bind. */
  readonly limits: {
    readonly cpu?: number | undefined;
    readonly memory?: number | undefined;
    readonly network?: number | undefined;
    readonly attendees?: number | undefined;
    readonly meetings?: number | undefined;
  };
  /** Busy CPU over the window, 0 to 1, from a sample young enough to count. */
  readonly cpu: number | undefined;
  readonly memory: number | undefined;
  readonly networkBytesPerSecond: number | undefined;
  readonly networkMbit: number | undefined;
  /** Age of the newest sample, also where it is too old to count. */
  readonly sampleAgeMs: number | undefined;
  readonly pollAgeMs: number | undefined;
  /** Mean of CPU and of memory over the last five minutes, 0 to 1 each (what the policy `cpu-mem` looks at). */
  readonly longCpu: number | undefined;
  readonly longMemory: number | undefined;
  /** Counted by the newest poll. */
  readonly attendees: number;
  /** Meetings counted by the newest poll, plus claims it does not show yet. */
  readonly meetings: number;
  /** People to come and to go; without the new meeting. */
  readonly outlook: PeopleOutlook;
  /** Share of this host's CPU that one person costs, as learnt over the whole pool (at most 0.005 before that). */
  readonly cpuPerPerson: number;
  /** Share of this host's CPU that is busy without anyone, as learnt. */
  readonly idleCpu: number;
  /** Measured CPU beyond what idle and people explain, smoothed; negative where people cost less here. `undefined` while unknown. */
  readonly backgroundCpu: number | undefined;
}

export interface PlacementOptions {
  readonly policy: PolicyName;
  /** Loads within this distance of the lowest are equal: the choice among them is random. */
  readonly tolerance: number;
  /** A reservation fades to nothing over this time; the horizons of the forecast are multiples of it. */
  readonly rampMs: number;
  readonly limits: { readonly cpu: number; readonly memory: number; readonly network: number };
  readonly whenFull: 'least-bad' | 'refuse';
  readonly spareTag: string;
  /** By tag: the servers that carry it get at most this part of the new meetings, 0 to 1 (a canary). */
  readonly shares: Readonly<Record<string, number>>;
}

/** Why a server was not taken, or that it was. One closed list, so that metrics and explain share it. */
export type Verdict =
  | 'chosen'
  | 'heavier'
  | 'within-tolerance'
  | 'not-its-turn'
  | 'not-drawn'
  | 'unknown-load'
  | 'not-enabled'
  | 'not-online'
  | 'tag-missing'
  | 'tag-preferred-elsewhere'
  | 'above-ceiling'
  | 'spare'
  | 'share-used'
  | 'burst-part-taken'
  | 'failed-before';

/** One candidate of a decision with everything that counted. */
export interface ScoredCandidate {
  readonly id: string;
  readonly verdict: Verdict;
  /** One sentence for a person: "cordoned", "72 % of its CPU limit, bbb2 is lighter", … */
  readonly detail: string;
  /** Tightest resource times loadMultiplier; `undefined` while unknown. */
  readonly load: number | undefined;
  /** Which resource was the tightest. */
  readonly bound: 'cpu' | 'memory' | 'network' | 'attendees' | 'meetings' | undefined;
  readonly cpu: number | undefined;
  readonly predictedCpu: number | undefined;
  /** How far ahead the highest predicted CPU is, in ms. */
  readonly predictedInMs: number | undefined;
  /** Share of this host's CPU that one person was taken to cost. */
  readonly cpuPerPerson: number | undefined;
  readonly backgroundCpu: number | undefined;
  readonly memory: number | undefined;
  readonly networkBytesPerSecond: number | undefined;
  readonly attendees: number;
  readonly reservedAttendees: number | undefined;
  readonly meetings: number;
  readonly sampleAgeMs: number | undefined;
  readonly pollAgeMs: number | undefined;
  /** 1 = best; `undefined` when not eligible. */
  readonly rank: number | undefined;
}

/** Why a server was chosen, as exported in `ballast_placements_total{reason}`. */
export type PlacementReason =
  'lowest-load' | 'unknown-load' | 'spare' | 'least-bad' | 'policy' | 'parent' | 'no-server';

export interface Decision {
  /** The order in which servers are to be tried; empty when none is eligible. */
  readonly ranking: readonly string[];
  readonly reason: PlacementReason;
  /** One sentence a person understands. */
  readonly explanation: string;
  /** What it was reckoned with, a sentence each; decisions of version 0.1 have none. */
  readonly notes?: readonly string[] | undefined;
  readonly expectation?: Expectation | undefined;
  readonly candidates: readonly ScoredCandidate[];
}

/** A decision as it is kept: for `explain` and `GET /admin/v1/placements`. */
export interface PlacementRecord {
  readonly id: string;
  /** ms since 1970. */
  readonly at: number;
  readonly tenantId: string;
  readonly meetingId: string;
  /** The server the meeting ended up on; `undefined` when none could take it. */
  readonly serverId: string | undefined;
  readonly policy: PolicyName;
  readonly expectedAttendees: number;
  readonly decision: Decision;
  /** Servers tried and failed on the way, in order. */
  readonly retries: readonly { readonly serverId: string; readonly cause: string }[];
}

export interface PlacementStore {
  /** In one transaction. */
  savePlacements(records: readonly PlacementRecord[]): Promise<void>;
  /** Newest first. */
  listPlacements(filter: {
    readonly tenantId?: string | undefined;
    readonly meetingId?: string | undefined;
    readonly limit: number;
  }): Promise<readonly PlacementRecord[]>;
  /** The one with this ID. */
  findPlacement(id: string): Promise<PlacementRecord | undefined>;
  /** Deletes what is older than `before` (ms since 1970); returns how many. */
  prunePlacements(before: number): Promise<number>;
}
