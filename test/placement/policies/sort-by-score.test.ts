import { expect } from 'chai';
import fc from 'fast-check';
import { sortByScore } from '../../../src/placement/policies/sort-by-score.js';
import { NOBODY, predictLoad, type Assessment } from '../../../src/placement/predict-load.js';
import { candidate, placementOptions } from '../../support/candidates.js';

function serversOf(ids: readonly string[]): readonly Assessment[] {
  return ids.map((id) => predictLoad(candidate(id), NOBODY, placementOptions()));
}

describe('sortByScore', () => {
  const close = fc
    .tuple(fc.integer({ min: 0, max: 3 }), fc.integer({ min: 0, max: 3 }))
    // Neighbours among the numbers: equal in all but the last bits.
    .map(([whole, steps]) => whole + steps * Number.EPSILON * Math.max(1, whole));
  const value = fc.oneof(
    close,
    fc.double({ noNaN: true }),
    fc.constantFrom(0, -0, Infinity, Number.MAX_VALUE),
  );

  it('sorts by value, then by ID, whatever the values and the order they come in', () => {
    const named = fc.tuple(fc.stringMatching(/^[a-z]{1,3}$/), value);
    fc.assert(
      fc.property(fc.uniqueArray(named, { maxLength: 60, selector: ([id]) => id }), (given) => {
        const scores = new Map(given);
        const sorted = sortByScore(
          serversOf(given.map(([id]) => id)),
          ({ candidate: { id } }) => scores.get(id) ?? Number.NaN,
        );
        const expected = [...given].sort(
          ([a, one], [b, other]) => Number(one > other) - Number(one < other) || (a < b ? -1 : 1),
        );
        expect(sorted.map(({ server, value: kept }) => [server.candidate.id, kept])).to.deep.equal(expected);
      }),
    );
  });
});
