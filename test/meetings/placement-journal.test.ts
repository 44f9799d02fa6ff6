import { expect } from 'chai';
import { silentLogger } from '../../src/log.js';
import { PlacementJournal } from '../../src/meetings/placement-journal.js';
import { decide } from '../../src/placement/decide.js';
import type { PlacementRecord, PlacementStore } from '../../src/placement/types.js';
import { openStore, type Store } from '../../src/store/open-store.js';
import { candidate, placementOptions, placementRequest } from '../support/candidates.js';
import { RecordingLogger } from '../support/recording-logger.js';

function recordOf(number: number, meetingId: string, servers = 3): PlacementRecord {
  const candidates = Array.from({ length: servers }, (_, index) =>
    candidate(`bbb${String(index).padStart(3, '0')}`, { cpu: 0.8 - index / 1_000 }),
  );
  const { decision } = decide(placementRequest(), candidates, placementOptions({ tolerance: 0 }), () => 0);
  return {
    id: `record-${number}`,
    at: 1_700_000_000_000 + number,
    tenantId: 'default',
    meetingId,
    serverId: decision.ranking[0],
    policy: 'predicted',
    expectedAttendees: 15,
    decision,
    retries: [],
  };
}

describe('PlacementJournal', () => {
  let store: Store;
  let journal: PlacementJournal;
  beforeEach(async () => {
    store = await openStore('sqlite::memory:', { logger: silentLogger });
    journal = new PlacementJournal(store.placements, silentLogger);
  });
  afterEach(async () => {
    await journal.stop();
    await store.close();
  });

  const ids = async (filter: Parameters<PlacementJournal['list']>[0]): Promise<readonly string[]> =>
    (await journal.list(filter)).map(({ id }) => id);

  it('lists newest first, from memory and from the store as one, each record once', async () => {
    for (let number = 0; number < 520; number += 1) {
      journal.record(recordOf(number, number % 2 === 0 ? 'even' : 'odd'));
    }
    expect(await ids({ limit: 2 })).to.deep.equal(['record-519', 'record-518']);
    await journal.stop();
    const all = await ids({ limit: 1_000 });
    expect(all).to.deep.equal(Array.from({ length: 520 }, (_, index) => `record-${519 - index}`));
    expect(await ids({ meetingId: 'odd', limit: 2 })).to.deep.equal(['record-519', 'record-517']);
    expect(await ids({ tenantId: 'other', limit: 5 })).to.deep.equal([]);
  });

  it('gives after a restart what it was told before', async () => {
    const record = recordOf(1, 'class');
    journal.record(record);
    await journal.stop();
    const restarted = new PlacementJournal(store.placements, silentLogger);
    const [kept] = await restarted.list({ meetingId: 'class', limit: 5 });
    // As JSON: a decision makes its sentences when it is read, a stored one has them.
    expect(JSON.parse(JSON.stringify(kept))).to.deep.equal(JSON.parse(JSON.stringify(record)));
    expect(await restarted.find('record-1')).to.deep.equal(kept);
    expect(await restarted.find('record-2')).to.equal(undefined);
  });

  it('keeps all candidates of a large pool in memory, and the best of them in the store', async () => {
    journal.record(recordOf(1, 'class', 120));
    await journal.stop();
    expect((await journal.list({ limit: 1 }))[0]!.decision.candidates).to.have.length(120);
    const [stored] = await store.placements.listPlacements({ limit: 1 });
    expect(stored!.decision.candidates.map(({ rank }) => rank)).to.deep.equal(
      Array.from({ length: 40 }, (_, index) => index + 1),
    );
    expect(stored!.decision.ranking).to.have.length(120);
  });

  it('writes a burst a few at a time, so that creates are served in between', async () => {
    const sizes: number[] = [];
    const counting: PlacementStore = {
      ...store.placements,
      savePlacements: (records) => {
        sizes.push(records.length);
        return store.placements.savePlacements(records);
      },
    };
    const bursting = new PlacementJournal(counting, silentLogger);
    for (let number = 0; number < 45; number += 1) bursting.record(recordOf(number, 'class'));
    await bursting.stop();
    expect(Math.max(...sizes)).to.be.at.most(10);
    expect(await store.placements.listPlacements({ limit: 100 })).to.have.length(45);
  });

  it('finds a decision by its ID, whole while it is recent', async () => {
    for (let number = 0; number < 3; number += 1) journal.record(recordOf(number, 'class', 60));
    expect((await journal.find('record-1'))?.decision.candidates).to.have.length(60);
  });

  it('forgets the candidates of older decisions sooner in a large pool', async () => {
    for (let number = 0; number < 60; number += 1) journal.record(recordOf(number, 'class', 1_000));
    await journal.stop();
    expect((await journal.find('record-59'))?.decision.candidates).to.have.length(1_000);
    expect((await journal.find('record-5'))?.decision.candidates).to.have.length(40);
  });

  it('says once that the store fails, and remembers all the same', async () => {
    let isBroken = true;
    const broken: PlacementStore = {
      savePlacements: () => (isBroken ? Promise.reject(new Error('disk full')) : Promise.resolve()),
      listPlacements: () => Promise.resolve([]),
      findPlacement: () => Promise.resolve(undefined),
      prunePlacements: () => Promise.resolve(0),
    };
    const logger = new RecordingLogger();
    const forgetful = new PlacementJournal(broken, logger);
    for (let number = 0; number < 3; number += 1) forgetful.record(recordOf(number, 'class'));
    await forgetful.stop();
    expect(logger.lines).to.have.length(1);
    expect(await forgetful.list({ limit: 9 })).to.have.length(3);
    isBroken = false;
    forgetful.record(recordOf(4, 'class'));
    await forgetful.stop();
    isBroken = true;
    forgetful.record(recordOf(5, 'class'));
    await forgetful.stop();
    expect(logger.lines).to.have.length(2);
  });
});
