import { expect } from 'chai';
import { bbblb, bbblbLoad, bbblbPromise } from '../../../../src/sim/yardstick/rules/bbblb.js';
import {
  meanMostOfABurst,
  newMeeting,
  seenMeeting,
  startRule,
  UNTOLD,
} from '../../../support/create-burst.js';

describe('the rule of bbblb', () => {
  it('weighs users, voices and cameras, and 31 for those expected, at any age', () => {
    expect(bbblbLoad({ attendees: 0, voice: 0, video: 0 })).to.equal(36);
    expect(bbblbLoad({ attendees: 10, voice: 4, video: 2 })).to.equal(49);
    const rule = startRule(bbblb, { servers: 2 });
    rule.polled?.('s01', [seenMeeting({ createdAt: 0, attendees: 1 })], 24 * 3_600_000);
    rule.polled?.('s02', [seenMeeting({ createdAt: 0, attendees: 0 })], 24 * 3_600_000);
    expect(rule.rank(newMeeting(), 24 * 3_600_000)).to.deep.equal(['s02']);
  });

  it('promises 40 at placement, more with a hint, up to a hundred people', () => {
    expect(bbblbPromise(undefined)).to.equal(40);
    expect(bbblbPromise(5)).to.equal(40);
    expect(bbblbPromise(40)).to.equal(71);
    expect(bbblbPromise(1_000)).to.equal(bbblbPromise(100));
  });

  it('adds the promise at placement and one at a join, until the poll', () => {
    const rule = startRule(bbblb, { servers: 2 });
    expect(rule.pollEveryMs).to.equal(30_000);
    rule.placed?.('s01', newMeeting(), 0, UNTOLD);
    for (let join = 0; join < 39; join++) rule.joined?.('s02', newMeeting(), 0);
    expect(rule.rank(newMeeting(), 0)).to.deep.equal(['s02']);
    for (let join = 0; join < 2; join++) rule.joined?.('s02', newMeeting(), 0);
    expect(rule.rank(newMeeting(), 0)).to.deep.equal(['s01']);
    rule.polled?.('s02', [], 1);
    expect(rule.rank(newMeeting(), 1)).to.deep.equal(['s02']);
  });

  it('forgets the meetings of a server at one failed poll and uses it again after five good ones', () => {
    const rule = startRule(bbblb, { servers: 1 });
    expect(rule.hasGivenUp?.('s01', 0)).to.equal(false);
    rule.polled?.('s01', undefined, 0);
    expect(rule.hasGivenUp?.('s01', 0)).to.equal(true);
    for (let poll = 1; poll <= 4; poll++) rule.polled?.('s01', [], poll);
    expect(rule.rank(newMeeting(), 4)).to.deep.equal([]);
    rule.polled?.('s01', [], 5);
    expect(rule.rank(newMeeting(), 5)).to.deep.equal(['s01']);
  });

  it('puts about 10.3 of 200 creates of a minute on one of 22 servers', () => {
    expect(meanMostOfABurst(bbblb, 40)).to.be.within(9.9, 10.8);
  });
});
