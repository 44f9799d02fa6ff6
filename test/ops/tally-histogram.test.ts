import { expect } from 'chai';
import fc from 'fast-check';
import { Counter, Histogram, Registry } from 'prom-client';
import { TallyCounter } from '../../src/ops/tally-counter.js';
import { TallyHistogram } from '../../src/ops/tally-histogram.js';

const BOUNDS = [0, 0.5, 1, 10];
const CALLS = ['create', 'join'] as const;
const call = fc.constantFrom(...CALLS);

function options(name: string) {
  return { name, help: 'A test.', labelNames: ['call'], registers: [new Registry()] };
}

describe('TallyHistogram', () => {
  const value = fc.oneof(fc.constantFrom(...BOUNDS), fc.double({ min: -1, max: 20, noNaN: true }));

  it("prints what prom-client's own histogram prints of the same values", async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(fc.tuple(call, value)), async (observed) => {
        const own = new Histogram({ ...options('h'), buckets: BOUNDS });
        const kept = new TallyHistogram({ ...options('h'), buckets: BOUNDS });
        for (const [name, seconds] of observed) {
          own.observe({ call: name }, seconds);
          kept.tally({ call: name }).observe(seconds);
        }
        const expected = (await own.get()).values.map(({ labels, value: at, metricName }) => ({
          labels,
          value: at,
          metricName,
        }));
        expect((await kept.get()).values).to.deep.equal(expected);
      }),
    );
  });

  it('takes what is no finite number for nothing', async () => {
    const kept = new TallyHistogram({ ...options('h'), buckets: BOUNDS });
    for (const odd of [Number.NaN, Infinity, -Infinity]) kept.tally({ call: 'join' }).observe(odd);
    expect((await kept.get()).values).to.deep.equal([]);
  });

  it('prints a dropped series no more, and one of the same labels anew', async () => {
    const kept = new TallyHistogram({ ...options('h'), buckets: [] });
    kept.tally({ call: 'join' }).observe(2);
    kept.drop({ call: 'join' });
    expect((await kept.get()).values).to.deep.equal([]);
    kept.tally({ call: 'join' }).observe(3);
    expect((await kept.get()).values.map(({ value: at }) => at)).to.deep.equal([1, 3, 1]);
  });
});

describe('TallyCounter', () => {
  it("prints what prom-client's own counter prints of the same amounts", async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.array(fc.tuple(call, fc.double({ min: 0, max: 9, noNaN: true }))),
        async (counted) => {
          const own = new Counter(options('c_total'));
          const kept = new TallyCounter(options('c_total'));
          for (const [name, amount] of counted) {
            own.inc({ call: name }, amount);
            kept.tally({ call: name }).add(amount);
          }
          expect((await kept.get()).values).to.deep.equal((await own.get()).values);
        },
      ),
    );
  });

  it('prints a kept series from its first amount on, also when that is 0, until it is dropped', async () => {
    const kept = new TallyCounter(options('c_total'));
    const tally = kept.tally({ call: 'join' });
    expect((await kept.get()).values).to.deep.equal([]);
    tally.add(0);
    expect((await kept.get()).values).to.deep.equal([{ labels: { call: 'join' }, value: 0 }]);
    kept.drop({ call: 'join' });
    tally.add(1);
    expect((await kept.get()).values).to.deep.equal([]);
  });
});
