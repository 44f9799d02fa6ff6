import { ageOf, describeBlocked, describeLoad, describeUnknown, percent, plural } from './describe-load.js';
import type { PolicyContext, Policy } from './policies/policy.js';
import type { Assessment } from './predict-load.js';
import type { Tier, Tiers } from './tiers.js';
import type { Candidate, PlacementRequest, Verdict } from './types.js';

/** A server of a decision with its verdict, best first; `rank` is `undefined` where it may not be tried. */
export interface Judged {
  readonly server: Assessment;
  readonly verdict: Verdict;
  readonly rank: number | undefined;
}

/** What a sentence needs to know of the choice. */
export interface Choice {
  readonly first: Assessment;
  readonly tier: Tier;
  readonly tied: number;
  readonly policy: Policy;
}

/** Why this server was not taken, or what spoke for it, as a person would say it. */
export function detailOf(
  { server, verdict }: Judged,
  choice: Choice | undefined,
  request: PlacementRequest,
): string {
  const first = choice?.first.candidate.id ?? '';
  // Sentences for hundreds of servers at each create: none is built in vain.
  const describe = choice?.policy.describe ?? describeLoad;
  switch (verdict) {
    case 'chosen':
      return describe(server);
    case 'heavier':
      return `${describe(server)}; ${first} is lighter`;
    case 'within-tolerance':
      return `${describe(server)}; as light as ${first}, the choice was random`;
    case 'not-its-turn':
      return `${first} is next in turn`;
    default: {
      const clause = obstacle(server, verdict, request);
      return clause.startsWith('is ') ? clause.slice(3) : clause;
    }
  }
}

/** The sentence about the whole decision. */
export function explanationOf(
  choice: Choice | undefined,
  { tiers, isFallback }: Tiers,
  judged: readonly Judged[],
  request: PlacementRequest,
  context: PolicyContext,
): string {
  if (choice === undefined) return explainRefusal(judged);
  const { first, tier, policy } = choice;
  const lead = isFallback
    ? 'no server is online, trying those that failed lately or were not polled yet: '
    : tier.kind === 'least-bad'
      ? 'no server is below its ceilings, the least bad is '
      : tier.kind === 'spare'
        ? 'no other server is below its ceilings, so a spare: '
        : '';
  const state =
    policy.behind === 'not-its-turn' ? 'next in turn' : stateOf(first, policy, context.options.rampMs);
  const blocked = first.blockedBy === undefined ? '' : `; ${describeBlocked(first)}`;
  const others = tier.servers.length;
  const among =
    others === 1
      ? tiers.length === 1 && judged.length > 1
        ? ', the only one that can take it'
        : ''
      : choice.tied > 1
        ? `, drawn from ${choice.tied} equal ones of ${others}`
        : policy.behind === 'not-its-turn'
          ? ` of ${others}`
          : `, the lowest of ${others}`;
  return `${lead}${first.candidate.id}: ${state}${blocked}${among}${lighterOne(choice, judged, request)}`;
}

function stateOf(first: Assessment, policy: Policy, rampMs: number): string {
  if (first.cpu === undefined || first.predictedCpu === undefined || first.load === undefined) {
    const seen = policy.describe(first);
    return `${seen}, ${plural(first.candidate.attendees, 'attendee')} counted and ${Math.round(first.reserved)} reserved`;
  }
  const young = first.candidate.outlook.youngMeetings;
  const promised = young === 0 ? 'with this meeting' : `with ${plural(young, 'young meeting')} and this one`;
  const cpu = `${percent(first.cpu)} CPU now, ${percent(first.predictedCpu)} expected ${promised}`;
  return first.bound === 'cpu' && policy.describe === describeLoad
    ? cpu
    : `${cpu}, ${policy.describe(first)}`;
}

/** Names the most tempting server that was passed over for another reason than its load. */
function lighterOne({ first }: Choice, judged: readonly Judged[], request: PlacementRequest): string {
  let best: Judged | undefined;
  for (const item of judged) {
    const { verdict, server } = item;
    if (verdict === 'chosen' || verdict === 'heavier' || verdict === 'within-tolerance') continue;
    if (verdict === 'not-its-turn' || verdict === 'tag-missing' || server.candidate.adminState === 'disabled')
      continue;
    if (!isLighter(server, first)) continue;
    if (best === undefined || server.weightedPeople < best.server.weightedPeople) best = item;
  }
  if (best === undefined) return '';
  const { server, verdict } = best;
  const lead = server.load !== undefined && first.load !== undefined ? 'is lighter' : 'has fewer people';
  return `; ${server.candidate.id} ${lead} but ${obstacle(server, verdict, request)}`;
}

function isLighter(server: Assessment, first: Assessment): boolean {
  if (server.load !== undefined && first.load !== undefined) return server.load < first.load;
  return server.weightedPeople < first.weightedPeople;
}

function obstacle(server: Assessment, verdict: Verdict, request: PlacementRequest): string {
  const { candidate } = server;
  switch (verdict) {
    case 'not-enabled':
      return `is ${candidate.adminState}`;
    case 'not-online':
      return healthOf(candidate);
    case 'tag-missing': {
      const missing = request.requiredTags.filter((tag) => !candidate.tags.includes(tag));
      return `lacks the tag ${missing.join(', ')}`;
    }
    case 'tag-preferred-elsewhere':
      return `lacks the preferred tag ${request.preferredTag ?? ''}`;
    case 'failed-before':
      return 'failed for this create';
    case 'spare':
      return 'is a spare, kept for when no other is below its ceilings';
    case 'above-ceiling':
      return `would be above a ceiling: ${describeBlocked(server)}`;
    case 'unknown-load': {
      const { sampleAgeMs } = candidate;
      return candidate.cpu === undefined && sampleAgeMs !== undefined && !Number.isNaN(sampleAgeMs)
        ? `its last sample is ${ageOf(sampleAgeMs)} old`
        : `its load is unknown: ${describeUnknown(server)}`;
    }
    default:
      return describeLoad(server);
  }
}

function healthOf({ health }: Candidate): string {
  if (health === 'unknown') return 'was not polled yet';
  return health === 'wrong-secret' ? 'refuses the secret' : `is ${health}`;
}

const refusalNames: Readonly<Partial<Record<Verdict, string>>> = {
  'not-enabled': 'cordoned or disabled',
  'not-online': 'not online',
  'tag-missing': 'without a required tag',
  'failed-before': 'failed for this create',
  'above-ceiling': 'above a ceiling',
};

function explainRefusal(judged: readonly Judged[]): string {
  if (judged.length === 0) return 'no server can take it: the pool has none';
  const counts = new Map<string, number>();
  for (const { verdict } of judged) {
    const name = refusalNames[verdict] ?? verdict;
    counts.set(name, (counts.get(name) ?? 0) + 1);
  }
  return `no server can take it: ${[...counts].map(([name, count]) => `${count} ${name}`).join(', ')}`;
}
