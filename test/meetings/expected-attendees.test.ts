import { expect } from 'chai';
import fc from 'fast-check';
import { expectedAttendees } from '../../src/meetings/expected-attendees.js';

describe('expectedAttendees', () => {
  const cases: readonly (readonly [hint: string | undefined, most: string | undefined, expected: number])[] =
    [
      [undefined, undefined, 15],
      ['40', undefined, 40],
      [' 40 ', undefined, 40],
      ['40', '20', 20],
      [undefined, '5', 5],
      [undefined, '0', 15],
      ['40', '0', 40],
      ['0', undefined, 15],
      ['-3', undefined, 15],
      ['2.5', undefined, 15],
      ['many', 'few', 15],
      ['', '', 15],
      ['100000', undefined, 500],
      ['99999999999999999999', undefined, 15],
      ['1e3', undefined, 15],
    ];
  for (const [sizeHint, maxParticipants, expected] of cases) {
    it(`expects ${expected} for the hint ${String(sizeHint)} and at most ${String(maxParticipants)}`, () => {
      expect(expectedAttendees({ sizeHint, maxParticipants }, 15)).to.equal(expected);
    });
  }

  it('expects a whole number from 1 to 500, whatever is sent', () => {
    const text = fc.option(fc.oneof(fc.string(), fc.integer().map(String)), { nil: undefined });
    fc.assert(
      fc.property(text, text, fc.integer({ min: 1, max: 1_000 }), (sizeHint, maxParticipants, size) => {
        const expected = expectedAttendees({ sizeHint, maxParticipants }, size);
        expect(Number.isInteger(expected)).to.equal(true);
        expect(expected).to.be.within(1, 500);
      }),
    );
  });
});
