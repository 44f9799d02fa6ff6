import { expect } from 'chai';
import { scalelite, scaleliteLoad } from '../../../../src/sim/yardstick/rules/scalelite.js';
import {
  meanMostOfABurst,
  newMeeting,
  seenMeeting,
  startRule,
  UNTOLD,
} from '../../../support/create-burst.js';

const MINUTE = 60_000;

describe('the rule of Scalelite', () => {
  it('counts moderators twice, and a meeting below 15 minutes for at least 15', () => {
    const young = seenMeeting({ createdAt: 0, attendees: 4, moderators: 2 });
    expect(scaleliteLoad([young], 15 * MINUTE - 1)).to.equal(15);
    expect(scaleliteLoad([young], 15 * MINUTE)).to.equal(6);
    expect(scaleliteLoad([seenMeeting({ createdAt: 0, attendees: 20, moderators: 5 }), young], 0)).to.equal(
      40,
    );
  });

  it('takes the lowest load, the lowest ID among equals, and adds one for a create and for a join', () => {
    const rule = startRule(scalelite);
    expect(rule.pollEveryMs).to.equal(MINUTE);
    const next = (): readonly string[] => rule.rank(newMeeting(), 0);
    expect(next()).to.deep.equal(['s01']);
    rule.placed?.('s01', newMeeting(), 0, UNTOLD);
    expect(next()).to.deep.equal(['s02']);
    rule.joined?.('s02', newMeeting(), 0);
    rule.joined?.('s02', newMeeting(), 0);
    expect(next()).to.deep.equal(['s03']);
    for (let join = 0; join < 3; join++) rule.joined?.('s03', newMeeting(), 0);
    expect(next()).to.deep.equal(['s01']);
    rule.polled?.('s03', [], 1);
    expect(next()).to.deep.equal(['s03']);
  });

  it('keeps a failed create on its server until the second failed poll', () => {
    const rule = startRule(scalelite);
    const stuck = newMeeting('stuck');
    rule.createFailed?.('s01', 0, stuck);
    expect(rule.rank(stuck, 0)).to.deep.equal(['s01']);
    expect(rule.rank(newMeeting('other'), 0)).to.deep.equal(['s02']);
    rule.polled?.('s01', undefined, 1);
    expect(rule.hasGivenUp?.('s01', 1)).to.equal(false);
    expect(rule.rank(stuck, 1)).to.deep.equal(['s01']);
    rule.polled?.('s01', undefined, 2);
    expect(rule.hasGivenUp?.('s01', 2)).to.equal(true);
    expect(rule.rank(stuck, 2)).to.deep.equal(['s02']);
    rule.polled?.('s01', [], 3);
    expect(rule.rank(stuck, 3)).to.deep.equal(['s01']);
  });

  it('puts about 39 of 200 creates of a minute on one of 22 servers', () => {
    expect(meanMostOfABurst(scalelite, 40)).to.be.within(37, 42);
  });
});
