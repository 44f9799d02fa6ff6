import type { DayResult } from './day-result.js';
import { ruleKindOf } from './compare-task.js';
import type { RuleKind } from './rule.js';

type Measure = Exclude<
  { [K in keyof DayResult]: DayResult[K] extends number ? K : never }[keyof DayResult],
  'seed' | 'cpuEveryMs'
>;

const MEASURES: readonly Measure[] = [
  'highestCpu',
  'serverMinutesAbove80',
  'serverMinutesAbove95',
  'attendeeMinutesAbove80',
  'attendeeMinutes',
  'attendeesOverloaded',
  'spreadAtPeak',
  'mostPlacedInAMinute',
  'created',
  'refused',
  'moved',
];

/** What a rule made of a kind of day, over its seeds. */
export interface RuleSummary {
  readonly day: string;
  readonly rule: string;
  readonly family: RuleKind['family'];
  readonly seeds: number;
  /** Means over the seeds. */
  readonly means: Readonly<Record<Measure, number>>;
  /** Part of attendee-minutes spent above 80 %, 0 to 1: the ratio of the means. */
  readonly overloadedShare: number;
  /** Standard error of the mean of attendee-minutes above 80 %, as a part of attendee-minutes. */
  readonly overloadedShareError: number;
  /**
   * (rule − clairvoyant) / (best peer − clairvoyant) of mean attendee-minutes above 80 %: 0 as good as the clairvoyant, 1 as
   * the best peer. `undefined` where one of the two is missing or the best peer is no worse than the clairvoyant.
   */
  readonly regret: number | undefined;
}

/** One summary for each day and rule, in the order in which they first appear; `extra` are rules outside the registry. */
export function summarize(
  results: readonly DayResult[],
  extra: readonly RuleKind[] = [],
): readonly RuleSummary[] {
  const byDay = groupBy(results, ({ day }) => day);
  const familyOf = (rule: string): RuleKind['family'] =>
    (extra.find(({ name }) => name === rule) ?? ruleKindOf(rule)).family;
  return [...byDay.values()].flatMap((ofDay) => {
    const bare = [...groupBy(ofDay, ({ rule }) => rule).values()].map((ofRule) =>
      summarizeRule(ofRule, familyOf),
    );
    return bare.map((summary) => ({ ...summary, regret: regretOf(summary, bare) }));
  });
}

type BareSummary = Omit<RuleSummary, 'regret'>;

function summarizeRule(
  results: readonly DayResult[],
  familyOf: (rule: string) => RuleKind['family'],
): BareSummary {
  const [first] = results;
  if (!first) throw new Error('a rule without results');
  const means = Object.fromEntries(
    MEASURES.map((measure) => [measure, mean(results.map((result) => result[measure]))]),
  ) as Record<Measure, number>;
  const overloaded = results.map(({ attendeeMinutesAbove80 }) => attendeeMinutesAbove80);
  const share = (minutes: number): number =>
    means.attendeeMinutes > 0 ? minutes / means.attendeeMinutes : 0;
  return {
    day: first.day,
    rule: first.rule,
    family: familyOf(first.rule),
    seeds: results.length,
    means,
    overloadedShare: share(means.attendeeMinutesAbove80),
    overloadedShareError: share(standardError(overloaded)),
  };
}

function regretOf(summary: BareSummary, ofDay: readonly BareSummary[]): number | undefined {
  const minutes = ({ means }: BareSummary): number => means.attendeeMinutesAbove80;
  const best = Math.min(...ofDay.filter(({ family }) => family === 'peer').map(minutes));
  const clairvoyant = ofDay.find(({ family }) => family === 'yardstick');
  if (!clairvoyant || !Number.isFinite(best) || best <= minutes(clairvoyant)) return undefined;
  return (minutes(summary) - minutes(clairvoyant)) / (best - minutes(clairvoyant));
}

function mean(values: readonly number[]): number {
  return values.reduce((sum, value) => sum + value, 0) / values.length;
}

function standardError(values: readonly number[]): number {
  if (values.length < 2) return 0;
  const middle = mean(values);
  const squares = values.reduce((sum, value) => sum + (value - middle) ** 2, 0);
  return Math.sqrt(squares / (values.length - 1) / values.length);
}

function groupBy<T>(items: readonly T[], keyOf: (item: T) => string): Map<string, T[]> {
  const groups = new Map<string, T[]>();
  for (const item of items) {
    const group = groups.get(keyOf(item));
    if (group) group.push(item);
    else groups.set(keyOf(item), [item]);
  }
  return groups;
}
