import { expect } from 'chai';
import { MeetingDirectory } from '../../src/meetings/meeting-directory.js';
import { MeetingPlacer } from '../../src/meetings/meeting-placer.js';
import type { Meeting } from '../../src/meetings/meeting.js';
import { NOBODY, predictLoad } from '../../src/placement/predict-load.js';
import { placementOptions } from '../support/candidates.js';
import { learningRig } from '../support/learning-rig.js';
import { MemoryMeetingStore } from '../support/memory-meeting-store.js';
import { poolRig } from '../support/pool-rig.js';

const PEOPLE = 60;

/** One server with 8 cores that is polled every 10 s; samples come when the test says so, as means over a minute. */
async function oneServer() {
  const { pool, clock, client } = await poolRig(['bbb1']);
  const directory = await MeetingDirectory.load(new MemoryMeetingStore(), clock.now);
  const learning = learningRig(directory, clock.now);
  const { watch, joins, outlooks, samples } = learning;
  pool.onPolled((server) => {
    watch.polled(server);
    if (server.poll !== undefined) joins.polled('bbb1', server.poll.startedAt);
  });
  const placer = new MeetingPlacer({
    pool,
    outlooks,
    watch,
    hostLoad: (id) => {
      const sample = samples.get(id);
      const cpu = sample?.cpu;
      const sampleAgeMs = sample && clock.now() - sample.sampledAt;
      return { cpu, memory: undefined, networkBytesPerSecond: undefined, sampleAgeMs };
    },
    options: placementOptions(),
    now: clock.now,
    random: () => 0,
  });
  pool.start();
  await clock.advance(0);
  const sample = (cpu: number, sampledAt: number): void => {
    samples.set('bbb1', { cpu, memory: undefined, sampledAt, cpuCount: 8 });
    watch.refreshed(pool.servers());
  };
  const candidate = () => placer.candidate(pool.server('bbb1')!);
  return {
    ...{ clock, directory, learning, pool, sample, candidate },
    predicted: () => predictLoad(candidate(), NOBODY, placementOptions()).predictedCpu!,
    reserved: () => candidate().outlook.reserved,
    counts: (attendees: number): void => {
      // As many microphones as make them cost what is usual, without a camera.
      const meeting = { meetingId: 'class', attendees, voice: Math.round(0.625 * attendees) };
      client.behave('bbb1', { kind: 'meetings', meetings: [meeting] });
    },
    /** `minutes` of a server without people at a steady load. */
    idleFor: async (minutes: number, cpu: number): Promise<void> => {
      for (let i = 0; i < minutes * 6; i += 1) {
        await clock.advance(10_000);
        sample(cpu, clock.now());
      }
    },
  };
}

function claimOf(claimedAt: number): Meeting {
  return {
    tenantId: 'default',
    meetingId: 'class',
    scopedId: 'class',
    serverId: 'bbb1',
    state: 'running',
    expectedAttendees: PEOPLE,
    claimedAt,
    internalMeetingId: undefined,
    createTime: undefined,
    wasMoved: false,
    endRequestedAt: undefined,
  };
}

describe('what is promised to a meeting', () => {
  it('stays when a sample comes that is older than its placement', async () => {
    const { clock, directory, sample, predicted, reserved, idleFor } = await oneServer();
    await idleFor(5, 0.03);
    const before = predicted();
    const older = clock.now() - 5_000;
    await directory.claim(claimOf(clock.now()));
    const promised = predicted();
    expect(promised).to.be.greaterThan(before + 0.1);
    await clock.advance(1_000);
    sample(0.03, older);
    expect(reserved()).to.be.within(PEOPLE * 0.99, PEOPLE);
    expect(predicted()).to.be.within(promised * 0.97, promised * 1.03);
  });

  it('is what the people cost once a poll counts them, while the samples are from before', async () => {
    const { clock, directory, sample, predicted, reserved, counts, candidate, idleFor } = await oneServer();
    await idleFor(5, 0.03);
    const older = clock.now();
    await directory.claim(claimOf(clock.now()));
    const promised = predicted();
    counts(PEOPLE);
    await clock.advance(20_000);
    sample(0.03, older + 1);
    expect(reserved()).to.equal(0);
    expect(candidate().attendees).to.equal(PEOPLE);
    expect(predicted()).to.be.within(promised * 0.9, promised * 1.15);
  });

  it('is not counted twice when a sample shows the people at work', async () => {
    const { clock, directory, sample, learning, predicted, counts, idleFor } = await oneServer();
    await idleFor(5, 0.03);
    await directory.claim(claimOf(clock.now()));
    const promised = predicted();
    counts(PEOPLE);
    for (let i = 0; i < 30; i += 1) {
      await clock.advance(10_000);
      const { cpuPerPerson, idleCpu } = learning.watch.of('bbb1');
      sample(idleCpu + cpuPerPerson * PEOPLE, clock.now());
    }
    expect(predicted()).to.be.within(promised * 0.85, promised * 1.1);
  });

  it('holds before anything was learnt about the server, with an old sample and people counted', async () => {
    const { clock, directory, sample, learning, predicted, counts } = await oneServer();
    // Older than any poll: the model cannot tell how many people it is of.
    sample(0.05, clock.now() - 100_000);
    await directory.claim(claimOf(clock.now()));
    const promised = predicted();
    expect(promised).to.be.greaterThan(0.15);
    counts(PEOPLE);
    await clock.advance(10_000);
    expect(learning.watch.of('bbb1').backgroundCpu).to.equal(undefined);
    expect(predicted()).to.be.greaterThan(promised * 0.85);
  });

  it('grows beyond what was expected with the joins that no poll shows yet', async () => {
    const { clock, directory, learning, candidate, counts } = await oneServer();
    const claim = claimOf(clock.now());
    await directory.claim(claim);
    counts(PEOPLE);
    await clock.advance(20_000);
    const before = Math.max(...candidate().outlook.people);
    await clock.advance(1_000);
    for (let i = 0; i < 80; i += 1) learning.joins.joined(claim, clock.now());
    await clock.advance(5_000);
    const grown = Math.max(...candidate().outlook.people);
    expect(grown).to.be.greaterThan(before * 2);
    for (let i = 0; i < 100_000; i += 1) learning.joins.joined(claim, clock.now());
    await clock.advance(4_000);
    expect(Math.max(...candidate().outlook.people)).to.be.at.most(PEOPLE * 5 + 50);
    await clock.advance(20_000);
    expect(Math.max(...candidate().outlook.people)).to.be.at.most(before * 1.02);
  });
});
