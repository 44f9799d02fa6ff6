import { expect } from 'chai';
import fc from 'fast-check';
import { nextHealth, unknownHealth, type HealthEvent, type HealthState } from '../../src/pool/health.js';

const thresholds = { offlineAfter: 3, onlineAfter: 2 };

/** s = success, f = failure, w = wrong secret. */
function after(events: string, limits = thresholds): HealthState {
  const names: Record<string, HealthEvent> = { s: 'success', f: 'failure', w: 'wrong-secret' };
  return Array.from(events).reduce((state, event) => nextHealth(state, names[event]!, limits), unknownHealth);
}

describe('nextHealth', () => {
  const table: readonly (readonly [events: string, health: string, why: string])[] = [
    ['', 'unknown', 'nothing was polled yet'],
    ['s', 'online', 'the first good poll of a fresh start serves at once'],
    ['f', 'unstable', 'one failure is enough'],
    ['sf', 'unstable', 'one failure is enough for an online server'],
    ['sff', 'unstable', 'two are not three'],
    ['sfff', 'offline', 'three failures in a row'],
    ['fff', 'offline', 'a server never seen online goes offline as well'],
    ['sfs', 'unstable', 'one success does not prove it'],
    ['sfss', 'online', 'two successes do'],
    ['sfsfs', 'unstable', 'successes must follow one another'],
    ['sffsff', 'unstable', 'failures must follow one another'],
    ['sfffs', 'offline', 'one success does not bring it back'],
    ['sfffss', 'online', 'two successes bring it back'],
    ['sfffsf', 'offline', 'an offline server that fails again stays offline'],
    ['sw', 'wrong-secret', 'it answers, but not us'],
    ['sfffw', 'wrong-secret', 'an offline server that comes back with another secret'],
    ['ws', 'online', 'the repaired secret serves at once'],
    ['wf', 'unstable', 'it answers no more'],
    ['wfff', 'offline', 'it answers no more, three times'],
  ];
  for (const [events, health, why] of table) {
    it(`is ${health} after "${events}": ${why}`, () => {
      expect(after(events).health).to.equal(health);
    });
  }

  it('is offline at once where one failure is enough', () => {
    expect(after('sf', { offlineAfter: 1, onlineAfter: 1 }).health).to.equal('offline');
    expect(after('sfs', { offlineAfter: 1, onlineAfter: 1 }).health).to.equal('online');
  });

  it('is never online with a failure last, and offline only after enough failures in a row', () => {
    const limits = fc.record({
      offlineAfter: fc.integer({ min: 1, max: 5 }),
      onlineAfter: fc.integer({ min: 1, max: 5 }),
    });
    const history = fc.string({ unit: fc.constantFrom('s', 'f', 'f', 'w'), maxLength: 30 });
    fc.assert(
      fc.property(history, limits, (events, limit) => {
        const states = Array.from(events).map((_, index) => after(events.slice(0, index + 1), limit));
        states.forEach(({ health, consecutiveFailures }, index) => {
          const past = events.slice(0, index + 1);
          expect(consecutiveFailures).to.equal(/f*$/.exec(past)![0].length);
          if (past.endsWith('f')) expect(health).to.be.oneOf(['unstable', 'offline']);
          if (past.endsWith('w')) expect(health).to.equal('wrong-secret');
          const before = states[index - 1]?.health;
          if (health === 'offline' && before !== 'offline') {
            expect(past.endsWith('f'.repeat(limit.offlineAfter))).to.equal(true);
          }
          if (health === 'online' && (before === 'unstable' || before === 'offline')) {
            expect(past.endsWith('s'.repeat(limit.onlineAfter))).to.equal(true);
          }
        });
      }),
    );
  });
});
