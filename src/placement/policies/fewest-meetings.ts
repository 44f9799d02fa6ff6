import { plural, timesWeight } from '../describe-load.js';
import { orderByScore } from './order-by-score.js';
import type { Policy } from './policy.js';

/** Fewest meetings, claims included, times the multiplier. */
export const fewestMeetings: Policy = {
  order: (servers, context) => orderByScore(servers, (server) => server.weightedMeetings, 0, context),
  reason: () => 'policy',
  describe: ({ candidate }) => `${plural(candidate.meetings, 'meeting')}${timesWeight(candidate)}`,
  behind: 'heavier',
  superlative: 'the fewest meetings',
  advantage: 'counts for fewer meetings',
};
