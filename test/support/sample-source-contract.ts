import { expect } from 'chai';
import type { HostSample, LoadTable, SampleFault, SampleSource } from '../../src/metrics/load-table.js';
import { SCENARIO, SCENARIO_KEYS, type ScenarioHost } from './scenario-hosts.js';

/** A source whose engine holds the hosts' samples as of `now`. */
export interface ContractSource {
  readonly source: SampleSource;
  readonly close: () => Promise<void>;
}

export interface ContractOptions {
  readonly open: (hosts: readonly ScenarioHost[], now: number) => Promise<ContractSource>;
  /** How far a mean may be off: an engine that interpolates between samples is never exact. */
  readonly tolerance: number;
}

/** Means are taken over this, in every source of the contract. */
export const CONTRACT_TIMES = { windowMs: 60_000, maxAgeMs: 120_000 };

/** What every source of samples promises, whatever its engine. */
export function itIsASampleSource(options: ContractOptions): void {
  const { tolerance } = options;
  let now: number;
  let opened: ContractSource;
  let table: LoadTable;

  before(async function () {
    this.timeout(120_000);
    now = Date.now();
    opened = await options.open(SCENARIO, now);
    table = await opened.source.read(SCENARIO_KEYS, AbortSignal.timeout(10_000));
  });

  after(() => opened.close());

  const sample = (serverId: string): HostSample => {
    const found = table.samples.get(serverId);
    if (found === undefined) throw new Error(`no sample of ${serverId}`);
    return found;
  };
  const faults = (serverId: string): readonly SampleFault[] =>
    (table.faults ?? []).filter((fault) => fault.serverId === serverId);
  const kinds = (serverId: string): readonly string[] => faults(serverId).map(({ kind }) => kind);

  it('means CPU, memory and traffic of real interfaces over the window', () => {
    const { cpu, memory, networkBytesPerSecond, cpuCount, networkMbit, matchedBy } = sample('whole');
    expect(cpu).to.be.closeTo(0.4, Math.max(1e-9, tolerance));
    expect(memory).to.be.closeTo(0.25, 1e-9);
    expect(networkBytesPerSecond).to.be.closeTo(2e6, 2e6 * tolerance + 1);
    expect({ cpuCount, networkMbit, matchedBy }).to.deep.equal({
      cpuCount: 8,
      networkMbit: 1000,
      matchedBy: 'server',
    });
    expect(kinds('whole')).to.deep.equal([]);
  });

  it('tells when each value was read', () => {
    const { sampledAt, memorySampledAt, networkSampledAt } = sample('whole');
    for (const at of [sampledAt, memorySampledAt, networkSampledAt]) expect(at).to.equal(now - 2_000);
  });

  it('finds a server by the tag server first, else by its host in any case', () => {
    expect(sample('tagged').cpu).to.be.closeTo(0.5, tolerance + 1e-9);
    expect(sample('tagged').matchedBy).to.equal('server');
    expect(sample('plain').cpu).to.be.closeTo(0.3, tolerance + 1e-9);
    expect(sample('plain').matchedBy).to.equal('host');
  });

  it('knows nothing of a server that never wrote', () => {
    expect(table.samples.has('silent')).to.equal(false);
    expect(kinds('silent')).to.deep.equal([]);
  });

  it('takes what half a host sends and names the rest', () => {
    expect(sample('half').cpu).to.be.closeTo(0.25, tolerance + 1e-9);
    expect(sample('half')).to.include({ memory: undefined, networkBytesPerSecond: undefined });
    expect(kinds('half')).to.deep.equal(['partial']);
    expect(faults('half')[0]?.message).to.match(/memory and network/);
  });

  it('leaves out values that cannot be, and names them', () => {
    expect(sample('bad').cpu).to.be.closeTo(0.4, tolerance + 1e-9);
    expect(sample('bad').memory).to.be.oneOf([0.4, undefined]);
    expect(kinds('bad')).to.deep.equal(['bad-value']);
  });

  it('reckons no traffic from a counter that began anew', () => {
    expect(sample('reset').networkBytesPerSecond).to.be.closeTo(1e6, 1e6 * Math.max(tolerance * 3, 0.001));
  });

  it('names a clock that runs ahead and takes nothing from the future', () => {
    expect(kinds('ahead')).to.include('future-clock');
    const at = table.samples.get('ahead')?.sampledAt ?? now;
    expect(at).to.be.at.most(now + 60_000);
  });

  it('takes the newer of two hosts with one tag, and names both', () => {
    expect(sample('twin').cpu).to.be.closeTo(0.6, tolerance + 1e-9);
    const [fault] = faults('twin').filter(({ kind }) => kind === 'duplicate-tags');
    expect(fault?.message).to.include('twin-1').and.to.include('twin-2');
  });

  it('names tags that belong to no server', () => {
    expect(table.strangers).to.deep.equal(['server=stranger']);
  });

  it('tells when a host that fell silent was last heard', () => {
    expect(sample('old').sampledAt).to.be.within(now - 635_000, now - 602_000);
  });

  it('takes as many reads at once as come, and the same table from each', async () => {
    const reads = [1, 2].map(() => opened.source.read(SCENARIO_KEYS, AbortSignal.timeout(10_000)));
    for (const again of await Promise.all(reads)) {
      expect([...again.samples.keys()]).to.deep.equal([...table.samples.keys()]);
    }
  });
}
