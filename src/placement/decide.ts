import { byId } from './by-id.js';
import { detailOf, explanationOf, type Choice, type Judged } from './explain.js';
import type { Policy, PolicyContext, PolicyState } from './policies/policy.js';
import { predicted } from './policies/predicted.js';
import { policies } from './policies/registry.js';
import { newcomerOf, predictLoad, type Assessment } from './predict-load.js';
import { tiersOf, type Tier } from './tiers.js';
import type {
  Candidate,
  Decision,
  PlacementOptions,
  PlacementReason,
  PlacementRequest,
  ScoredCandidate,
  Verdict,
} from './types.js';

export type { PolicyState } from './policies/policy.js';

/** A decision, and what the policy is to remember for the next one if the meeting goes to its first server. */
export interface Decided {
  readonly decision: Decision;
  readonly state: PolicyState;
}

const initialState: PolicyState = { lastServerId: undefined };

/**
 * Chooses a server for a new meeting: pure, the same answer for the same values and the same `random`, whatever the
 * order of `candidates`. `state` comes from the decision before; the caller keeps it.
 */
export function decide(
  request: PlacementRequest,
  candidates: readonly Candidate[],
  options: PlacementOptions,
  random: () => number,
  state: PolicyState = initialState,
): Decided {
  const newcomer = newcomerOf(request, options);
  const servers = candidates.map((candidate) => predictLoad(candidate, newcomer, options));
  const tiers = tiersOf(servers, request, options);
  const context: PolicyContext = { options, random, state };

  let choice: Choice | undefined;
  const judged: Judged[] = [];
  for (const tier of tiers.tiers) {
    // Above the ceilings only the load counts, whatever the policy.
    const policy: Policy = tier.kind === 'least-bad' ? predicted : policies[options.policy];
    const { order, tied } = policy.order(tier.servers, context);
    const isFirstTier = choice === undefined;
    for (const [index, server] of order.entries()) {
      choice ??= { first: server, tier, tied, policy };
      const verdict = isFirstTier ? verdictAt(index, server, choice) : verdictOfLater(tier, choice);
      judged.push({ server, verdict, rank: judged.length + 1 });
    }
  }
  const ranking = judged.map(({ server }) => server.candidate.id);
  const refused = [...tiers.refused].sort((a, b) => byId(a.server, b.server));
  for (const { server, verdict } of refused) judged.push({ server, verdict, rank: undefined });

  const decision: Decision = {
    ranking,
    reason: reasonOf(choice, tiers.isFallback),
    explanation: explanationOf(choice, tiers, judged, request, context),
    candidates: judged.map((item) => scored(item, detailOf(item, choice, request))),
  };
  return { decision, state: { lastServerId: ranking[0] ?? state.lastServerId } };
}

function verdictAt(index: number, server: Assessment, { first, tied, policy }: Choice): Verdict {
  if (index === 0) return 'chosen';
  if (index < tied) return 'within-tolerance';
  if (policy === predicted && server.load === undefined && first.load !== undefined) return 'unknown-load';
  return policy.behind;
}

function verdictOfLater(tier: Tier, { tier: firstTier }: Choice): Verdict {
  if (tier.kind === 'least-bad') return 'above-ceiling';
  if (tier.kind === 'spare' && firstTier.kind !== 'spare') return 'spare';
  return 'tag-preferred-elsewhere';
}

function reasonOf(choice: Choice | undefined, isFallback: boolean): PlacementReason {
  if (choice === undefined) return 'no-server';
  if (isFallback || choice.tier.kind === 'least-bad') return 'least-bad';
  return choice.tier.kind === 'spare' ? 'spare' : choice.policy.reason(choice.first);
}

function scored({ server, verdict, rank }: Judged, detail: string): ScoredCandidate {
  const { candidate } = server;
  return {
    id: candidate.id,
    verdict,
    detail,
    load: server.load,
    bound: server.bound,
    cpu: server.cpu,
    predictedCpu: server.predictedCpu,
    predictedInMs: server.predictedInMs,
    cpuPerPerson: candidate.cpuPerPerson,
    backgroundCpu: candidate.backgroundCpu,
    memory: server.memory,
    networkBytesPerSecond: server.networkBytesPerSecond,
    attendees: candidate.attendees,
    reservedAttendees: server.reserved,
    meetings: candidate.meetings,
    sampleAgeMs: candidate.sampleAgeMs,
    pollAgeMs: candidate.pollAgeMs,
    rank,
  };
}
