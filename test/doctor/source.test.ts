import { expect } from 'chai';
import type { HostSample, LoadTable, SampleSource } from '../../src/metrics/load-table.js';
import { SourceError } from '../../src/metrics/source-error.js';
import { definitionOf, DoctorRig, faultLines, noteLines } from '../support/doctor-rig.js';

/** A good sample of this instant. */
function sample(changes: Partial<HostSample> = {}): HostSample {
  const values = { cpu: 0.3, memory: 0.5, networkBytesPerSecond: 1_000, matchedBy: 'server' as const };
  return { ...values, sampledAt: Date.now() - 5_000, ...changes };
}

describe('doctor, looking at the source of samples', () => {
  let rig: DoctorRig;
  beforeEach(async () => {
    rig = new DoctorRig();
    const influxdb = { url: 'http://127.0.0.1:1', token: 'a-token-for-influxdb', org: 'o', bucket: 'b' };
    rig.configure({ metrics: { source: 'influxdb', influxdb } });
    await rig.store(
      definitionOf(await rig.sim('bbb1')),
      definitionOf(await rig.sim('bbb2'), { metricsHost: 'two.example.org' }),
    );
  });
  afterEach(() => rig.stop());

  const lookWith = (source: Partial<SampleSource>) =>
    rig.look({
      createSource: () => ({
        name: 'influxdb',
        read: () => Promise.reject(new Error('no samples are wanted here')),
        ...source,
      }),
    });

  const lookAt = (table: Omit<LoadTable, 'takenAt' | 'samples'> & { samples: Record<string, HostSample> }) =>
    lookWith({
      version: () => Promise.resolve('InfluxDB v2.7.12'),
      read: async () => ({ takenAt: Date.now(), ...table, samples: new Map(Object.entries(table.samples)) }),
    });

  it('shows version, age and tag of what came', async () => {
    const bbb2 = sample({ sampledAt: Date.now() - 50_000, matchedBy: 'host' });
    const report = await lookAt({ samples: { bbb1: sample(), bbb2 } });
    expect(faultLines(report)).to.deep.equal([]);
    expect(report.things[2]).to.deep.include({ name: 'source', state: 'ok', version: 'InfluxDB v2.7.12' });
    expect(report.things[2]?.summary).to.equal('influxdb, samples of 2 of 2 servers');
    expect(report.servers.map(({ matchedBy }) => matchedBy)).to.deep.equal(['server', 'host']);
    expect(report.servers[0]?.sampleAgeSeconds).to.be.within(5, 9);
    expect(report.servers[1]?.sampleAgeSeconds).to.be.within(50, 54);
  });

  it('hands the source each server by its id and by its metricsHost or the host of its URL', async () => {
    let asked: unknown;
    await lookWith({
      read: async (keys) => {
        asked = keys;
        return { takenAt: 0, samples: new Map() };
      },
    });
    expect(asked).to.deep.equal([
      { serverId: 'bbb1', host: '127.0.0.1' },
      { serverId: 'bbb2', host: 'two.example.org' },
    ]);
  });

  it('names a silent server with the tags that were looked for, and the tags that fit no server', async () => {
    const report = await lookAt({ samples: { bbb1: sample() }, strangers: ['host=bbb9', 'server=old'] });
    expect(report.servers[1]).to.include({ state: 'fault', sampleAgeSeconds: undefined });
    expect(faultLines(report)).to.have.length(1);
    expect(faultLines(report)[0]).to.match(
      /^bbb2: no samples of it: .*server=bbb2.*host=two\.example\.org → .*telegraf.*metricsHost/,
    );
    expect(noteLines(report)[0]).to.match(/^source: host=bbb9, server=old send samples, and no server/);
    expect(report.strangers).to.deep.equal(['host=bbb9', 'server=old']);
  });

  it('says once that no server at all has samples', async () => {
    const report = await lookAt({ samples: {} });
    expect(faultLines(report)).to.have.length(1);
    expect(faultLines(report)[0]).to.match(
      /^source: no server of 2 has samples.* → .*systemctl status telegraf/,
    );
    expect(report.things[2]?.state).to.equal('fault');
    const others = await lookAt({ samples: {}, strangers: ['host=a'] });
    expect(faultLines(others)[0]).to.match(/→ samples come, with tags that fit no server/);
  });

  it('names samples that are too old, and half of them', async () => {
    const bbb1 = sample({ sampledAt: Date.now() - 240_000 });
    const report = await lookAt({ samples: { bbb1, bbb2: sample({ cpu: undefined }) } });
    const [old, half] = faultLines(report);
    expect(old).to.match(/^bbb1: its newest sample is 24\d s old \(metrics\.maxAge is 120 s\).* → Telegraf/);
    expect(half).to.match(/^bbb2: its samples have no CPU → .*inputs cpu/);
  });

  it('passes on what the source left out, each with what to do, and says it once', async () => {
    const report = await lookAt({
      samples: { bbb1: sample({ memory: undefined }) },
      faults: [
        { serverId: 'bbb1', kind: 'partial', message: 'server=bbb1 sends no memory: unknown' },
        { serverId: 'bbb2', kind: 'future-clock', message: 'host=two: a sample is 900 s in the future' },
        { serverId: undefined, kind: 'unreadable', message: 'three rows had no host' },
      ],
    });
    expect(faultLines(report)).to.have.length(3);
    expect(faultLines(report).join('\n'))
      .to.match(/^bbb1: server=bbb1 sends no memory: unknown → .*inputs cpu/m)
      .and.match(/^bbb2: host=two: a sample is 900 s in the future → set the clock/m)
      .and.match(/^source: three rows had no host → /m);
    expect(report.servers.map(({ state }) => state)).to.deep.equal(['fault', 'fault']);
  });

  it('asks nothing of the samples of a disabled server', async () => {
    await rig.store(definitionOf(await rig.sim('bbb3'), { adminState: 'disabled' }));
    const faults = [{ serverId: 'bbb3', kind: 'partial' as const, message: 'bbb3 sends no memory' }];
    const report = await lookAt({ samples: { bbb1: sample(), bbb2: sample() }, faults });
    expect(faultLines(report)).to.deep.equal([]);
  });

  it('names why a source cannot be read, in its own words, without the token', async () => {
    const words = 'InfluxDB refuses the token: "unauthorized access by a-token-for-influxdb"';
    const report = await lookWith({ read: () => Promise.reject(new SourceError('wrong-token', words)) });
    expect(report.things[2]).to.include({ state: 'fault', summary: 'influxdb, no answer' });
    expect(faultLines(report)).to.have.length(1);
    expect(faultLines(report)[0]).to.match(
      /^source: .*unauthorized access by \*\*\*.* → give metrics\.influxdb a token/,
    );
    expect(report.servers.map(({ state }) => state)).to.deep.equal(['ok', 'ok']);
    const other = await lookWith({
      version: () => Promise.resolve('2.7.12'),
      read: () => Promise.reject(new Error('outer', { cause: new Error('inner\nmore') })),
    });
    expect(faultLines(other)[0]).to.match(/^source: influxdb cannot be read: outer: inner more → /);
    expect(other.things[2]?.summary).to.equal('influxdb, answers but cannot be read');
  });

  it('shows no secret of any source, even where its words do', async () => {
    const url = 'http://127.0.0.1:1';
    for (const metrics of [
      { source: 'influxdb', influxdb: { url, org: 'o', bucket: 'b', token: 'secret-of-the-source' } },
      { source: 'influxql', influxql: { url, database: 'd', token: 'secret-of-the-source' } },
      {
        source: 'influxql',
        influxql: { url, database: 'd', username: 'u', password: 'secret-of-the-source' },
      },
      { source: 'prometheus', prometheus: { url, token: 'secret-of-the-source' } },
    ]) {
      rig.configure({ metrics });
      const report = await lookWith({
        read: () => Promise.reject(new Error('no secret-of-the-source here')),
      });
      expect(JSON.stringify(report)).to.include('no *** here').and.not.include('secret-of-the-source');
    }
  });

  it('does not wait for a source that hangs and heeds no signal, and gives back its connections', async () => {
    let isClosed = false;
    const startedAt = performance.now();
    const report = await rig.look({
      deadlineMs: 500,
      createSource: () => ({
        name: 'influxdb',
        read: () => new Promise(() => undefined),
        version: () => new Promise(() => undefined),
        close: async () => {
          isClosed = true;
        },
      }),
    });
    expect(performance.now() - startedAt).to.be.below(3_000);
    expect(isClosed).to.equal(true);
    expect(faultLines(report)[0]).to.match(/^source: influxdb gave no answer within .* → .*firewall/);
  });

  it('finds nothing wrong where no samples are wanted', async () => {
    rig.configure({ metrics: { source: 'none' } });
    const report = await rig.look();
    expect(report.isHealthy).to.equal(true);
    expect(report.things[2]?.summary).to.match(/^none: placement goes by the attendees/);
  });
});
