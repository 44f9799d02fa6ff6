import type { Assessment } from '../predict-load.js';
import type { Ordering, PolicyContext } from './policy.js';
import { sortByScore } from './sort-by-score.js';

/**
 * Lowest score first, ID breaks ties; then one drawn at random among those within `tolerance` of the lowest moves to
 * the front, so that replicas with equal tables do not all take the same server. No score may be NaN.
 */
export function orderByScore(
  servers: readonly Assessment[],
  score: (server: Assessment) => number,
  tolerance: number,
  { random }: PolicyContext,
): Ordering {
  const scored = sortByScore(servers, score);
  const order = scored.map(({ server }) => server);
  const highest = (scored[0]?.value ?? 0) + tolerance;
  const firstWorse = scored.findIndex(({ value }) => value > highest);
  const tied = firstWorse === -1 ? order.length : firstWorse;
  const drawn = Math.min(tied - 1, Math.floor(random() * tied));
  if (drawn > 0) order.unshift(...order.splice(drawn, 1));
  return { order, tied };
}

/**
 * The same for scores that may be unknown: such servers come after all others, fewest people for their cores first. Unknown is not
 * zero, or a host whose agent died would be stormed.
 */
export function orderKnownFirst(
  servers: readonly Assessment[],
  score: (server: Assessment) => number | undefined,
  tolerance: number,
  context: PolicyContext,
): Ordering {
  const known: Assessment[] = [];
  const unknown: Assessment[] = [];
  for (const server of servers) (score(server) === undefined ? unknown : known).push(server);
  const byScore = orderByScore(known, (server) => score(server) ?? Infinity, tolerance, context);
  if (unknown.length === 0) return byScore;
  const byPeople = orderByScore(unknown, ({ peopleShare }) => peopleShare, tolerance, context);
  return {
    order: [...byScore.order, ...byPeople.order],
    tied: known.length > 0 ? byScore.tied : byPeople.tied,
  };
}
