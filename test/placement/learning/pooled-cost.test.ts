import { expect } from 'chai';
import fc from 'fast-check';
import { PooledCost, type LearntCost } from '../../../src/placement/learning/pooled-cost.js';
import type { Media } from '../../../src/placement/media.js';
import { seededRandom } from '../../support/candidates.js';

const HOUR = 3_600_000;

interface World {
  /** Cores taken by a job that runs a fifth of the time. */
  readonly background?: number;
  readonly noise?: number;
  readonly from?: number;
  readonly mediaOf?: (people: number) => Media;
  readonly person?: number;
  readonly voice?: number;
  readonly stream?: number;
}

function usual(people: number): Media {
  return { people, voice: people / 2, streams: 2 * people };
}

/** An hour of samples of ten servers that idle at half a core; by default all that a person costs is 0.05 cores. */
function taught(cost: PooledCost, world: World = {}): PooledCost {
  const {
    background = 0,
    noise = 0,
    from = 0,
    mediaOf = usual,
    person = 0.05,
    voice = 0,
    stream = 0,
  } = world;
  const random = seededRandom(1);
  for (let at = from; at < from + HOUR; at += 10_000) {
    for (let server = 0; server < 10; server += 1) {
      const media = mediaOf(20 * server);
      const job = random() < 0.2 ? background : 0;
      const people = person * media.people + voice * media.voice + stream * media.streams;
      cost.learn(at, media, 0.5 + people + job + noise * (random() - 0.5), 1 / 60);
    }
  }
  return cost;
}

describe('PooledCost', () => {
  it('stays below 0.5 % of a host of 8 cores before anything is learnt', () => {
    expect(new PooledCost(HOUR).cost().usualPerson / 8).to.be.at.most(0.005);
  });

  it('learns what a person and an idle host cost', () => {
    const { usualPerson, idle } = taught(new PooledCost(6 * HOUR)).cost();
    expect(usualPerson).to.be.closeTo(0.05, 0.003);
    expect(idle).to.be.closeTo(0.5, 0.15);
  });

  it('is not misled by noise and by jobs in the background', () => {
    const cost = taught(new PooledCost(6 * HOUR), { background: 2, noise: 0.6 });
    expect(cost.cost().usualPerson).to.be.closeTo(0.05, 0.005);
  });

  it('tells listeners from microphones and cameras where rooms differ', () => {
    const random = seededRandom(2);
    const mediaOf = (people: number): Media => ({
      people,
      voice: people * random(),
      streams: people * 12 * random(),
    });
    const world = { mediaOf, person: 0.014, voice: 0.012, stream: 0.002, noise: 0.2 };
    const cost = new PooledCost(6 * HOUR);
    for (let hour = 0; hour < 4; hour += 1) taught(cost, { ...world, from: hour * HOUR });
    const { person, voice, stream } = cost.cost();
    expect(person).to.be.closeTo(0.014, 0.004);
    expect(voice).to.be.closeTo(0.012, 0.004);
    expect(stream).to.be.closeTo(0.002, 0.0003);
  });

  it('counts on one usual person what comes on one in the pool', () => {
    const silent = (people: number): Media => ({ people, voice: 0, streams: 0 });
    const { person, usualPerson } = taught(new PooledCost(6 * HOUR), { mediaOf: silent }).cost();
    expect(person).to.be.closeTo(0.05, 0.003);
    expect(usualPerson).to.be.closeTo(person, 0.003);
  });

  it('keeps to the prior with servers that have no people', () => {
    const cost = new PooledCost(6 * HOUR);
    for (let i = 0; i < 5_000; i += 1) cost.learn(i * 10_000, usual(0), 0.4, 1);
    expect(cost.cost().usualPerson).to.be.within(0.002, 0.035);
    expect(cost.cost().idle).to.be.closeTo(0.4, 0.01);
  });

  it('follows when people become cheaper, and forgets what was', () => {
    const cost = taught(new PooledCost(HOUR));
    taught(cost, { from: 7 * HOUR, person: 0.02 });
    expect(cost.cost().usualPerson).to.be.closeTo(0.02, 0.003);
  });

  it('is the same after it was persisted and read back', () => {
    const cost = taught(new PooledCost(HOUR));
    const restored = new PooledCost(HOUR, JSON.parse(JSON.stringify(cost.learnt())) as LearntCost);
    expect(restored.cost()).to.deep.equal(cost.cost());
    expect(restored.learnt()).to.deep.equal(cost.learnt());
  });

  it('stays within its bounds, whatever it is told', () => {
    const reading = fc.record({
      people: fc.double({ min: 0, max: 1e4, noNaN: true }),
      voice: fc.double({ min: 0, max: 1e4, noNaN: true }),
      streams: fc.double({ min: 0, max: 1e5, noNaN: true }),
      cores: fc.double({ min: 0, max: 512, noNaN: true }),
    });
    fc.assert(
      fc.property(fc.array(reading, { maxLength: 200 }), (readings) => {
        const cost = new PooledCost(HOUR);
        for (const [i, { cores, ...media }] of readings.entries()) cost.learn(i * 10_000, media, cores, 1);
        const { idle, person, voice, stream, usualPerson } = cost.cost();
        expect(person).to.be.within(0.002, 0.2);
        expect(idle).to.be.within(0, 1);
        expect(voice).to.be.within(0, 0.2);
        expect(stream).to.be.within(0, 0.02);
        expect(usualPerson).to.be.at.least(person);
      }),
    );
  });

  it('starts afresh from garbage', () => {
    const { squares, products } = taught(new PooledCost(HOUR)).learnt();
    for (const garbage of [
      { at: 0, squares: squares.with(3, Number.NaN), products },
      { at: 0, squares: [1], products },
      { at: 0, squares, products: products.with(0, -1) },
    ]) {
      expect(new PooledCost(HOUR, garbage).cost()).to.deep.equal(new PooledCost(HOUR).cost());
    }
  });
});
