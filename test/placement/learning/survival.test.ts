import { expect } from 'chai';
import fc from 'fast-check';
import { stillRuns as stillRunsAt, survival } from '../../../src/placement/learning/survival.js';

const MINUTE = 60_000;
const HOUR = 60 * MINUTE;

/** At one time ahead. */
function stillRuns(
  ageMs: number,
  aheadMs: number,
  durationsMs: readonly number[],
  timescaleMs: number,
): number {
  return stillRunsAt(ageMs, [aheadMs], durationsMs, timescaleMs)[0] ?? Number.NaN;
}

describe('stillRuns', () => {
  it('expects a lesson of 45 minutes to run at half-time and to be over after an hour', () => {
    const lesson = [45 * MINUTE, 44 * MINUTE, 46 * MINUTE];
    expect(stillRuns(5 * MINUTE, 20 * MINUTE, lesson, HOUR)).to.be.above(0.9);
    expect(stillRuns(15 * MINUTE, 45 * MINUTE, lesson, HOUR)).to.be.below(0.12);
  });

  it('is in two minds about a room that meets for 45 or for 90 minutes', () => {
    const room = [45 * MINUTE, 90 * MINUTE];
    expect(stillRuns(10 * MINUTE, 50 * MINUTE, room, HOUR)).to.be.within(0.35, 0.65);
  });

  it('gives a session that outlasts all before it a while longer', () => {
    expect(stillRuns(3 * HOUR, 10 * MINUTE, [45 * MINUTE], HOUR)).to.be.above(0.5);
  });

  it('knows nothing of a room without past and lets it fade over the timescale', () => {
    expect(stillRuns(0, HOUR, [], HOUR)).to.be.closeTo(Math.exp(-1), 1e-9);
  });

  it('is a chance, and never grows with the time ahead', () => {
    const ms = fc.nat(8 * HOUR);
    fc.assert(
      fc.property(
        ms,
        ms,
        ms,
        fc.array(fc.integer({ min: 1, max: 12 * HOUR }), { maxLength: 8 }),
        (age, ahead, more, past) => {
          const soon = stillRuns(age, ahead, past, HOUR);
          expect(soon).to.be.within(0, 1);
          expect(stillRuns(age, ahead + more, past, HOUR)).to.be.at.most(soon + 1e-12);
          expect(survival(age, past, HOUR)).to.be.within(0, 1);
        },
      ),
    );
  });
});
