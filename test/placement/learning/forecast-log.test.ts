import { expect } from 'chai';
import * as fc from 'fast-check';
import { ForecastLog } from '../../../src/placement/learning/forecast-log.js';

const LEAD_MS = 600_000;
const EVERY_MS = 10_000;

describe('ForecastLog', () => {
  it('shows a forecast once its time has come, not before and not for long', () => {
    const log = new ForecastLog(LEAD_MS, EVERY_MS);
    log.note('bbb1', 0.4, 0);
    expect(log.dueAt('bbb1', LEAD_MS - 1)).to.equal(undefined);
    expect(log.dueAt('bbb1', LEAD_MS)).to.equal(0.4);
    expect(log.dueAt('bbb1', LEAD_MS * 1.1)).to.equal(0.4);
    expect(log.dueAt('bbb1', LEAD_MS * 1.1 + 1)).to.equal(undefined);
    expect(log.dueAt('bbb2', LEAD_MS)).to.equal(undefined);
  });

  it('answers what was noted a lead ago or just before, for any rounds and whatever comes in between', () => {
    const round = fc.record({
      waitMs: fc.integer({ min: 1, max: 90_000 }),
      value: fc.double({ min: 0, max: 2, noNaN: true }),
    });
    fc.assert(
      fc.property(fc.array(round, { minLength: 1, maxLength: 400 }), (rounds) => {
        const log = new ForecastLog(LEAD_MS, EVERY_MS);
        const noted: { at: number; value: number }[] = [];
        let at = 0;
        for (const { waitMs, value } of rounds) {
          at += waitMs;
          const due = log.dueAt('bbb1', at);
          if (due !== undefined) {
            const ages = noted.filter((note) => note.value === due).map((note) => at - note.at);
            expect(ages.some((age) => age >= LEAD_MS && age <= 1.1 * LEAD_MS)).to.equal(true);
          }
          // One that was noted exactly when it should have been is never missed.
          const usable = noted.filter((note) => at - note.at >= LEAD_MS && at - note.at <= 1.09 * LEAD_MS);
          if (usable.length > 0) expect(due).not.to.equal(undefined);
          log.note('bbb1', value, at);
          noted.push({ at, value });
        }
      }),
    );
  });

  it('keeps nothing of before a clock was set back, nor of a server that left', () => {
    const log = new ForecastLog(LEAD_MS, EVERY_MS);
    log.note('bbb1', 0.4, 5_000_000);
    log.note('bbb1', 0.5, 1_000_000);
    expect(log.dueAt('bbb1', 1_000_000 + LEAD_MS)).to.equal(0.5);
    expect(log.dueAt('bbb1', 5_000_000 + LEAD_MS)).to.equal(undefined);
    log.forget('bbb1');
    expect(log.dueAt('bbb1', 1_000_000 + LEAD_MS)).to.equal(undefined);
  });

  it('serves rounds that are longer than a part of the lead', () => {
    const log = new ForecastLog(40_000, 10_000);
    log.note('bbb1', 0.4, 0);
    expect(log.dueAt('bbb1', 55_000)).to.equal(0.4);
  });
});
