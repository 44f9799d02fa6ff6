import { seedOf } from '../random.js';
import type { PreparedDay } from './prepare-day.js';
import type { Rule } from './rule.js';

/** How long a round through a pool takes: a few polls at once, each some tenths of a second. */
const ROUND_MS = 2_000;
const MINUTE_MS = 60_000;

/**
 * When each host is polled, ms after the day's begin; from then on each `pollEveryMs`. Follows from the day's seed and the
 * rule's way of polling alone. In the order of the day's hosts, in which a round goes through them.
 */
export function pollPhases(
  { day, courses }: PreparedDay,
  { pollEveryMs, pollOrder = 'each-alone' }: Pick<Rule, 'pollEveryMs' | 'pollOrder'>,
): readonly number[] {
  if (pollOrder === 'each-alone') return courses.map(({ pollPhase }) => Math.floor(pollPhase * pollEveryMs));
  const toFullMinute = (MINUTE_MS - (day.from % MINUTE_MS)) % MINUTE_MS;
  const anywhere = Math.floor((pollEveryMs * seedOf(`${day.name} ${day.seed} poll round`)) / 2 ** 32);
  const begin = pollOrder === 'at-full-minutes' ? toFullMinute : anywhere;
  return courses.map((_, index) => begin + Math.floor((index * ROUND_MS) / courses.length));
}
