import { expect } from 'chai';
import fc from 'fast-check';
import { retryDelay } from '../../src/callbacks/retry-delay.js';

describe('wait before the next attempt', () => {
  it('doubles from 5 s to 1 h', () => {
    const waits = [1, 2, 3, 9, 10, 11, 500].map((failures) => retryDelay(failures, 0.5));
    expect(waits).to.deep.equal([5_000, 10_000, 20_000, 1_280_000, 2_560_000, 3_600_000, 3_600_000]);
  });

  it('is up to a fifth shorter or longer', () => {
    expect([retryDelay(1, 0), retryDelay(1, 1)]).to.deep.equal([4_000, 6_000]);
    fc.assert(
      fc.property(
        fc.integer({ min: 1, max: 2_000 }),
        fc.double({ min: 0, max: 1, noNaN: true }),
        (n, random) => {
          expect(retryDelay(n, random)).to.be.within(4_000, 4_320_000);
        },
      ),
    );
  });
});
