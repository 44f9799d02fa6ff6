import { expect } from 'chai';
import fc from 'fast-check';
import type { HealthState } from '../../src/pool/health.js';
import { pollDelay, pollPhase, type PollDelayInput } from '../../src/pool/poll-delay.js';

const online: HealthState = { health: 'online', consecutiveFailures: 0, consecutiveSuccesses: 0 };

function delay(changes: Partial<PollDelayInput>): number {
  return pollDelay({
    state: online,
    offlineAfter: 3,
    intervalMs: 10_000,
    phaseMs: 2500,
    startedAt: 100_000,
    now: 100_100,
    random: 0.5,
    ...changes,
  });
}

describe('pollDelay', () => {
  it('brings a healthy server to its own place within the interval', () => {
    expect(delay({ startedAt: 102_500, now: 102_600 })).to.equal(9900);
    expect(delay({ startedAt: 107_400, now: 107_500 })).to.equal(5000);
  });

  it('leaves out a place that follows the last poll too closely', () => {
    expect(delay({ startedAt: 101_900, now: 102_000 })).to.equal(10_500);
  });

  it('asks a recovering server again within a second', () => {
    const state: HealthState = { health: 'offline', consecutiveFailures: 0, consecutiveSuccesses: 1 };
    expect(delay({ state })).to.equal(1000);
    expect(delay({ state, intervalMs: 500, phaseMs: 0 })).to.equal(500);
  });

  it('asks an unstable server again after half the interval', () => {
    const state: HealthState = { health: 'unstable', consecutiveFailures: 1, consecutiveSuccesses: 0 };
    expect(delay({ state })).to.equal(5000);
    expect(delay({ state, intervalMs: 1000, phaseMs: 0 })).to.equal(1000);
  });

  it('backs off from a dead server, never beyond ten seconds or the interval, with jitter', () => {
    const dead = (consecutiveFailures: number): HealthState => ({
      health: 'offline',
      consecutiveFailures,
      consecutiveSuccesses: 0,
    });
    const backOff = [3, 4, 5, 6, 7, 1000].map((failures) =>
      delay({ state: dead(failures), intervalMs: 1000, phaseMs: 0 }),
    );
    expect(backOff).to.deep.equal([1000, 2000, 4000, 8000, 10_000, 10_000]);
    expect(delay({ state: dead(9), intervalMs: 60_000 })).to.equal(60_000);
    expect(delay({ state: dead(9), random: 0 })).to.equal(8000);
    expect(delay({ state: dead(9), random: 1 })).to.be.closeTo(12_000, 0.001);
  });

  it('finds each next poll of a healthy server between a quarter and one and a quarter intervals later', () => {
    const times = fc.record({
      intervalMs: fc.integer({ min: 1000, max: 60_000 }),
      place: fc.double({ min: 0, max: 0.999, noNaN: true }),
      startedAt: fc.integer({ min: 0, max: 2_000_000_000_000 }),
      tookMs: fc.integer({ min: 0, max: 200 }),
    });
    fc.assert(
      fc.property(times, ({ intervalMs, place, startedAt, tookMs }) => {
        const now = startedAt + tookMs;
        const gap = tookMs + delay({ intervalMs, phaseMs: place * intervalMs, startedAt, now });
        expect(gap).to.be.within(intervalMs / 4 - 1, intervalMs * 1.25 + 1);
      }),
    );
  });
});

describe('pollPhase', () => {
  it('spreads any number of servers over the interval without a crowd', () => {
    for (const servers of [2, 5, 32, 500]) {
      const phases = Array.from({ length: servers }, (_, index) => pollPhase(index, 10_000));
      const crowd = phases.map((phase) => phases.filter((p) => p >= phase && p < phase + 10_000 / servers));
      expect(Math.max(...crowd.map((members) => members.length))).to.be.at.most(3);
    }
  });
});
