import { plural, timesWeight } from '../describe-load.js';
import { orderByScore } from './order-by-score.js';
import type { Policy } from './policy.js';

/** Fewest people, counted and reserved, times the multiplier: blind to what the hosts measure. */
export const fewestAttendees: Policy = {
  order: (servers, context) => orderByScore(servers, (server) => server.weightedPeople, 0, context),
  reason: () => 'policy',
  describe: ({ candidate, reserved }) =>
    `${plural(candidate.attendees, 'attendee')} and ${Math.round(reserved)} reserved${timesWeight(candidate)}`,
  behind: 'heavier',
  advantage: 'counts for fewer people',
};
