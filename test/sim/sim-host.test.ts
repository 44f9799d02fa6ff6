import { expect } from 'chai';
import fc from 'fast-check';
import { SimHost } from '../../src/sim/sim-host.js';

const NONE = { meetings: 0, attendees: 0, listeners: 0, voice: 0, video: 0, streams: 0 };
const BUSY = { meetings: 10, attendees: 150, listeners: 60, voice: 90, video: 25, streams: 350 };

describe('sim host', () => {
  const host = (cores: number, load: () => typeof NONE, seed = 1): SimHost =>
    new SimHost({
      id: 'bbb 1',
      hostName: 'bbb1.example',
      cores,
      memoryGiB: 16,
      networkMbit: 1_000,
      seed,
      load,
    });

  it('is nearly idle without people and busier with them, in proportion to its cores', () => {
    const idle = host(8, () => NONE).advance(0);
    const small = host(4, () => BUSY).advance(0);
    const large = host(16, () => BUSY).advance(0);
    expect(idle.cpu).to.be.below(0.08);
    expect(small.cpu).to.be.above(0.5);
    expect(small.cpu / large.cpu).to.be.closeTo(4, 0.01);
    expect(small.memory).to.be.above(idle.memory);
    expect(small.sentBytesPerSecond).to.be.above(1_000_000);
  });

  it('writes line protocol as Telegraf does, times in nanoseconds', () => {
    const lines = host(8, () => BUSY)
      .lines(1_700_000_000_000)
      .trimEnd()
      .split('\n');
    expect(lines.map((line) => line.split(',')[0])).to.deep.equal([
      'cpu',
      'mem',
      'net',
      'system',
      'system',
      'system',
    ]);
    for (const line of lines) {
      expect(line).to.match(
        /^[a-z]+(,[a-z]+=([^ ,=\\]|\\.)+)+ [a-z0-9_]+=([0-9.]+i?|"[^"]*")(,[a-z0-9_]+=[0-9.]+i?)* 1700000000000000000$/,
      );
      expect(line).to.include('host=bbb1.example').and.include('server=bbb\\ 1');
    }
    expect(lines[0])
      .to.match(/^cpu,cpu=cpu-total,host=/)
      .and.match(/usage_idle=[0-9.]+,/);
    expect(lines[2]).to.include('interface=eth0').and.include('speed=1000i');
    expect(lines[3]).to.include('n_cpus=8i');
    expect(lines[5]).to.include('uptime_format="11 days,  0:00" ');
  });

  it('counts bytes up and never down, whatever the times and loads', () => {
    fc.assert(
      fc.property(
        fc.array(fc.tuple(fc.integer({ min: -5_000, max: 60_000 }), fc.boolean())),
        fc.integer(),
        (steps, seed) => {
          let load = NONE;
          let now = 1_700_000_000_000;
          let last = 0;
          const it = host(8, () => load, seed);
          for (const [stepMs, isBusy] of steps) {
            now += stepMs;
            load = isBusy ? BUSY : NONE;
            const sent = Number(/bytes_sent=(\d+)i/.exec(it.lines(now))?.[1]);
            expect(sent).to.be.at.least(last);
            expect(it.state.cpu).to.be.within(0, 1);
            last = sent;
          }
        },
      ),
      { numRuns: 50 },
    );
  });

  it('has background jobs now and then, the same for the same seed', () => {
    const day = (seed: number): number[] => {
      const it = host(8, () => NONE, seed);
      return Array.from({ length: 1_440 }, (_, minute) => it.advance(minute * 60_000).cpu);
    };
    const values = day(7);
    expect(values).to.deep.equal(day(7));
    const busyShare = values.filter((cpu) => cpu > 0.08).length / values.length;
    expect(busyShare).to.be.within(0.1, 0.6);
  });
});
