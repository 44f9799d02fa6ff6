import type { Ineligibility } from './eligibility.js';
import type { Expectation } from './learning/room-habits.js';
import { newcomerOf, predictLoad } from './predict-load.js';
import { tiersOf, type Tiers } from './tiers.js';
import type { Candidate, PlacementOptions, PlacementRequest, Verdict } from './types.js';

/** Why no new meeting should go to a server now, whatever its tenant. */
export type Exclusion =
  Extract<Ineligibility, 'not-enabled' | 'not-online'> | Extract<Verdict, 'above-ceiling'>;

/** Shares of tags pass a meeting on from one server to the next: that excludes nobody for long. */
const NO_SHARES: ReadonlyMap<string, number> = new Map();

/**
 * The servers that would not be taken for a usual new meeting of any tenant, by ID, and why: by the same rules as a
 * placement. Those that are tried only for want of others (above their limits, not online) count as excluded.
 */
export function exclusionsOf(
  candidates: readonly Candidate[],
  expectation: Expectation,
  options: PlacementOptions,
): ReadonlyMap<string, Exclusion> {
  const request: PlacementRequest = {
    expectation,
    requiredTags: [],
    preferredTag: undefined,
    excluded: new Set<string>(),
  };
  const newcomer = newcomerOf(request, options);
  const servers = candidates.map((candidate) => predictLoad(candidate, newcomer, options));
  const { tiers, refused, isFallback } = tiersOf(servers, request, options, NO_SHARES);
  const excluded = new Map<string, Exclusion>();
  for (const { server, verdict } of refused) {
    // The request names no tags and no server that failed.
    if (verdict !== 'tag-missing' && verdict !== 'failed-before') excluded.set(server.candidate.id, verdict);
  }
  for (const tier of tiers) {
    const why = lastResort(tier, isFallback);
    if (why === undefined) continue;
    for (const { candidate } of tier.servers) excluded.set(candidate.id, why);
  }
  return excluded;
}

function lastResort({ kind }: Tiers['tiers'][number], isFallback: boolean): Exclusion | undefined {
  if (isFallback) return 'not-online';
  return kind === 'least-bad' ? 'above-ceiling' : undefined;
}
