import { expect } from 'chai';
import { pilos, pilosLoad } from '../../../../src/sim/yardstick/rules/pilos.js';
import { meanMostOfABurst, newMeeting, seenMeeting, startRule } from '../../../support/create-burst.js';

const MINUTE = 60_000;

describe('the rule of PILOS', () => {
  it('counts a meeting below 15 minutes for 15 people or for its own maximum, others as they are', () => {
    const meeting = { createdAt: 0, attendees: 3 };
    expect(pilosLoad([meeting], 14 * MINUTE)).to.equal(15);
    expect(pilosLoad([{ ...meeting, maxUsers: 0 }], 14 * MINUTE)).to.equal(15);
    expect(pilosLoad([{ ...meeting, maxUsers: 8 }], 14 * MINUTE)).to.equal(8);
    expect(pilosLoad([{ ...meeting, attendees: 30, maxUsers: 8 }], 14 * MINUTE)).to.equal(30);
    expect(pilosLoad([meeting, meeting], 15 * MINUTE)).to.equal(6);
  });

  it('takes the first of the lowest and learns only from polls', () => {
    const rule = startRule(pilos);
    expect(rule.pollEveryMs).to.equal(MINUTE);
    expect(rule).not.to.have.property('placed');
    expect(rule).not.to.have.property('joined');
    expect(rule.rank(newMeeting(), 0)).to.deep.equal(['s01']);
    rule.polled?.('s01', [seenMeeting({ attendees: 1 })], 0);
    expect(rule.rank(newMeeting(), 0)).to.deep.equal(['s02']);
  });

  it('leaves a server at its first failure, gives it up at the third, trusts it after three successes', () => {
    const rule = startRule(pilos, { servers: 1 });
    const isUsed = (): boolean => rule.rank(newMeeting(), 0).length > 0;
    rule.createFailed?.('s01', 0, newMeeting());
    expect(isUsed()).to.equal(false);
    rule.polled?.('s01', undefined, 1);
    expect(rule.hasGivenUp?.('s01', 1)).to.equal(false);
    rule.polled?.('s01', undefined, 2);
    expect(rule.hasGivenUp?.('s01', 2)).to.equal(true);
    rule.polled?.('s01', [], 3);
    rule.polled?.('s01', [], 4);
    expect(isUsed()).to.equal(false);
    rule.polled?.('s01', [], 5);
    expect(isUsed()).to.equal(true);
    expect(rule.hasGivenUp?.('s01', 5)).to.equal(false);
  });

  it('puts all 200 creates of a minute on one of 22 servers', () => {
    expect(meanMostOfABurst(pilos, 5)).to.equal(200);
  });
});
