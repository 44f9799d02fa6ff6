import { expect } from 'chai';
import { LoadWatch, type WatchedSample } from '../../src/meetings/load-watch.js';
import { LoadModel } from '../../src/placement/learning/load-model.js';
import { poolRig } from '../support/pool-rig.js';

const MINUTE_MS = 60_000;

async function watched() {
  const { pool, clock, client } = await poolRig(['bbb1', 'bbb2']);
  const samples = new Map<string, WatchedSample>();
  const model = new LoadModel({ rampMs: 15 * MINUTE_MS, windowMs: MINUTE_MS });
  const sampleOf = (id: string): WatchedSample | undefined => samples.get(id);
  const watch = new LoadWatch({ model, sampleOf, maxAgeMs: 2 * MINUTE_MS, now: clock.now });
  pool.onPolled((server) => {
    watch.polled(server);
  });
  pool.start();
  await clock.advance(0);
  return {
    ...{ pool, clock, client, model, samples, watch },
    /** Polls and samples, every ten seconds, for so many minutes. */
    run: async (minutes: number, cpuOf: (id: string) => WatchedSample | undefined): Promise<void> => {
      for (let i = 0; i < minutes * 6; i += 1) {
        await clock.advance(10_000);
        for (const { definition } of pool.servers()) {
          const sample = cpuOf(definition.id);
          if (sample === undefined) samples.delete(definition.id);
          else samples.set(definition.id, sample);
        }
        watch.refreshed(pool.servers());
      }
    },
    people: (id: string, attendees: number): void => {
      client.behave(id, { kind: 'meetings', meetings: [{ meetingId: `class on ${id}`, attendees }] });
    },
  };
}

describe('LoadWatch', () => {
  it('learns from polls and samples what a person costs', async () => {
    const { clock, watch, run, people } = await watched();
    const before = watch.of('bbb1').cpuPerPerson;
    people('bbb1', 100);
    people('bbb2', 20);
    await run(2, () => undefined);
    await run(120, (id) => {
      const busyCores = 0.2 + (id === 'bbb1' ? 100 : 20) * 0.05;
      return { cpu: busyCores / 16, memory: 0.5, sampledAt: clock.now(), cpuCount: 16 };
    });
    expect(before).to.be.at.most(0.005);
    expect(watch.of('bbb1').cpuPerPerson * 16).to.be.closeTo(0.05, 0.006);
    expect(watch.of('bbb1').longMemory).to.be.closeTo(0.5, 1e-6);
  });

  it('takes a sample once, however often the table is refreshed', async () => {
    const { clock, model, run } = await watched();
    const sampledAt = clock.now();
    await run(1, () => ({ cpu: 0.3, memory: undefined, sampledAt, cpuCount: 8 }));
    expect(model.learnt().squares[0]).to.be.closeTo(0.2, 0.001);
  });

  it('learns nothing from samples too old, without sense, without CPU, or of nobody knows when', async () => {
    const { clock, model, watch, run } = await watched();
    await run(1, () => ({ cpu: 0.3, memory: 0.3, sampledAt: clock.now() - 3 * MINUTE_MS }));
    await run(1, () => ({ cpu: undefined, memory: 0.3, sampledAt: clock.now() }));
    await run(1, () => ({ cpu: 0.3, memory: 0.3, sampledAt: Number.NaN }));
    for (const cpu of [Number.NaN, -1, 1e300]) {
      await run(1, () => ({ cpu, memory: 0.3, sampledAt: clock.now() }));
    }
    expect(model.learnt().squares[0]).to.equal(0);
    expect(watch.of('bbb1')).to.include({ backgroundCpu: undefined, longCpu: undefined });
  });

  it('takes a sample from a host whose clock runs ahead for one of now', async () => {
    const { clock, watch, run } = await watched();
    await run(2, () => ({ cpu: 0.5, memory: undefined, sampledAt: clock.now() + MINUTE_MS, cpuCount: 8 }));
    expect(watch.of('bbb1').backgroundCpu).to.be.within(0.35, 0.5);
  });

  it('goes on learning when a clock that ran ahead is set right', async () => {
    const { clock, watch, run } = await watched();
    const aheadMs = 60 * MINUTE_MS;
    await run(2, () => ({ cpu: 0.2, memory: undefined, sampledAt: clock.now() + aheadMs, cpuCount: 8 }));
    await run(5, () => ({ cpu: 0.7, memory: undefined, sampledAt: clock.now(), cpuCount: 8 }));
    expect(watch.of('bbb1').backgroundCpu).to.be.within(0.55, 0.7);
  });

  it('goes on learning when our own clock was set back', async () => {
    const { clock, pool, samples } = await watched();
    let aheadMs = 0;
    const now = (): number => clock.now() + aheadMs;
    const model = new LoadModel({ rampMs: 15 * MINUTE_MS, windowMs: MINUTE_MS });
    const watch = new LoadWatch({ model, sampleOf: (id) => samples.get(id), maxAgeMs: 2 * MINUTE_MS, now });
    const run = async (cpu: number): Promise<void> => {
      for (let i = 0; i < 30; i += 1) {
        await clock.advance(10_000);
        for (const server of pool.servers()) {
          watch.polled({ ...server, poll: { ...server.poll!, startedAt: now() } });
          samples.set(server.definition.id, { cpu, memory: undefined, sampledAt: now(), cpuCount: 8 });
        }
        watch.refreshed(pool.servers());
      }
    };
    await run(0.7);
    expect(watch.of('bbb1').backgroundCpu).to.be.within(0.55, 0.7);
    aheadMs = -60 * MINUTE_MS;
    await run(0.2);
    expect(watch.of('bbb1').backgroundCpu).to.be.within(0.05, 0.25);
  });

  it('learns nothing from counts that no server can have', async () => {
    const { clock, client, model, watch, run, people } = await watched();
    people('bbb1', 100);
    await run(10, () => ({ cpu: 0.5, memory: undefined, sampledAt: clock.now(), cpuCount: 8 }));
    const before = watch.of('bbb1').cpuPerPerson;
    const liar = { meetingId: 'class', attendees: 3, voice: 999_999_999, video: 5 };
    client.behave('bbb1', { kind: 'meetings', meetings: [liar] });
    await run(1, () => ({ cpu: 0.5, memory: undefined, sampledAt: clock.now(), cpuCount: 8 }));
    people('bbb1', 999_999_999);
    await run(1, () => ({ cpu: 0.5, memory: undefined, sampledAt: clock.now(), cpuCount: 8 }));
    expect(watch.of('bbb1').cpuPerPerson).to.be.closeTo(before, before / 10);
    expect(Math.max(...model.learnt().squares)).to.be.below(1e9);
  });

  it('allows for the difference of the clocks where the server tells it', async () => {
    const { client, clock, watch, run } = await watched();
    const aheadMs = 10 * MINUTE_MS;
    await clock.advance(10_000);
    for (const id of ['bbb1', 'bbb2']) {
      client.behave(id, { kind: 'meetings', meetings: [], dateMs: clock.now() - aheadMs });
    }
    await clock.advance(10_000);
    // By its own clock the sample is ten minutes old, which would be too old to learn from.
    const behindMs = (): number => clock.now() - aheadMs;
    await run(2, () => ({ cpu: 0.5, memory: undefined, sampledAt: behindMs(), cpuCount: 8 }));
    expect(watch.of('bbb1').backgroundCpu).to.be.within(0.35, 0.5);
  });

  it('remembers its answers until the next samples, and forgets a server that left', async () => {
    const { clock, watch, run } = await watched();
    await run(2, () => ({ cpu: 0.5, memory: 0.4, sampledAt: clock.now(), cpuCount: 8 }));
    const answer = watch.of('bbb1');
    expect(watch.of('bbb1')).to.equal(answer);
    await run(1, () => ({ cpu: 0.6, memory: 0.4, sampledAt: clock.now(), cpuCount: 8 }));
    expect(watch.of('bbb1')).to.not.equal(answer);
    watch.forget('bbb1');
    expect(watch.of('bbb1')).to.include({ backgroundCpu: undefined, longCpu: undefined });
  });
});
