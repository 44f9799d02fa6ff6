import { expect } from 'chai';
import fc from 'fast-check';
import { sizeHints } from '../../src/meetings/size-hints.js';

describe('sizeHints', () => {
  const cases: readonly (readonly [text: string | undefined, number: number | undefined])[] = [
    [undefined, undefined],
    ['40', 40],
    [' 40 ', 40],
    ['1', 1],
    ['0', undefined],
    ['-3', undefined],
    ['2.5', undefined],
    ['many', undefined],
    ['', undefined],
    ['1e3', undefined],
    ['99999999999999999999', undefined],
  ];
  for (const [text, number] of cases) {
    it(`reads ${String(number)} from ${JSON.stringify(text)}`, () => {
      expect(sizeHints({ sizeHint: text, maxParticipants: undefined }).sizeHint).to.equal(number);
      expect(sizeHints({ sizeHint: undefined, maxParticipants: text }).maxAttendees).to.equal(number);
    });
  }

  it('takes no hint above 500, and any maximum', () => {
    const hints = sizeHints({ sizeHint: '100000', maxParticipants: '100000' });
    expect(hints).to.deep.equal({ sizeHint: 500, maxAttendees: 100_000 });
  });

  it('gives whole numbers of at least 1 or nothing, whatever is sent', () => {
    const text = fc.option(fc.oneof(fc.string(), fc.integer().map(String)), { nil: undefined });
    fc.assert(
      fc.property(text, text, (sizeHint, maxParticipants) => {
        for (const number of Object.values(sizeHints({ sizeHint, maxParticipants }))) {
          if (number !== undefined) expect(Number.isInteger(number) && number >= 1).to.equal(true);
        }
      }),
    );
  });
});
