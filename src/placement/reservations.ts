import { knownCount } from './measure.js';
import type { Reservation } from './types.js';

/**
 * People promised to a server by young meetings and not counted there yet. A reservation shrinks only as people are
 * counted and as time passes, linearly to nothing over `rampMs`; a new sample leaves it alone, since samples lag
 * behind placements. `undefined` when a value makes no sense.
 */
export function reservedPeople(reservations: readonly Reservation[], rampMs: number): number | undefined {
  let people = 0;
  for (const { expectedAttendees, countedAttendees, ageMs } of reservations) {
    const expected = knownCount(expectedAttendees);
    const counted = knownCount(countedAttendees);
    if (expected === undefined || counted === undefined || Number.isNaN(ageMs)) return undefined;
    // A clock that was set back makes a claim look younger than now; it then counts in full.
    const remaining = rampMs > 0 ? Math.max(0, 1 - Math.max(0, ageMs) / rampMs) : 0;
    people += Math.max(0, expected - counted) * remaining;
  }
  return people;
}
