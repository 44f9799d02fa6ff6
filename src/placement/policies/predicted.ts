import { describeLoad } from '../describe-load.js';
import { MOST_CPU_PER_PERSON, type Assessment } from '../predict-load.js';
import { orderByScore } from './order-by-score.js';
import type { Policy } from './policy.js';

/**
 * Lowest predicted load first. Servers without a CPU sample come after all known ones, fewest people first:
 * unknown is not zero, or a host whose agent died would be stormed.
 */
export const predicted: Policy = {
  order(servers, context) {
    const known = servers.filter((server) => server.load !== undefined);
    const unknown = servers.filter((server) => server.load === undefined);
    const { tolerance } = context.options;
    const byLoad = orderByScore(
      known,
      (server) => server.load ?? Number.POSITIVE_INFINITY,
      tolerance,
      context,
    );
    if (unknown.length === 0) return byLoad;
    // The same distance as a number of people.
    const byPeople = orderByScore(unknown, peopleScore, tolerance / MOST_CPU_PER_PERSON, context);
    return {
      order: [...byLoad.order, ...byPeople.order],
      tied: known.length > 0 ? byLoad.tied : byPeople.tied,
    };
  },
  reason: (first) => (first.load === undefined ? 'unknown-load' : 'lowest-load'),
  describe: describeLoad,
  behind: 'heavier',
};

function peopleScore(server: Assessment): number {
  return server.weightedPeople;
}
