import { peopleOn, timesWeight } from '../describe-load.js';
import { orderByScore } from './order-by-score.js';
import type { Policy } from './policy.js';

/** Fewest people, counted and reserved, times the multiplier: blind to what the hosts measure. */
export const fewestAttendees: Policy = {
  order: (servers, context) => orderByScore(servers, (server) => server.weightedPeople, 0, context),
  reason: () => 'policy',
  describe: ({ candidate, reserved }) =>
    `${peopleOn(candidate.attendees, reserved)}${timesWeight(candidate)}`,
  behind: 'heavier',
  superlative: 'the fewest people',
  advantage: 'counts for fewer people',
};
