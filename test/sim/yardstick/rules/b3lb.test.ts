import { expect } from 'chai';
import { b3lb, b3lbCpu, b3lbLoad } from '../../../../src/sim/yardstick/rules/b3lb.js';
import {
  meanMostOfABurst,
  newMeeting,
  seenMeeting,
  startRule,
  UNTOLD,
} from '../../../support/create-burst.js';

describe('the rule of b3lb', () => {
  const shipped: readonly (readonly [number, number])[] = [
    [0, 0],
    [10, 93],
    [25, 278],
    [50, 807],
    [60, 1153],
    [70, 1618],
    [80, 2241],
    [90, 3071],
    [95, 3582],
    [100, 4167],
  ];
  for (const [percent, load] of shipped) {
    it(`weighs ${percent} % CPU as shipped: five terms, divided by six`, () => {
      // The figures are rounded; the load itself is cut off to a whole number.
      const shown = b3lbLoad({ attendees: 0, meetings: 0, cpu: percent / 100 });
      expect(shown).to.be.within(load - 1, load);
    });
  }

  it('adds one for an attendee and thirty for a meeting', () => {
    expect(b3lbLoad({ attendees: 12, meetings: 3, cpu: 0 })).to.equal(102);
  });

  it('takes the higher of the newest sample and the mean of a minute', () => {
    expect(b3lbCpu([0.2, 0.2, 0.2, 0.2, 0.2, 0.8])).to.equal(0.8);
    expect(b3lbCpu([0.8, 0.8, 0.2])).to.equal(0.6);
  });

  it('draws among equals, adds 31 at placement, and reads the last six samples at a poll', () => {
    const rule = startRule(b3lb, { servers: 2 });
    expect(rule.pollEveryMs).to.equal(15_000);
    const drawn = new Set(Array.from({ length: 30 }, () => rule.rank(newMeeting(), 0)[0]));
    expect([...drawn].sort()).to.deep.equal(['s01', 's02']);
    rule.placed?.('s01', newMeeting(), 0, UNTOLD);
    expect(rule.rank(newMeeting(), 0)).to.deep.equal(['s02']);
    // 30 people weigh less than the 31 of a placement, and more than the one person found by the poll.
    rule.polled?.('s02', [], 1);
    for (let join = 0; join < 30; join++) rule.joined?.('s02', newMeeting(), 1);
    expect(rule.rank(newMeeting(), 1)).to.deep.equal(['s02']);
    rule.polled?.('s01', [], 2);
    const sample = { serverId: 's02', cpuSystem: 0, memory: 0, networkBytesPerSecond: 0 };
    for (let at = 0; at < 7; at++) rule.sampled?.({ ...sample, at, cpu: at === 0 ? 1 : 0.01 });
    rule.polled?.('s01', [seenMeeting({ attendees: 1 })], 3);
    rule.polled?.('s02', [], 3);
    expect(rule.rank(newMeeting(), 3)).to.deep.equal(['s02']);
  });

  it('leaves a server at one failed poll and keeps the last CPU for ever', () => {
    const rule = startRule(b3lb, { servers: 2 });
    rule.sampled?.({ serverId: 's01', at: 0, cpu: 0.5, cpuSystem: 0, memory: 0, networkBytesPerSecond: 0 });
    rule.polled?.('s01', [], 0);
    rule.polled?.('s02', undefined, 0);
    expect(rule.rank(newMeeting(), 0)).to.deep.equal(['s01']);
    rule.polled?.('s02', [], 3_600_000);
    rule.polled?.('s01', [], 3_600_000);
    expect(rule.rank(newMeeting(), 3_600_000)).to.deep.equal(['s02']);
  });

  it('never lets the meetings of a dead server start elsewhere', () => {
    const rule = startRule(b3lb, { servers: 2 });
    const locked = newMeeting('locked');
    rule.createFailed?.('s01', 0, locked);
    expect(rule.rank(locked, 0)).to.deep.equal(['s01']);
    rule.polled?.('s01', undefined, 1);
    expect(rule.rank(locked, 1)).to.deep.equal([]);
    expect(rule.rank(newMeeting('other'), 1)).to.deep.equal(['s02']);
    expect(rule.hasGivenUp?.('s01', 3_600_000)).to.equal(false);
    rule.polled?.('s01', [], 3_600_000);
    expect(rule.rank(locked, 3_600_000)).to.have.length(1);
  });

  it('puts about 10.7 of 200 creates of a minute on one of 22 servers', () => {
    expect(meanMostOfABurst(b3lb, 40)).to.be.within(10.2, 11.2);
  });
});
