import { expect } from 'chai';
import { silentLogger } from '../../src/log.js';
import { MeetingCreator } from '../../src/meetings/create-meeting.js';
import type { MeetingClient } from '../../src/meetings/meeting-client.js';
import { MeetingDirectory } from '../../src/meetings/meeting-directory.js';
import { type HostLoad, MeetingPlacer } from '../../src/meetings/meeting-placer.js';
import { PlacementJournal } from '../../src/meetings/placement-journal.js';
import { openStore } from '../../src/store/open-store.js';
import { placementOptions, placementRequest, seededRandom } from '../support/candidates.js';
import { learningRig } from '../support/learning-rig.js';
import { MemoryMeetingStore } from '../support/memory-meeting-store.js';
import { createCommand } from '../support/create-command.js';
import { SHORT_LIMITS } from '../support/meeting-rig.js';
import { poolRig } from '../support/pool-rig.js';

const SERVERS = Array.from({ length: 22 }, (_, index) => `bbb${String(index + 1).padStart(2, '0')}`);

/** 22 equal idle servers without sockets; every create is answered after some turns of the event loop. */
async function stormRig(seed: number, networkMbit?: number) {
  const { pool, clock, client: polls } = await poolRig(SERVERS);
  pool.start();
  await clock.advance(0);
  const client: MeetingClient = {
    call: async () => {
      for (let turn = 0; turn < 5; turn += 1) await new Promise((resolve) => setImmediate(resolve));
      return {
        status: 200,
        body: Buffer.from('<response><returncode>SUCCESS</returncode></response>'),
        returnCode: 'SUCCESS',
        messageKey: undefined,
        contentType: 'text/xml',
        setCookies: [],
        location: undefined,
        dateMs: undefined,
      };
    },
  };
  const directory = await MeetingDirectory.load(new MemoryMeetingStore(), clock.now);
  const store = await openStore('sqlite::memory:', { logger: silentLogger });
  const journal = new PlacementJournal(store.placements, silentLogger);
  const { habits, joins, outlooks, watch } = learningRig(directory, clock.now);
  const load: HostLoad = {
    ...{ cpu: 0.05, memory: 0.2, networkBytesPerSecond: 100e6, sampleAgeMs: 1_000 },
    networkMbit,
  };
  const placer = new MeetingPlacer({
    pool,
    outlooks,
    watch,
    hostLoad: () => load,
    options: placementOptions(),
    now: clock.now,
    random: seededRandom(seed),
  });
  const creator = new MeetingCreator({
    pool,
    client,
    directory,
    placer,
    habits,
    joins,
    journal,
    limits: SHORT_LIMITS,
    observer: {
      placed: () => undefined,
      retried: () => undefined,
      failed: () => undefined,
      passedOver: () => undefined,
      moved: () => undefined,
      waited: () => undefined,
      probed: () => undefined,
    },
    firstPoll: pool.firstRound,
    attendeesOfTenant: () => 0,
    now: clock.now,
    logger: silentLogger,
  });
  const stop = async (): Promise<void> => {
    await pool.stop();
    await journal.stop();
    await store.close();
  };
  return { pool, clock, polls, directory, placer, creator, stop };
}

describe('MeetingPlacer', () => {
  it('spreads 200 creates in flight at once over 22 servers, at most 11 on one', async () => {
    for (const seed of [1, 2, 3]) {
      const { creator, directory, stop } = await stormRig(seed);
      const results = await Promise.all(
        Array.from({ length: 200 }, (_, index) => creator.create(createCommand(`class-${index}`))),
      );
      const counts = SERVERS.map((id) => directory.onServer(id).length);
      expect(results).to.have.length(200);
      expect(Math.max(...counts)).to.be.at.most(11);
      expect(counts.reduce((sum, count) => sum + count, 0)).to.equal(200);
      await stop();
    }
  });

  it('knows how fast a network is from its host, where nobody has configured it', async () => {
    const { placer, pool, stop } = await stormRig(1, 1_000);
    const request = placementRequest();
    const [first] = placer.decide(request).candidates;
    expect([first?.bound, first?.load?.toFixed(2)]).to.deep.equal(['network', (0.8 / 0.85).toFixed(2)]);
    const server = pool.server('bbb07')!;
    await pool.save({ ...server.definition, networkMbit: 100_000 });
    const faster = placer.decide(request).candidates.find(({ id }) => id === 'bbb07');
    expect(faster?.bound).to.equal('memory');
    await stop();
  });

  it('counts a claim before its server has answered, and its people once they are polled', async () => {
    const { creator, placer, pool, clock, polls, stop } = await stormRig(1);
    const creating = creator.create(
      createCommand('class', { size: { sizeHint: 40, maxAttendees: undefined } }),
    );
    // The claim is made in the turn after the first polls are known to be done.
    await Promise.resolve();
    await Promise.resolve();
    const claimed = placer.candidates().filter(({ outlook }) => outlook.youngMeetings > 0);
    expect(claimed).to.have.length(1);
    expect(claimed[0]!.outlook.reserved).to.equal(40);
    expect(claimed[0]!.meetings).to.equal(1);
    const { serverId } = await creating;
    expect(serverId).to.equal(claimed[0]!.id);
    polls.behave(serverId, { kind: 'meetings', meetings: [{ meetingId: 'class', attendees: 12 }] });
    await clock.advance(20_000);
    const seen = placer.candidate(pool.server(serverId)!);
    expect(seen.outlook.reserved).to.be.within(27, 28);
    expect([seen.meetings, seen.attendees]).to.deep.equal([1, 12]);
    await clock.advance(15 * 60_000);
    const grown = placer.candidate(pool.server(serverId)!);
    expect([grown.outlook.reserved, grown.outlook.youngMeetings]).to.deep.equal([0, 0]);
    await stop();
  });
});
