import { expect } from 'chai';
import type { RuleKind } from '../../../../src/sim/yardstick/rule.js';
import { b3lb } from '../../../../src/sim/yardstick/rules/b3lb.js';
import { b3scale } from '../../../../src/sim/yardstick/rules/b3scale.js';
import { bbblb } from '../../../../src/sim/yardstick/rules/bbblb.js';
import { pilos } from '../../../../src/sim/yardstick/rules/pilos.js';
import { scalelite } from '../../../../src/sim/yardstick/rules/scalelite.js';
import { loadFactors, strengths } from '../../../../src/sim/yardstick/rules/told-sizes.js';
import { newMeeting, seenMeeting, startRule } from '../../../support/create-burst.js';

const HOUR = 3_600_000;

function hostsOf(...cores: number[]): { id: string; cores: number; networkMbit: number }[] {
  return cores.map((count, at) => ({ id: `s${at}`, cores: count, networkMbit: 1_000 }));
}

/** What a rule takes where a server of 8 cores has 30 people and one of 16 has 45, each in one old meeting. */
function choiceOf(kind: RuleKind): string | undefined {
  const rule = startRule(kind, { cores: [8, 16] });
  rule.polled?.('s01', [seenMeeting({ attendees: 30 })], 2 * HOUR);
  rule.polled?.('s02', [seenMeeting({ attendees: 45 })], 2 * HOUR);
  return rule.rank(newMeeting(), 2 * HOUR)[0];
}

describe('sizes of servers that an administrator tells a balancer', () => {
  it('count people on a small server for more, in proportion to the mean of the pool', () => {
    expect([...loadFactors(hostsOf(4, 8, 12)).values()]).to.deep.equal([2, 1, 8 / 12]);
  });

  it('change nothing where all are equal', () => {
    expect([...loadFactors(hostsOf(16, 16)).values()]).to.deep.equal([1, 1]);
    expect([...strengths(hostsOf(16, 16)).values()]).to.deep.equal([1, 1]);
  });

  it('are strengths of 1 to 10 for PILOS, whole and about in proportion', () => {
    expect([...strengths(hostsOf(4, 8, 16, 32)).values()]).to.deep.equal([1, 2, 4, 8]);
    expect([...strengths(hostsOf(2, 8, 64)).values()]).to.deep.equal([1, 1, 10]);
  });

  for (const kind of [scalelite, pilos, b3scale, b3lb]) {
    it(`make ${kind.name} fill the larger server first`, () => {
      expect(choiceOf(kind)).to.equal('s02');
    });
  }

  it('cannot be told to bbblb', () => {
    expect(choiceOf(bbblb)).to.equal('s01');
  });
});
