import { expect } from 'chai';
import { dayKindOf, ruleKindOf } from '../../../src/sim/yardstick/compare-task.js';
import type { Day, DayKind } from '../../../src/sim/yardstick/day.js';
import { DAY_KINDS } from '../../../src/sim/yardstick/days/registry.js';
import { prepareDay } from '../../../src/sim/yardstick/prepare-day.js';
import { RULE_KINDS } from '../../../src/sim/yardstick/rules/registry.js';
import { runDay } from '../../../src/sim/yardstick/run-day.js';
import { slicedDay } from '../../support/sliced-day.js';

const SEEDS = [1, 2, 3, 4];
const HOSTS = 6;
/** Shares of attendee-minutes closer than this are equal: on calm days all rules are near 0. */
const ABSOLUTE_MARGIN = 0.005;
const PEERS = RULE_KINDS.filter(({ family }) => family === 'peer');

/** Part of attendee-minutes spent above 80 % CPU, by rule, a value each seed; all rules live through the same days. */
function overloadedShares(kind: DayKind): ReadonlyMap<string, readonly number[]> {
  const rules = [ruleKindOf('predicted'), ...PEERS];
  const shares = new Map(rules.map(({ name }): [string, number[]] => [name, []]));
  for (const seed of SEEDS) {
    const day: Day = slicedDay(kind.make(seed), HOSTS);
    const prepared = prepareDay(day);
    for (const rule of rules) {
      const { attendeeMinutesAbove80, attendeeMinutes } = runDay(day, rule, { prepared });
      shares.get(rule.name)?.push(attendeeMinutesAbove80 / attendeeMinutes);
    }
  }
  return shares;
}

/** How far `ours` lies above `other`, and how much of that is noise: two standard errors of the paired differences. */
function paired(ours: readonly number[], other: readonly number[]): { mean: number; noise: number } {
  const differences = ours.map((value, index) => value - (other[index] ?? NaN));
  const mean = meanOf(differences);
  const variance =
    differences.reduce((sum, difference) => sum + (difference - mean) ** 2, 0) / (differences.length - 1);
  return { mean, noise: 2 * Math.sqrt(variance / differences.length) };
}

function meanOf(values: readonly number[]): number {
  return values.reduce((sum, value) => sum + value, 0) / values.length;
}

/** The peers' rules that a rule falls behind on a kind of day, by more than noise; a sentence each. */
function behind(rule: string, shares: ReadonlyMap<string, readonly number[]>): string[] {
  const ours = shares.get(rule) ?? [];
  return PEERS.flatMap(({ name }) => {
    const { mean, noise } = paired(ours, shares.get(name) ?? []);
    return mean <= noise + ABSOLUTE_MARGIN ? [] : [`${name} by ${(mean * 100).toFixed(2)} points`];
  });
}

describe('predicted against every peer, on small days of each kind', function () {
  this.timeout(60_000);
  const known = new Map<string, ReadonlyMap<string, readonly number[]>>();
  const sharesOn = (kind: DayKind): ReadonlyMap<string, readonly number[]> => {
    const shares = known.get(kind.name) ?? overloadedShares(kind);
    known.set(kind.name, shares);
    return shares;
  };

  for (const kind of DAY_KINDS) {
    it(`falls behind none of them on ${kind.name}`, () => {
      expect(behind('predicted', sharesOn(kind))).to.deep.equal([]);
    });
  }

  it('is no worse than taking turns where no samples come', () => {
    const shares = sharesOn(dayKindOf('metrics-outage'));
    expect(meanOf(shares.get('predicted')!)).to.be.at.most(meanOf(shares.get('tinyscale')!));
  });

  for (const name of ['school-day', 'mixed-hardware', 'few-huge']) {
    it(`would be noticed if it only took turns on ${name}`, () => {
      expect(behind('tinyscale', sharesOn(dayKindOf(name)))).not.to.deep.equal([]);
    });
  }
});
