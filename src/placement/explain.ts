import { ageOf, describeBlocked, describeLoad, percent, plural } from './describe-load.js';
import { obstacleOf } from './detail.js';
import { isByPeople, type Choice, type Judged, type Matter } from './judged.js';
import type { Assessment } from './predict-load.js';
import type { Verdict } from './types.js';

/** The sentence about the whole decision; `judged` holds every server, best first. */
export function explanationOf(judged: readonly Judged[], matter: Matter): string {
  const { choice, options } = matter;
  if (choice === undefined) return explainRefusal(judged);
  const { first } = choice;
  const blocked = first.blockedBy === undefined ? '' : ` (${describeBlocked(first, options)})`;
  const state = `${stateOf(choice)}${among(choice, judged, matter)}${blocked}`;
  return `${leadOf(choice, matter)}${first.candidate.id}: ${state}${lighterOne(choice, judged, matter)}`;
}

function leadOf({ tier, first }: Choice, { tiers, request: { preferredTag } }: Matter): string {
  if (tiers.isFallback)
    return 'no server is online, trying those that failed lately or were not polled yet: ';
  switch (tier.kind) {
    case 'share-used':
      return 'no other server can take it, so one beyond the share of its tag: ';
    case 'least-bad':
      return 'no server that may take it is below its ceilings, the least bad is ';
    case 'spare':
      return 'no regular server can take it, so a spare: ';
    default:
      return preferredTag === undefined || first.candidate.tags.includes(preferredTag)
        ? ''
        : `no regular server with the preferred tag ${preferredTag} can take it, so another: `;
  }
}

function stateOf({ first, policy }: Choice): string {
  if (policy.behind === 'not-its-turn') return 'next in turn';
  const { cpu, predictedCpu, predictedInMs, load, candidate } = first;
  if (cpu === undefined || predictedCpu === undefined || load === undefined) {
    const people = `${plural(candidate.attendees, 'attendee')} counted and ${Math.round(first.reserved)} reserved`;
    const seen = policy.describe(first);
    return seen.includes('attendee') ? seen : `${seen}, ${people}`;
  }
  const young = candidate.outlook.youngMeetings;
  const promised = young === 0 ? 'with this meeting' : `with ${plural(young, 'young meeting')} and this one`;
  const when = predictedInMs === undefined ? '' : ` in ${ageOf(predictedInMs)}`;
  const text = `${percent(cpu)} CPU now, ${percent(predictedCpu)} expected${when} ${promised}`;
  return first.bound === 'cpu' && policy.describe === describeLoad
    ? text
    : `${text}, ${policy.describe(first)}`;
}

function among(choice: Choice, judged: readonly Judged[], { tiers }: Matter): string {
  const { tier, tied, drawn, policy } = choice;
  const count = tier.servers.length;
  if (count === 1)
    return tiers.tiers.length === 1 && judged.length > 1 ? ', the only one that can take it' : '';
  if (tied > 1) return `, drawn from ${tied} equal ones of ${count}`;
  if (policy.behind === 'not-its-turn') return ` of ${count}`;
  if (isByPeople(choice)) return `, the fewest people of ${count}`;
  return drawn === undefined ? `, the lowest of ${count}` : `, the lighter of ${drawn} drawn from ${count}`;
}

/** Verdicts of servers that were compared with the first, or that nobody would expect to be taken. */
const NOT_TEMPTING: ReadonlySet<Verdict> = new Set<Verdict>([
  'chosen',
  'heavier',
  'within-tolerance',
  'not-its-turn',
  'not-drawn',
  'tag-missing',
]);

/** Names the most tempting server that was passed over for another reason than its load. */
function lighterOne({ first }: Choice, judged: readonly Judged[], matter: Matter): string {
  let best: Judged | undefined;
  for (const item of judged) {
    const { verdict, server } = item;
    if (NOT_TEMPTING.has(verdict) || server.candidate.adminState === 'disabled') continue;
    if (!isLighter(server, first)) continue;
    if (best === undefined || server.weightedPeople < best.server.weightedPeople) best = item;
  }
  if (best === undefined) return '';
  const { server, verdict } = best;
  const lead = server.load !== undefined && first.load !== undefined ? 'is lighter' : 'has fewer people';
  return `; ${server.candidate.id} ${lead} but ${obstacleOf(server, verdict, matter)}`;
}

function isLighter(server: Assessment, first: Assessment): boolean {
  if (server.load !== undefined && first.load !== undefined) return server.load < first.load;
  return server.weightedPeople < first.weightedPeople;
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
