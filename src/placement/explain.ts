import { ageOf, describeBlocked, describeLoad, peopleOn, percent, plural } from './describe-load.js';
import { obstacleOf } from './detail.js';
import { forCores, isByPeople, type Choice, type Judged, type Matter } from './judged.js';
import type { Assessment } from './predict-load.js';
import type { Verdict } from './types.js';

/**
 * The sentence about the whole decision: "bbb3: 41 % CPU now, 58 % expected in 10 minutes with 2 young meetings and this
 * one; 68 % of its CPU limit, the lightest of 4 that can take it". `judged` holds every server, best first.
 */
export function explanationOf(judged: readonly Judged[], matter: Matter): string {
  const { choice, options } = matter;
  if (choice === undefined) return explainRefusal(judged);
  const { first } = choice;
  const parts = [
    ...statesOf(choice, judged, matter),
    ...(first.blockedBy === undefined ? [] : [`it ${describeBlocked(first, options)}`]),
    ...passedOver(choice, judged, matter),
  ];
  return `${leadOf(choice, judged, matter)}${first.candidate.id}: ${parts.join('; ')}`;
}

function leadOf({ tier, first }: Choice, judged: readonly Judged[], matter: Matter): string {
  const { tiers, request } = matter;
  const { preferredTag } = request;
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
        : `no regular server with the preferred tag ${preferredTag} can take it${whyNone(preferredTag, judged, matter)}, so another: `;
  }
}

/** " (bbb6 is unstable)": what keeps the servers with a tag, where there are any. */
function whyNone(tag: string, judged: readonly Judged[], matter: Matter): string {
  const tagged = judged.filter(({ server }) => server.candidate.tags.includes(tag));
  const [one, ...others] = tagged;
  if (one === undefined) return ' (none has it)';
  const more = others.length === 0 ? '' : `, and ${others.length} more`;
  return ` (${one.server.candidate.id}: ${obstacleOf(one.server, one.verdict, matter).replace(/^is /, '')}${more})`;
}

/** What its policy went by, and the CPU beside it: that first where the load was compared. */
function statesOf(choice: Choice, judged: readonly Judged[], matter: Matter): readonly string[] {
  const { first, policy } = choice;
  const cpu = cpuOutlook(first);
  const standing = `, ${standingOf(choice, judged, matter)}`;
  if (isByPeople(choice)) {
    const people = peopleOn(first.candidate.attendees, first.reserved);
    return [policy.describe(first), `${people}${standing}`];
  }
  const compared = `${policy.describe(first)}${standing}`;
  return policy.describe === describeLoad ? [...cpu, compared] : [compared, ...cpu];
}

/** "41 % CPU now, 58 % expected in 10 minutes with 2 young meetings and this one"; nothing where that is unknown. */
function cpuOutlook({ cpu, predictedCpu, predictedInMs, candidate }: Assessment): readonly string[] {
  if (cpu === undefined || predictedCpu === undefined) return [];
  const young = candidate.outlook.youngMeetings;
  const promised = young === 0 ? 'with this meeting' : `with ${plural(young, 'young meeting')} and this one`;
  const when = predictedInMs === undefined ? '' : ` in ${ageOf(predictedInMs)}`;
  return [`${percent(cpu)} CPU now, ${percent(predictedCpu)} expected${when} ${promised}`];
}

/** "the lightest of 4 that can take it": what the first is among those it was compared with. */
function standingOf(choice: Choice, judged: readonly Judged[], { tiers, request }: Matter): string {
  const { first, tier, tied, drawn, policy } = choice;
  const count = tier.servers.length;
  const { preferredTag } = request;
  const isPreferred = preferredTag !== undefined && first.candidate.tags.includes(preferredTag);
  const tag = isPreferred ? ` with the tag ${preferredTag}` : '';
  const isBurst = tier.kind === 'regular' && tiers.tiers.some(({ kind }) => kind === 'burst');
  if (count === 1) {
    if (judged.length === 1) return 'the only server there is';
    if (isBurst) return `the only one${tag} that has not got its part of this burst`;
    return tiers.tiers.length === 1 ? 'the only one that can take it' : `the only ${nameOf(tier.kind, tag)}`;
  }
  const isWeighted = tier.servers.some(({ candidate }) => candidate.loadMultiplier !== 1);
  const weights = isWeighted && policy.behind === 'heavier' ? ', each times its multiplier' : '';
  // Those it could not be compared with come after it, whatever their load is.
  const known = isByPeople(choice)
    ? count
    : tier.servers.filter((one) => policy.isUnknown?.(one) !== true).length;
  if (known === 1) return `the only one of ${count}${tag} whose load is known`;
  const able = isBurst ? ' still to get their part of this burst' : ' that can take it';
  const which = known < count ? ' whose load is known' : tier.kind === 'least-bad' ? '' : able;
  const all = `${known}${tag}${which}${weights}`;
  const superlative = isByPeople(choice) ? `the fewest people${forCores(choice)}` : policy.superlative;
  if (drawn !== undefined) return `${superlative} of ${drawn} drawn from ${all}`;
  if (tied === known) return `drawn from ${known} equal ones${known < count ? which : ''}${weights}`;
  return tied > 1 ? `drawn from ${tied} equal ones of ${all}` : `${superlative} of ${all}`;
}

function nameOf(kind: Choice['tier']['kind'], tag: string): string {
  switch (kind) {
    case 'regular':
    case 'burst':
    case 'not-preferred':
      return `regular one${tag} that can take it`;
    case 'spare':
      return `spare${tag} that can take it`;
    case 'least-bad':
      return 'one above no fixed limit';
    case 'share-used':
      return 'one left';
  }
}

/** How much a person would wonder at a verdict, most first; verdicts that are not here surprise nobody. */
const SURPRISES: readonly (readonly Verdict[])[] = [
  ['unknown-load', 'not-online', 'failed-before', 'above-ceiling', 'not-enabled'],
  ['share-used', 'burst-part-taken', 'tag-preferred-elsewhere'],
  ['spare'],
];

/** Names the most tempting server that was passed over for another reason than what was compared. */
function passedOver(choice: Choice, judged: readonly Judged[], matter: Matter): readonly string[] {
  const { first, policy } = choice;
  if (policy.behind === 'not-its-turn') return [];
  const tempting = judged.filter(
    ({ server }) => server.candidate.adminState !== 'disabled' && isLighter(server, first),
  );
  for (const verdicts of SURPRISES) {
    const [one, ...others] = tempting.filter(({ verdict }) => verdicts.includes(verdict));
    if (one === undefined) continue;
    let best = one;
    for (const item of others) if (item.server.peopleShare < best.server.peopleShare) best = item;
    const { server, verdict } = best;
    const isLoad = server.load !== undefined && first.load !== undefined;
    const lead = isLoad ? 'is lighter' : `has fewer people${forCores(choice)}`;
    return [`${server.candidate.id} ${lead} but ${obstacleOf(server, verdict, matter)}`];
  }
  return [];
}

function isLighter(server: Assessment, first: Assessment): boolean {
  if (server.load !== undefined && first.load !== undefined) return server.load < first.load;
  return server.peopleShare < first.peopleShare;
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
