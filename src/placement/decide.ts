import { byId } from './by-id.js';
import { explanationOf } from './explain.js';
import type { Choice, Judged } from './judged.js';
import { notesOf } from './notes.js';
import { freshState, type Policy, type PolicyContext, type PolicyState } from './policies/policy.js';
import { predicted } from './policies/predicted.js';
import { policies } from './policies/registry.js';
import { newcomerOf, predictLoad, type Assessment } from './predict-load.js';
import { ScoredServer } from './scored-server.js';
import { earnTokens, spendTokens } from './shares.js';
import { tiersOf, type Tier } from './tiers.js';
import type {
  Candidate,
  Decision,
  PlacementOptions,
  PlacementReason,
  PlacementRequest,
  Verdict,
} from './types.js';

export { freshState, type PolicyState } from './policies/policy.js';

/** A decision, and what is to be remembered for the next one if the meeting goes to its first server. */
export interface Decided {
  readonly decision: Decision;
  readonly state: PolicyState;
}

/**
 * Chooses a server for a new meeting: pure, the same answer for the same values and the same `random`, whatever the
 * order of `candidates`. `state` comes from the decision before; the caller keeps it.
 */
export function decide(
  request: PlacementRequest,
  candidates: readonly Candidate[],
  options: PlacementOptions,
  random: () => number,
  state: PolicyState = freshState,
): Decided {
  const newcomer = newcomerOf(request, options);
  const servers = candidates.map((candidate) => predictLoad(candidate, newcomer, options));
  const tokens = earnTokens(state.tokens, options, request.excluded.size > 0);
  const tiers = tiersOf(servers, request, options, tokens);
  const context: PolicyContext = { options, random, state };

  let choice: Choice | undefined;
  const judged: Judged[] = [];
  for (const tier of tiers.tiers) {
    const policy = policyFor(tier, request, options);
    const { order, tied, drawn } = policy.order(tier.servers, context);
    const isFirstTier = choice === undefined;
    let index = 0;
    for (const server of order) {
      choice ??= { first: server, tier, tied, drawn, policy };
      const verdict = isFirstTier ? verdictAt(index, server, choice) : verdictOfLater(tier, choice);
      index += 1;
      judged.push({ server, verdict, rank: judged.length + 1 });
    }
  }
  const ranking = judged.map(({ server }) => server.candidate.id);
  const refused = [...tiers.refused].sort((a, b) => byId(a.server, b.server));
  for (const { server, verdict } of refused) judged.push({ server, verdict, rank: undefined });

  const matter = { request, options, tokens, choice, tiers };
  const decision: Decision = {
    ranking,
    reason: reasonOf(choice, tiers.isFallback),
    explanation: explanationOf(judged, matter),
    notes: notesOf(matter),
    expectation: request.expectation,
    candidates: judged.map((item) => new ScoredServer(item, matter)),
  };
  return { decision, state: choice === undefined ? state : stateAfter(choice, { servers, tokens, state }) };
}

function policyFor({ kind }: Tier, request: PlacementRequest, options: PlacementOptions): Policy {
  // Where nobody is as wanted only the load counts, whatever the policy.
  return kind === 'least-bad' || kind === 'share-used'
    ? predicted
    : policies[request.policy ?? options.policy];
}

function stateAfter(
  { first, policy }: Choice,
  {
    servers,
    tokens,
    state,
  }: Pick<PolicyContext, 'state'> & { servers: readonly Assessment[]; tokens: PolicyState['tokens'] },
): PolicyState {
  const spent = spendTokens(tokens, first);
  if (policy.behind !== 'not-its-turn') return { turns: state.turns, tokens: spent };
  const turns = new Map<string, number>();
  let newest = 0;
  // Servers that have left the pool are forgotten here.
  for (const { candidate } of servers) {
    const turn = state.turns.get(candidate.id);
    if (turn !== undefined) turns.set(candidate.id, turn);
    newest = Math.max(newest, turn ?? 0);
  }
  return { turns: turns.set(first.candidate.id, newest + 1), tokens: spent };
}

function verdictAt(index: number, server: Assessment, { first, tied, drawn, policy }: Choice): Verdict {
  if (index === 0) return 'chosen';
  if (index < tied) return 'within-tolerance';
  if (drawn !== undefined && index >= drawn) return 'not-drawn';
  if (policy.isUnknown?.(server) === true && !policy.isUnknown(first)) return 'unknown-load';
  return policy.behind;
}

function verdictOfLater(tier: Tier, { tier: firstTier }: Choice): Verdict {
  if (tier.kind === 'share-used') return 'share-used';
  if (tier.kind === 'burst') return 'burst-part-taken';
  if (tier.kind === 'least-bad') return 'above-ceiling';
  if (tier.kind === 'spare' && firstTier.kind !== 'spare') return 'spare';
  return 'tag-preferred-elsewhere';
}

function reasonOf(choice: Choice | undefined, isFallback: boolean): PlacementReason {
  if (choice === undefined) return 'no-server';
  const { kind } = choice.tier;
  if (isFallback || kind === 'least-bad' || kind === 'share-used') return 'least-bad';
  return kind === 'spare' ? 'spare' : choice.policy.reason(choice.first);
}
