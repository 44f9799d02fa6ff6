import { expect } from 'chai';
import { b3scale, b3scaleStress } from '../../../../src/sim/yardstick/rules/b3scale.js';
import {
  meanMostOfABurst,
  newMeeting,
  seenMeeting,
  startRule,
  UNTOLD,
} from '../../../support/create-burst.js';

describe('the rule of b3scale', () => {
  it('takes the higher of 15 a meeting and the people, times the factor', () => {
    expect(b3scaleStress({ meetings: 2, attendees: 10, loadFactor: 1 })).to.equal(30);
    expect(b3scaleStress({ meetings: 2, attendees: 70, loadFactor: 1 })).to.equal(70);
    expect(b3scaleStress({ meetings: 2, attendees: 70, loadFactor: 1.5 })).to.equal(105);
  });

  it('counts creates, joins and ends at once', () => {
    const rule = startRule(b3scale, { servers: 2 });
    rule.placed?.('s01', newMeeting(), 0, UNTOLD);
    expect(rule.rank(newMeeting(), 0)).to.deep.equal(['s02']);
    for (let join = 0; join < 16; join++) rule.joined?.('s02', newMeeting(), 0);
    expect(rule.rank(newMeeting(), 0)).to.deep.equal(['s01']);
    rule.placed?.('s01', newMeeting(), 0, UNTOLD);
    rule.ended?.('s01', newMeeting(), 0);
    expect(rule.rank(newMeeting(), 0)).to.deep.equal(['s01']);
    rule.polled?.('s01', [seenMeeting({ attendees: 40 })], 1);
    expect(rule.rank(newMeeting(), 1)).to.deep.equal(['s02']);
  });

  it('leaves a server whose agent is silent for five seconds, and takes it back with the next beat', () => {
    const rule = startRule(b3scale, { servers: 1 });
    expect(rule.pollEveryMs).to.equal(5_000);
    rule.polled?.('s01', undefined, 0);
    expect(rule.rank(newMeeting(), 0)).to.deep.equal([]);
    expect(rule.hasGivenUp?.('s01', 0)).to.equal(true);
    rule.polled?.('s01', [], 5_000);
    expect(rule.rank(newMeeting(), 5_000)).to.deep.equal(['s01']);
  });

  it('spreads 200 creates of a minute over 22 servers about evenly', () => {
    expect(meanMostOfABurst(b3scale, 10)).to.be.within(9.1, 11);
  });
});
