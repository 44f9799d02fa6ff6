import { expect } from 'chai';
import type { Day } from '../../../../src/sim/yardstick/day.js';
import type { Rule } from '../../../../src/sim/yardstick/rule.js';
import { clairvoyant } from '../../../../src/sim/yardstick/rules/clairvoyant.js';
import { day, HOUR, meeting, MINUTE } from '../../../support/small-days.js';

function start(of: Day): Rule {
  return clairvoyant.start({ hosts: [], day: of, random: () => 0 });
}

describe('clairvoyant', () => {
  const fresh = meeting('new', 20, { createdAt: 30 * MINUTE, endsAt: 90 * MINUTE });

  it('prefers a server whose people are about to leave to one that stays half full', () => {
    const [leaving, staying] = [
      meeting('leaving', 200, { endsAt: 31 * MINUTE }),
      meeting('staying', 150, { endsAt: 2 * HOUR }),
    ];
    const rule = start(day({ meetings: [leaving, staying, fresh] }));
    rule.placed?.('a', leaving, 0, leaving);
    rule.placed?.('b', staying, 0, staying);
    // In its first minute the new one sits with those who leave: the highest value decides, so it goes to b …
    expect(rule.rank(fresh, 30 * MINUTE)).to.deep.equal(['b', 'a']);
    // … and once they are gone, to a.
    expect(rule.rank(fresh, 31 * MINUTE)).to.deep.equal(['a', 'b']);
  });

  it('knows a job before it begins', () => {
    const jobs = [{ serverId: 'a', from: 60 * MINUTE, until: 80 * MINUTE, cpu: 0.4 }];
    expect(start(day({ meetings: [fresh], jobs })).rank(fresh, 30 * MINUTE)).to.deep.equal(['b', 'a']);
  });

  it('knows the speed of cores', () => {
    const of = day({ meetings: [fresh] });
    const hosts = of.hosts.map((one) => (one.id === 'a' ? { ...one, coreSpeed: 0.8 } : one));
    expect(start({ ...of, hosts }).rank(fresh, 30 * MINUTE)).to.deep.equal(['b', 'a']);
  });

  it('leaves out a dead server, and takes it back empty', () => {
    const faults = [{ kind: 'server-dead' as const, serverId: 'a', from: 20 * MINUTE, until: 40 * MINUTE }];
    const [big, small] = [
      meeting('big', 300, { endsAt: 2 * HOUR }),
      meeting('small', 10, { endsAt: 2 * HOUR }),
    ];
    const rule = start(day({ meetings: [big, small, fresh], faults }));
    rule.placed?.('a', big, 0, big);
    rule.placed?.('b', small, 0, small);
    expect(rule.rank(fresh, 10 * MINUTE)).to.deep.equal([]);
    expect(rule.rank(fresh, 30 * MINUTE)).to.deep.equal(['b']);
    expect(rule.rank(fresh, 50 * MINUTE)).to.deep.equal(['a', 'b']);
  });
});
