import { expect } from 'chai';
import type { DayResult } from '../../../src/sim/yardstick/day-result.js';
import { summarize } from '../../../src/sim/yardstick/summarize.js';

function result(rule: string, seed: number, attendeeMinutesAbove80: number): DayResult {
  return {
    ...{ day: 'storm', rule, seed, attendeeMinutesAbove80, attendeeMinutes: 1_000 },
    ...{ highestCpu: 0.9, serverMinutesAbove80: seed, serverMinutesAbove95: 0, attendeesOverloaded: 5 },
    ...{ spreadAtPeak: 1.5, mostPlacedInAMinute: 4, created: 10, refused: 0, moved: 0 },
    ...{ cpuEveryMs: 60_000, cpu: new Map() },
  };
}

describe('summarize', () => {
  const summaries = summarize([
    ...[result('predicted', 1, 60), result('predicted', 2, 80)],
    ...[result('tinyscale', 1, 200), result('tinyscale', 2, 400)],
    ...[result('bbblb', 1, 190), result('bbblb', 2, 50)],
    ...[result('clairvoyant', 1, 10), result('clairvoyant', 2, 30)],
  ]);
  const of = (rule: string): (typeof summaries)[number] => summaries.find((one) => one.rule === rule)!;

  it('measures regret between the clairvoyant and the best peer, as a ratio of means', () => {
    expect(of('predicted').regret).to.be.closeTo((70 - 20) / (120 - 20), 1e-12);
    expect([of('clairvoyant').regret, of('bbblb').regret]).to.deep.equal([0, 1]);
    expect(of('tinyscale').regret).to.be.closeTo(2.8, 1e-12);
  });

  it('takes means over the seeds, and says how sure they are', () => {
    expect(of('tinyscale')).to.include({ seeds: 2, family: 'peer', overloadedShare: 0.3 });
    expect(of('tinyscale').overloadedShareError).to.be.closeTo(0.1, 1e-12);
    expect(of('tinyscale').means).to.include({ serverMinutesAbove80: 1.5, created: 10 });
  });

  it('has no regret without a peer, a clairvoyant, or a difference between them', () => {
    const regretsOf = (...results: DayResult[]): unknown[] => summarize(results).map(({ regret }) => regret);
    expect(regretsOf(result('predicted', 1, 5), result('clairvoyant', 1, 1))).to.deep.equal([
      undefined,
      undefined,
    ]);
    expect(regretsOf(result('predicted', 1, 5), result('bbblb', 1, 1))).to.deep.equal([undefined, undefined]);
    expect(regretsOf(result('bbblb', 1, 5), result('clairvoyant', 1, 5))).to.deep.equal([
      undefined,
      undefined,
    ]);
  });
});
