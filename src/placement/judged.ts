import type { Policy } from './policies/policy.js';
import type { Assessment } from './predict-load.js';
import type { Tokens } from './shares.js';
import type { Tier, Tiers } from './tiers.js';
import type { PlacementOptions, PlacementRequest, Verdict } from './types.js';

/** A server of a decision with its verdict, best first; `rank` is `undefined` where it may not be tried. */
export interface Judged {
  readonly server: Assessment;
  readonly verdict: Verdict;
  readonly rank: number | undefined;
}

/** The server that was taken, and among whom. */
export interface Choice {
  readonly first: Assessment;
  readonly tier: Tier;
  readonly tied: number;
  /** Servers of the tier that were compared, where not all were. */
  readonly drawn: number | undefined;
  readonly policy: Policy;
}

/** The first server itself could not be compared by its policy: then people decided. */
export function isByPeople({ policy, first }: Choice): boolean {
  return policy.isUnknown?.(first) === true;
}

/** What people are compared by where no load is known: by themselves, or on hosts that are not alike by their cores. */
export function forCores({ tier, first }: Choice): string {
  const { cpuPerPerson } = first.candidate;
  return tier.servers.every(({ candidate }) => candidate.cpuPerPerson === cpuPerPerson)
    ? ''
    : ' for its cores';
}

/** Everything a sentence about a decision may speak of; nothing in it changes afterwards. */
export interface Matter {
  readonly request: PlacementRequest;
  readonly options: PlacementOptions;
  readonly tokens: Tokens;
  readonly tiers: Tiers;
  /** `undefined`: nobody could take the meeting. */
  readonly choice: Choice | undefined;
}
