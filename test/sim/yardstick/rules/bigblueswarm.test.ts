import { expect } from 'chai';
import { bigBlueSwarm, bigBlueSwarmMeans } from '../../../../src/sim/yardstick/rules/bigblueswarm.js';
import type { Rule } from '../../../../src/sim/yardstick/rule.js';
import { newMeeting, startRule } from '../../../support/create-burst.js';

const MINUTE = 60_000;

function tell(rule: Rule, serverId: string, at: number, values: { cpuSystem: number; memory: number }): void {
  rule.sampled?.({ serverId, at, cpu: 1, networkBytesPerSecond: 0, ...values });
}

describe('the rule of BigBlueSwarm', () => {
  it('takes the mean of system time and memory over five minutes', () => {
    const sample = { serverId: 's01', cpu: 1, networkBytesPerSecond: 0 };
    const samples = [
      { ...sample, at: 0, cpuSystem: 0.9, memory: 0.9 },
      { ...sample, at: 1, cpuSystem: 0.125, memory: 0.25 },
      { ...sample, at: 5 * MINUTE, cpuSystem: 0.375, memory: 0.75 },
    ];
    const means = bigBlueSwarmMeans('s01', samples, 5 * MINUTE + 1);
    expect(means).to.deep.equal({ id: 's01', cpuPercent: 25, memoryPercent: 50 });
    expect(bigBlueSwarmMeans('s01', samples, 11 * MINUTE)).to.equal(undefined);
  });

  it('takes the lowest sum, whatever was placed there meanwhile', () => {
    const rule = startRule(bigBlueSwarm, { servers: 2 });
    tell(rule, 's01', 0, { cpuSystem: 0.3, memory: 0.3 });
    tell(rule, 's02', 0, { cpuSystem: 0.1, memory: 0.4 });
    expect(rule).not.to.have.property('placed');
    expect(rule).not.to.have.property('polled');
    for (let create = 0; create < 5; create++) {
      expect(rule.rank(newMeeting(), MINUTE)).to.deep.equal(['s02']);
    }
  });

  it('refuses above 90 percent of either, compared as whole numbers', () => {
    const rule = startRule(bigBlueSwarm, { servers: 2 });
    tell(rule, 's01', 0, { cpuSystem: 0.905, memory: 0.5 });
    tell(rule, 's02', 0, { cpuSystem: 0.1, memory: 0.92 });
    expect(rule.rank(newMeeting(), 0)).to.deep.equal(['s01']);
    tell(rule, 's01', 1, { cpuSystem: 0.95, memory: 0.5 });
    expect(rule.rank(newMeeting(), 1)).to.deep.equal([]);
  });

  it('takes a silent server for online until its last sample is five minutes old', () => {
    const rule = startRule(bigBlueSwarm, { servers: 1 });
    expect(rule.rank(newMeeting(), 0)).to.deep.equal([]);
    tell(rule, 's01', 0, { cpuSystem: 0.1, memory: 0.1 });
    expect(rule.rank(newMeeting(), 5 * MINUTE)).to.deep.equal(['s01']);
    expect(rule.rank(newMeeting(), 5 * MINUTE + 1)).to.deep.equal([]);
    expect(rule.hasGivenUp?.('s01', 0)).to.equal(true);
  });
});
