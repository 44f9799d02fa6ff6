import type { RuleSummary } from '../../src/sim/yardstick/summarize.js';

/** What the default policy is to reach on a kind of day, and whether it did. */
export interface Goal {
  readonly text: string;
  readonly isMet: boolean;
}

const REGRET_DAYS = ['school-day', 'university', 'mixed-hardware', 'few-huge', 'noisy-neighbour'];
const MOST_REGRET = 0.4;
/** Of a storm's 200 meetings on one of 22 servers; 9.1 would be even. */
const MOST_ON_ONE = 11;

/** The goals of `predicted` on one day, from the summaries of all rules on it; none where a rule to compare with is missing. */
export function goalsOf(ofDay: readonly RuleSummary[]): readonly Goal[] {
  const predicted = ofDay.find(({ rule }) => rule === 'predicted');
  if (predicted === undefined) return [];
  const { day, means } = predicted;
  if (day === 'storm') return [atMost('on one server', means.mostPlacedInAMinute, MOST_ON_ONE)];
  if (day === 'metrics-outage') return outageGoals(predicted, ofDay);
  if (!REGRET_DAYS.includes(day)) return [];
  const { regret } = predicted;
  return [
    ...(regret === undefined ? [] : [atMost('regret', regret, MOST_REGRET, 2)]),
    ...drowningGoals(predicted, ofDay),
  ];
}

/** The peer's rule with the fewest attendee-minutes above 80 %; `undefined` without peers. */
export function bestPeerOf(ofDay: readonly RuleSummary[]): RuleSummary | undefined {
  return leastOf(ofDay, ({ overloadedShare }) => overloadedShare);
}

/** Half of what the peer has that is best at this, whether or not it is the best of all. */
function drowningGoals(predicted: RuleSummary, ofDay: readonly RuleSummary[]): Goal[] {
  const minutes = ({ means }: RuleSummary): number => means.serverMinutesAbove95;
  const best = leastOf(ofDay, minutes);
  if (best === undefined) return [];
  return [atMost('server-min > 95 %', minutes(predicted), minutes(best) / 2, 0)];
}

function outageGoals(predicted: RuleSummary, ofDay: readonly RuleSummary[]): Goal[] {
  const turns = ofDay.filter(({ rule }) => rule === 'round-robin' || rule === 'tinyscale');
  if (turns.length === 0) return [];
  const least = Math.min(...turns.map(({ overloadedShare }) => overloadedShare));
  return [atMost('people above 80 %, as round robin', 100 * predicted.overloadedShare, 100 * least, 2)];
}

function leastOf(
  ofDay: readonly RuleSummary[],
  value: (summary: RuleSummary) => number,
): RuleSummary | undefined {
  let best: RuleSummary | undefined;
  for (const summary of ofDay) {
    if (summary.family !== 'peer') continue;
    if (best === undefined || value(summary) < value(best)) best = summary;
  }
  return best;
}

function atMost(what: string, reached: number, most: number, digits = 1): Goal {
  const isMet = reached <= most;
  return { text: `${what} ${reached.toFixed(digits)} (at most ${trimmed(most, digits)})`, isMet };
}

function trimmed(value: number, digits: number): string {
  return String(Number(value.toFixed(Math.max(1, digits))));
}
