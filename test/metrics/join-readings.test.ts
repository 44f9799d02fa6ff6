import { expect } from 'chai';
import fc from 'fast-check';
import type { HostTags } from '../../src/metrics/host-reading.js';
import { HostReadings } from '../../src/metrics/host-readings.js';
import { joinReadings } from '../../src/metrics/join-readings.js';
import type { LoadTable } from '../../src/metrics/load-table.js';

const NOW = 1_700_000_000_000;
const OPTIONS = { now: NOW, windowMs: 60_000, maxAgeMs: 120_000 };
const KEYS = [
  { serverId: 'a', host: 'ha' },
  { serverId: 'b', host: 'hb' },
];

interface Told extends Partial<HostTags> {
  readonly ago: number;
  readonly cpu: unknown;
}

function join(told: readonly Told[], keys = KEYS): LoadTable {
  const readings = new HostReadings(NOW);
  for (const { server, host, ago, cpu } of told) {
    const tags = { server, host };
    readings.value(tags, 'cpu', cpu);
    readings.seen(tags, 'cpu', NOW - ago);
  }
  return joinReadings(readings.list(), keys, OPTIONS);
}

const kindsOf = (table: LoadTable): readonly string[] =>
  (table.faults ?? []).map(({ kind, serverId }) => `${kind} ${serverId ?? ''}`);

describe('joinReadings', () => {
  it('falls back on the host where what carries the tag server has gone silent', () => {
    const { samples } = join([
      { server: 'a', host: 'x', ago: 130_000, cpu: 0.1 },
      { server: undefined, host: 'ha', ago: 1_000, cpu: 0.2 },
    ]);
    expect(samples.get('a')).to.include({ cpu: 0.2, matchedBy: 'host' });
  });

  it('gives no server what names another server of the pool', () => {
    const { samples } = join([{ server: 'b', host: 'ha', ago: 0, cpu: 0.3 }]);
    expect([...samples.keys()]).to.deep.equal(['b']);
  });

  it('names a host that stands for two servers', () => {
    const keys = KEYS.map(({ serverId }) => ({ serverId, host: 'one' }));
    const table = join([{ host: 'one', ago: 0, cpu: 0.3 }], keys);
    expect([...table.samples.keys()]).to.deep.equal(['a', 'b']);
    expect(kindsOf(table)).to.include('duplicate-tags b');
  });

  it('takes a host that was renamed as one', () => {
    const table = join([
      { server: 'a', host: 'old', ago: 90_000, cpu: 0.3 },
      { server: 'a', host: 'new', ago: 0, cpu: 0.4 },
    ]);
    expect(table.samples.get('a')?.cpu).to.equal(0.4);
    expect(kindsOf(table)).to.not.include('duplicate-tags a');
  });

  it('names at most 20 tags that belong to no server', () => {
    const told = Array.from({ length: 50 }, (_, i) => ({ host: `x${i}`, ago: 0, cpu: 0 }));
    expect(join(told).strangers).to.have.length(20);
  });

  it('never gives a server a value that cannot be, nor a sample of the future', () => {
    const value = fc.oneof(
      fc.double(),
      fc.string(),
      fc.constant(null),
      fc.boolean(),
      fc.double({ min: 0, max: 1 }),
    );
    const told = fc.record({
      server: fc.option(fc.constantFrom('a', 'b', 'c'), { nil: undefined }),
      host: fc.option(fc.constantFrom('ha', 'HB', 'hc'), { nil: undefined }),
      ago: fc.integer({ min: -200_000, max: 300_000 }),
      cpu: value,
    });
    fc.assert(
      fc.property(fc.array(told, { maxLength: 12 }), (list) => {
        for (const { cpu, sampledAt } of join(list).samples.values()) {
          expect(cpu === undefined || (cpu >= 0 && cpu <= 1)).to.equal(true);
          expect(sampledAt).to.be.at.most(NOW + 60_000);
        }
      }),
    );
  });

  it('gives the same table in whatever order hosts are told, but for equal times', () => {
    const told = fc.uniqueArray(
      fc.record({
        server: fc.option(fc.constantFrom('a', 'b', 'c'), { nil: undefined }),
        host: fc.constantFrom('ha', 'hb', 'hc', 'hd'),
        ago: fc.integer({ min: 0, max: 300_000 }),
        cpu: fc.double({ min: 0, max: 1, noNaN: true }),
      }),
      { selector: ({ ago }) => ago, maxLength: 8 },
    );
    // A host that tells twice keeps the last value: each of them once.
    const once = told.filter(
      (list) => new Set(list.map(({ server, host }) => `${server} ${host}`)).size === list.length,
    );
    fc.assert(
      fc.property(once, (list) => {
        const [forward, backward] = [join(list), join([...list].reverse())];
        expect([...forward.samples]).to.deep.equal([...backward.samples]);
      }),
    );
  });
});
