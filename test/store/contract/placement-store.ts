import { expect } from 'chai';
import type { PlacementRecord, PlacementStore, ScoredCandidate } from '../../../src/placement/types.js';

const measured: ScoredCandidate = {
  id: 'bbb1',
  verdict: 'chosen',
  detail: '42 % of its CPU limit',
  load: 0.42,
  bound: 'cpu',
  cpu: 0.31,
  predictedCpu: 0.36,
  predictedInMs: 600_000,
  cpuPerPerson: 0.0031,
  backgroundCpu: 0.06,
  memory: 0.5,
  networkBytesPerSecond: 1_250_000,
  attendees: 40,
  reservedAttendees: 12.5,
  meetings: 3,
  sampleAgeMs: 4_000,
  pollAgeMs: 2_000,
  rank: 1,
};

const unknown: ScoredCandidate = {
  id: 'bbb2',
  verdict: 'not-online',
  detail: 'not polled yet',
  load: undefined,
  bound: undefined,
  cpu: undefined,
  predictedCpu: undefined,
  predictedInMs: undefined,
  cpuPerPerson: 0.005,
  backgroundCpu: undefined,
  memory: undefined,
  networkBytesPerSecond: undefined,
  attendees: 0,
  reservedAttendees: undefined,
  meetings: 0,
  sampleAgeMs: undefined,
  pollAgeMs: undefined,
  rank: undefined,
};

function recordOf(id: string, at: number, changes: Partial<PlacementRecord> = {}): PlacementRecord {
  return {
    id,
    at,
    tenantId: 'default',
    meetingId: 'lecture',
    serverId: 'bbb1',
    policy: 'predicted',
    expectedAttendees: 15,
    decision: {
      ranking: ['bbb1'],
      reason: 'lowest-load',
      explanation: 'bbb1 has the lowest load.',
      notes: ['15 people expected, by its size hint'],
      expectation: { attendees: 15, durationsMs: [2_700_000], basis: 'hint', sessions: 0 },
      candidates: [measured, unknown],
    },
    retries: [{ serverId: 'bbb3', cause: 'timeout' }],
    ...changes,
  };
}

/** What every PlacementStore holds to; `store` is empty before each test. */
export function describePlacementStore(store: () => PlacementStore): void {
  describe('PlacementStore', () => {
    it('returns a decision as it was, unknown values as undefined', async () => {
      const record = recordOf('p1', 1_000);
      await store().savePlacements([record]);
      expect(await store().listPlacements({ limit: 10 })).to.deep.equal([record]);
    });

    it('keeps a decision that found no server', async () => {
      const none = { ranking: [], reason: 'no-server', explanation: 'none', candidates: [] } as const;
      const decision = { ...none, notes: undefined, expectation: undefined };
      const record = recordOf('p1', 1_000, { serverId: undefined, decision, retries: [] });
      await store().savePlacements([record]);
      expect(await store().listPlacements({ limit: 10 })).to.deep.equal([record]);
    });

    it('takes a batch, and once what is given twice', async () => {
      const batch = Array.from({ length: 120 }, (_, index) => recordOf(`p${index}`, index));
      await store().savePlacements(batch);
      await store().savePlacements([...batch.slice(100), recordOf('p120', 120)]);
      await store().savePlacements([]);
      const ids = (await store().listPlacements({ limit: 200 })).map((record) => record.id);
      expect(ids).to.deep.equal(Array.from({ length: 121 }, (_, index) => `p${120 - index}`));
    });

    it('lists newest first, by tenant, by meeting or both, up to the limit', async () => {
      await store().savePlacements([recordOf('p2', 2_000, { tenantId: 'school' })]);
      await store().savePlacements([recordOf('p4', 4_000)]);
      await store().savePlacements([recordOf('p1', 1_000)]);
      await store().savePlacements([recordOf('p3', 3_000, { meetingId: 'other' })]);
      const ids = async (filter: { tenantId?: string; meetingId?: string; limit: number }) =>
        (await store().listPlacements(filter)).map((record) => record.id);
      expect(await ids({ limit: 10 })).to.deep.equal(['p4', 'p3', 'p2', 'p1']);
      expect(await ids({ limit: 2 })).to.deep.equal(['p4', 'p3']);
      expect(await ids({ tenantId: 'school', limit: 10 })).to.deep.equal(['p2']);
      expect(await ids({ meetingId: 'lecture', limit: 10 })).to.deep.equal(['p4', 'p2', 'p1']);
      expect(await ids({ tenantId: 'default', meetingId: 'lecture', limit: 1 })).to.deep.equal(['p4']);
    });

    it('lists decisions of one instant once each, however many there are', async () => {
      const batch = Array.from({ length: 64 }, (_, index) =>
        recordOf(`p${100 + index}`, index < 60 ? 1_000 : 500),
      );
      await store().savePlacements(batch);
      const ids = (await store().listPlacements({ limit: 62 })).map((record) => record.id);
      const expected = Array.from({ length: 60 }, (_, index) => `p${159 - index}`);
      expect(ids).to.deep.equal([...expected, 'p163', 'p162']);
    });

    it('finds one by its ID', async () => {
      await store().savePlacements([recordOf('p1', 1_000), recordOf('p2', 2_000)]);
      expect(await store().findPlacement('p1')).to.deep.equal(recordOf('p1', 1_000));
      expect(await store().findPlacement('p3')).to.equal(undefined);
    });

    it('prunes what is older than a time and says how many', async () => {
      for (const at of [1_000, 2_000, 3_000]) await store().savePlacements([recordOf(`p${at}`, at)]);
      expect(await store().prunePlacements(3_000)).to.equal(2);
      expect(await store().prunePlacements(3_000)).to.equal(0);
      expect((await store().listPlacements({ limit: 10 })).map((record) => record.id)).to.deep.equal([
        'p3000',
      ]);
    });
  });
}
