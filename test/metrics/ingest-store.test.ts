import { expect } from 'chai';
import { IngestStore } from '../../src/metrics/ingest-store.js';
import { LineProtocolReader } from '../../src/metrics/line-protocol.js';
import type { HostSample } from '../../src/metrics/load-table.js';

const T0 = 1_700_000_000_000;

interface Rig {
  readonly store: IngestStore;
  readonly write: (...lines: string[]) => void;
  readonly sample: (serverId?: string, host?: string) => HostSample | undefined;
}

/** A store whose clock stands at T0 + 60 s unless told otherwise; times of lines are ms after T0. */
function rig(maxHosts?: number, clock = { now: T0 + 60_000 }): Rig {
  const store = new IngestStore({
    windowMs: 60_000,
    maxAgeMs: 120_000,
    now: () => clock.now,
    ...(maxHosts === undefined ? {} : { maxHosts }),
  });
  return {
    store,
    write: (...lines) => {
      const reader = new LineProtocolReader({
        precision: 'ms',
        wants: store.wants,
        onPoint: (point) => {
          store.write(point.timeMs === undefined ? point : { ...point, timeMs: T0 + point.timeMs });
        },
        onFault: ({ message }) => {
          throw new Error(message);
        },
      });
      reader.push(Buffer.from(lines.join('\n')));
      reader.end();
    },
    sample: (serverId = 'bbb1', host = 'h1') => store.readNow([{ serverId, host }]).samples.get(serverId),
  };
}

describe('IngestStore', () => {
  it('gives the mean busy CPU of the window and the time of the newest sample', () => {
    const { write, sample } = rig();
    write(
      'cpu,cpu=cpu-total,host=h1 usage_idle=0 -20000',
      'cpu,cpu=cpu-total,host=h1 usage_idle=70 45000',
      'cpu,cpu=cpu-total,host=h1 usage_idle=60 55000',
      'cpu,cpu=cpu0,host=h1 usage_idle=0 55000',
    );
    expect(sample()).to.deep.equal({
      cpu: 0.35,
      memory: undefined,
      networkBytesPerSecond: undefined,
      sampledAt: T0 + 55_000,
      memorySampledAt: undefined,
      networkSampledAt: undefined,
      cpuCount: undefined,
      networkMbit: undefined,
      matchedBy: 'host',
    });
  });

  it('prefers available_percent to used_percent', () => {
    const { write, sample } = rig();
    write('mem,host=h1 available_percent=75,used_percent=90 10000');
    expect(sample()!.memory).to.equal(0.25);
    expect(sample()!.cpu).to.equal(undefined);
    write('mem,host=h2 used_percent=90 10000');
    expect(sample('bbb2', 'h2')!.memory).to.equal(0.9);
  });

  it('adds up the rates of real interfaces', () => {
    const { write, sample } = rig();
    for (const [at, bytes] of [
      [0, 0],
      [10_000, 1_000_000],
      [20_000, 4_000_000],
    ] as const) {
      for (const name of ['eth0', 'ens3', 'lo', 'docker0', 'veth12ab', 'br-3f', 'all']) {
        write(`net,interface=${name},host=h1 bytes_sent=${bytes}i,bytes_recv=${bytes}i ${at}`);
      }
    }
    expect(sample()!.networkBytesPerSecond).to.equal(2 * 2 * 200_000);
  });

  it('leaves out the step over a counter that began anew', () => {
    const { write, sample } = rig();
    for (const [at, bytes] of [
      [0, 5_000_000],
      [10_000, 6_000_000],
      [20_000, 1_000],
      [30_000, 2_001_000],
    ] as const) {
      write(`net,interface=eth0,host=h1 bytes_sent=${bytes}i,bytes_recv=0i ${at}`);
    }
    expect(sample()!.networkBytesPerSecond).to.equal(150_000);
  });

  it('knows no rate from a single reading', () => {
    const { write, sample } = rig();
    write('net,interface=eth0,host=h1 bytes_sent=5i,bytes_recv=0i 0');
    expect(sample()).to.include({ networkBytesPerSecond: undefined, cpu: undefined });
  });

  it('finds a server by its tag first, else by its host', () => {
    const { write, sample } = rig();
    write('cpu,cpu=cpu-total,host=h1 usage_idle=90 0');
    expect(sample()!.cpu).to.be.closeTo(0.1, 1e-9);
    write(
      'cpu,cpu=cpu-total,host=h9,server=bbb1 usage_idle=50 1000',
      'system,host=h9,server=bbb1 n_cpus=8i 1000',
    );
    expect(sample()!.cpu).to.equal(0.5);
    expect(sample('other', 'h9')!.cpu).to.equal(0.5);
    expect(sample('other', 'nowhere')).to.equal(undefined);
    expect(sample()).to.include({ cpuCount: 8, matchedBy: 'server' });
  });

  it('gives the samples of one server to no other on the same machine', () => {
    const { write, store } = rig();
    write('cpu,cpu=cpu-total,host=h1,server=bbb1 usage_idle=50 0');
    const { samples } = store.readNow([
      { serverId: 'bbb1', host: 'h1' },
      { serverId: 'bbb2', host: 'h1' },
    ]);
    expect([...samples.keys()]).to.deep.equal(['bbb1']);
  });

  it('leaves out what makes no sense or lies in the future, and names it', () => {
    const { write, sample, store } = rig();
    write(
      'cpu,cpu=cpu-total,host=h1 usage_idle=-50 0',
      'cpu,cpu=cpu-total,host=h1 usage_idle=500 0',
      'cpu,cpu=cpu-total,host=h1 usage_idle="idle" 0',
      'cpu,cpu=cpu-total usage_idle=50 0',
      'cpu,cpu=cpu-total,host=h1 usage_idle=50 130000',
      'mem,host=h1 used_percent=-7 0',
    );
    expect(sample()).to.equal(undefined);
    const { faults = [] } = store.readNow([{ serverId: 'bbb1', host: 'h1' }]);
    expect(faults.map(({ kind, serverId }) => `${kind} ${serverId ?? ''}`)).to.deep.equal([
      'bad-value bbb1',
      'future-clock bbb1',
    ]);
    write('cpu,cpu=cpu-total,host=h1 usage_idle=100.0001 0');
    expect(sample()!.cpu).to.equal(0);
  });

  it('does not take what was read before a clock jumped ahead for news', () => {
    const clock = { now: T0 };
    const { write, sample, store } = rig(undefined, clock);
    write('cpu,cpu=cpu-total,host=h1 usage_idle=50 0');
    write('cpu,cpu=cpu-total,host=h1 usage_idle=10 65000');
    clock.now += 8_000;
    expect(sample()).to.deep.include({ cpu: 0.5, sampledAt: T0 });
    const { faults = [] } = store.readNow([{ serverId: 'bbb1', host: 'h1' }]);
    expect(faults[0]?.message).to.match(/65 s in the future/);
  });

  it('names the tags that belong to no server', () => {
    const { write, store } = rig();
    write(
      'cpu,cpu=cpu-total,host=h7,server=gone usage_idle=50 0',
      'cpu,cpu=cpu-total,host=h8 usage_idle=50 0',
    );
    const { strangers } = store.readNow([{ serverId: 'bbb1', host: 'h1' }]);
    expect(strangers).to.deep.equal(['server=gone', 'host=h8']);
  });

  it('takes the newer of two hosts with the same tag, and says so', () => {
    const { write, sample, store } = rig();
    write('cpu,cpu=cpu-total,host=h1,server=bbb1 usage_idle=50 9000');
    write('cpu,cpu=cpu-total,host=h2,server=bbb1 usage_idle=20 10000');
    expect(sample()!.cpu).to.equal(0.8);
    const { faults = [] } = store.readNow([{ serverId: 'bbb1', host: 'h1' }]);
    expect(faults[0]).to.include({ kind: 'duplicate-tags', serverId: 'bbb1' });
    expect(faults[0]!.message).to.include('server=bbb1 host=h1 and server=bbb1 host=h2');
  });

  it('takes now as the time of a point without one', () => {
    const { write, sample } = rig();
    write('cpu,cpu=cpu-total,host=h1 usage_idle=50');
    expect(sample()!.sampledAt).to.equal(T0 + 60_000);
  });

  it('counts a point that is sent again once, and takes late ones in their order', () => {
    const { write, sample } = rig();
    write('cpu,cpu=cpu-total,host=h1 usage_idle=80 50000', 'cpu,cpu=cpu-total,host=h1 usage_idle=20 40000');
    for (let i = 0; i < 3; i += 1) write('cpu,cpu=cpu-total,host=h1 usage_idle=20 40000');
    expect(sample()).to.include({ cpu: 0.5, sampledAt: T0 + 50_000 });
  });

  it('takes a memory reading as unknown once the CPU is far newer', () => {
    const { write, sample } = rig();
    write('mem,host=h1 used_percent=50 -100000', 'cpu,cpu=cpu-total,host=h1 usage_idle=50 50000');
    expect(sample()!.memory).to.equal(undefined);
  });

  it('forgets the host that was silent longest beyond its bound', () => {
    const { write, sample } = rig(100);
    for (let i = 0; i < 100; i += 1) write(`cpu,cpu=cpu-total,host=h${i} usage_idle=50 0`);
    write('cpu,cpu=cpu-total,host=h0 usage_idle=50 1000', 'cpu,cpu=cpu-total,host=new usage_idle=50 0');
    expect(sample('x', 'h0')).to.not.equal(undefined);
    expect(sample('x', 'h1')).to.equal(undefined);
    expect(sample('x', 'new')).to.not.equal(undefined);
  });

  it('holds a bounded number of readings', () => {
    const { write, sample } = rig();
    for (let at = -30_000; at <= 60_000; at += 10) write(`cpu,cpu=cpu-total,host=h1 usage_idle=50 ${at}`);
    expect(sample()).to.include({ cpu: 0.5, sampledAt: T0 + 60_000 });
  });
});
