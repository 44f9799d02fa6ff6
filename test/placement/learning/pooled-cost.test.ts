import { expect } from 'chai';
import fc from 'fast-check';
import { PooledCost, type LearntCost } from '../../../src/placement/learning/pooled-cost.js';
import { seededRandom } from '../../support/candidates.js';

const HOUR = 3_600_000;

/** An hour of samples of ten servers that cost 0.05 cores a person and idle at half a core. */
function taught(cost: PooledCost, { background = 0, noise = 0, from = 0 } = {}): PooledCost {
  const random = seededRandom(1);
  for (let at = from; at < from + HOUR; at += 10_000) {
    for (let server = 0; server < 10; server += 1) {
      const people = 20 * server;
      const extra = random() < 0.2 ? background : 0;
      cost.learn(at, people, 0.5 + 0.05 * people + extra + noise * (random() - 0.5));
    }
  }
  return cost;
}

describe('PooledCost', () => {
  it('stays below 0.5 % of a host of 8 cores before anything is learnt', () => {
    expect(new PooledCost(HOUR).line().coresPerPerson / 8).to.be.at.most(0.005);
  });

  it('learns what a person and an idle host cost', () => {
    const { coresPerPerson, idleCores } = taught(new PooledCost(6 * HOUR)).line();
    expect(coresPerPerson).to.be.closeTo(0.05, 0.003);
    expect(idleCores).to.be.closeTo(0.5, 0.15);
  });

  it('is not misled by noise and by jobs in the background', () => {
    const cost = taught(new PooledCost(6 * HOUR), { background: 2, noise: 0.6 });
    expect(cost.line().coresPerPerson).to.be.closeTo(0.05, 0.005);
  });

  it('keeps to the prior with servers that have no people', () => {
    const cost = new PooledCost(6 * HOUR);
    for (let i = 0; i < 5_000; i += 1) cost.learn(i * 10_000, 0, 0.4);
    expect(cost.line().coresPerPerson).to.be.within(0.002, 0.035);
  });

  it('follows when people become cheaper, and forgets what was', () => {
    const cost = taught(new PooledCost(HOUR));
    for (let at = HOUR; at < 7 * HOUR; at += 10_000) {
      for (let people = 0; people < 200; people += 20) cost.learn(at, people, 0.3 + 0.02 * people);
    }
    expect(cost.line().coresPerPerson).to.be.closeTo(0.02, 0.002);
  });

  it('is the same after it was persisted and read back', () => {
    const cost = taught(new PooledCost(HOUR));
    const restored = new PooledCost(HOUR, JSON.parse(JSON.stringify(cost.learnt())) as LearntCost);
    expect(restored.line()).to.deep.equal(cost.line());
    expect(restored.evidence).to.equal(cost.evidence);
  });

  it('stays within its bounds, whatever it is told', () => {
    const reading = fc.tuple(
      fc.double({ min: 0, max: 1e4, noNaN: true }),
      fc.double({ min: 0, max: 512, noNaN: true }),
    );
    fc.assert(
      fc.property(fc.array(reading, { maxLength: 200 }), (readings) => {
        const cost = new PooledCost(HOUR);
        for (const [i, [people, cores]] of readings.entries()) cost.learn(i * 10_000, people, cores);
        const { coresPerPerson, idleCores } = cost.line();
        expect(coresPerPerson).to.be.within(0.002, 0.2);
        expect(idleCores).to.be.within(0, 1);
      }),
    );
  });

  it('starts afresh from garbage', () => {
    const garbage = { at: 0, weight: Number.NaN, x: 1, y: 1, xx: 1, xy: 1 };
    expect(new PooledCost(HOUR, garbage).line()).to.deep.equal(new PooledCost(HOUR).line());
  });
});
