import { expect } from 'chai';
import type { Meeting, MeetingHistory, Orphan } from '../../../src/meetings/meeting.js';
import type { Store } from '../../../src/store/open-store.js';

/** A claim with nothing optional known; `changes` override. */
export function claimOf(meetingId: string, serverId: string, changes: Partial<Meeting> = {}): Meeting {
  return {
    tenantId: 'default',
    meetingId,
    scopedId: meetingId,
    serverId,
    state: 'claimed',
    expectedAttendees: 15,
    claimedAt: 1_700_000_000_000,
    internalMeetingId: undefined,
    createTime: undefined,
    wasMoved: false,
    endRequestedAt: undefined,
    ...changes,
  };
}

function historyOf(meeting: Meeting, endedAt: number): MeetingHistory {
  const { tenantId, meetingId, serverId, claimedAt } = meeting;
  return { tenantId, meetingId, serverId, startedAt: claimedAt, endedAt, maxAttendees: 27, wasMoved: false };
}

/** What every MeetingStore holds to; `store` is empty before each test. */
export function describeMeetingStore(store: () => Store): void {
  const meetings = () => store().meetings;

  describe('MeetingStore: claims', () => {
    it('wins the claim of an unknown meeting and finds it again', async () => {
      const claim = claimOf('lecture', 'bbb1');
      expect(await meetings().claimMeeting(claim)).to.deep.equal({ won: true, meeting: claim });
      expect(await meetings().findMeeting('default', 'lecture')).to.deep.equal(claim);
    });

    it('returns the row that was there first, untouched', async () => {
      const first = claimOf('lecture', 'bbb1', { state: 'running', internalMeetingId: 'i-1' });
      await meetings().claimMeeting(first);
      const second = await meetings().claimMeeting(claimOf('lecture', 'bbb2'));
      expect(second).to.deep.equal({ won: false, meeting: first });
      expect(await meetings().listMeetings()).to.deep.equal([first]);
    });

    it('lets exactly one of many simultaneous claims win', async () => {
      const claims = Array.from({ length: 50 }, async (_, at) =>
        meetings().claimMeeting(claimOf('lecture', `bbb${at}`)),
      );
      const results = await Promise.all(claims);
      expect(results.filter((result) => result.won)).to.have.length(1);
      expect(new Set(results.map((result) => result.meeting.serverId)).size).to.equal(1);
    });

    it('keeps equal IDs of two tenants, and IDs that differ in case, apart', async () => {
      const all = [
        claimOf('Lecture', 'bbb1'),
        claimOf('lecture', 'bbb2'),
        claimOf('lecture', 'bbb3', { tenantId: 'school', scopedId: 'school--lecture' }),
      ];
      for (const claim of all) expect((await meetings().claimMeeting(claim)).won).to.equal(true);
      expect(await meetings().listMeetings()).to.deep.equal(all);
      expect(await meetings().findMeeting('school', 'lecture')).to.deep.equal(all[2]);
      expect(await meetings().findMeeting('school', 'Lecture')).to.equal(undefined);
    });

    it('keeps every field, in any script', async () => {
      const meeting = claimOf(`Übung '; "drop" 数学 🎓`, 'bbb1', {
        state: 'running',
        expectedAttendees: 12.5,
        internalMeetingId: '183f0bf3a0982a127bdb8161e0c44eb696b3e75c-1700000000123',
        createTime: 1_700_000_000_123,
        wasMoved: true,
        endRequestedAt: 1_700_000_100_000,
      });
      await meetings().claimMeeting(meeting);
      expect(await meetings().listMeetings()).to.deep.equal([meeting]);
    });

    it('updates a row only while it is on the expected server', async () => {
      await meetings().claimMeeting(claimOf('lecture', 'bbb1'));
      const moved = claimOf('lecture', 'bbb2', { wasMoved: true });
      expect(await meetings().updateMeeting(moved, 'bbb1')).to.equal(true);
      expect(await meetings().updateMeeting(claimOf('lecture', 'bbb3'), 'bbb1')).to.equal(false);
      expect(await meetings().updateMeeting(claimOf('other', 'bbb1'), 'bbb1')).to.equal(false);
      expect(await meetings().listMeetings()).to.deep.equal([moved]);
    });
  });

  describe('MeetingStore: ends', () => {
    it('closes a meeting and writes its history', async () => {
      const meeting = claimOf('lecture', 'bbb1');
      await meetings().claimMeeting(meeting);
      await meetings().closeMeeting(meeting, historyOf(meeting, 1_700_003_600_000));
      expect(await meetings().findMeeting('default', 'lecture')).to.equal(undefined);
      expect(await store().history.listHistory({ tenantId: 'default', limit: 10 })).to.deep.equal([
        historyOf(meeting, 1_700_003_600_000),
      ]);
    });

    it('leaves a meeting that has moved meanwhile, and writes no history for it', async () => {
      const before = claimOf('lecture', 'bbb1');
      const after = claimOf('lecture', 'bbb2');
      await meetings().claimMeeting(before);
      await meetings().updateMeeting(after, 'bbb1');
      await meetings().closeMeeting(before, historyOf(before, 1_700_003_600_000));
      expect(await meetings().listMeetings()).to.deep.equal([after]);
      expect(await store().history.listHistory({ tenantId: 'default', limit: 10 })).to.deep.equal([]);
    });

    it('closes without history, lets the room be claimed anew, and closes twice calmly', async () => {
      const meeting = claimOf('lecture', 'bbb1');
      await meetings().claimMeeting(meeting);
      await meetings().closeMeeting(meeting);
      await meetings().closeMeeting(meeting);
      expect((await meetings().claimMeeting(claimOf('lecture', 'bbb2'))).won).to.equal(true);
    });

    it('lists history by meeting, newest first, and prunes what ended before a time', async () => {
      const meeting = claimOf('lecture', 'bbb1');
      const ends = [2_000, 3_000, 3_000, 1_000];
      for (const endedAt of ends) {
        await meetings().claimMeeting(meeting);
        await meetings().closeMeeting(meeting, historyOf(meeting, endedAt));
      }
      const filter = { tenantId: 'default', meetingId: 'lecture', limit: 10 };
      const listed = async () => (await store().history.listHistory(filter)).map((entry) => entry.endedAt);
      expect(await listed()).to.deep.equal([3_000, 3_000, 2_000, 1_000]);
      expect(await store().history.pruneHistory(2_000)).to.equal(1);
      expect(await listed()).to.deep.equal([3_000, 3_000, 2_000]);
      expect(await store().history.listHistory({ ...filter, meetingId: 'other' })).to.deep.equal([]);
      expect(await store().history.listHistory({ tenantId: 'default', limit: 1 })).to.have.length(1);
    });
  });

  describe('MeetingHistoryStore: past sessions', () => {
    const pastSessions = async (since: number, limit: number): Promise<readonly string[]> => {
      const found: string[] = [];
      for await (const portion of store().history.pastSessions(since, limit)) {
        found.push(...portion.map(({ meetingId, endedAt }) => `${meetingId} ${endedAt}`));
      }
      return found;
    };
    const end = async (meetingId: string, endedAt: number, wasMoved = false): Promise<void> => {
      const meeting = claimOf(meetingId, 'bbb1', { wasMoved });
      await meetings().claimMeeting(meeting);
      await meetings().closeMeeting(meeting, { ...historyOf(meeting, endedAt), wasMoved });
    };

    it('gives all tenants, oldest first, and whether they were moved', async () => {
      await end('b', 2_000, true);
      await end('a', 1_000);
      const seen: unknown[] = [];
      for await (const portion of store().history.pastSessions(0, 10)) {
        seen.push(...portion.map(({ meetingId, wasMoved }) => [meetingId, wasMoved]));
      }
      expect(seen).to.deep.equal([
        ['a', false],
        ['b', true],
      ]);
    });

    it('gives the newest of them, those that ended since a time', async () => {
      for (let at = 1; at <= 6; at += 1) await end(`m${at}`, at * 1_000);
      expect(await pastSessions(3_000, 10)).to.deep.equal(['m3 3000', 'm4 4000', 'm5 5000', 'm6 6000']);
      expect(await pastSessions(0, 2)).to.deep.equal(['m5 5000', 'm6 6000']);
      expect(await pastSessions(6_001, 2)).to.deep.equal([]);
      expect(await pastSessions(0, 100)).to.have.length(6);
    });
  });

  describe('LearntStore', () => {
    it('keeps the newest cost, and knows none at first', async () => {
      const cost = { at: 1_700_000_000_000, squares: [12.25, 1e6, 1.1e12], products: [3.5, 1 / 3] };
      expect(await store().learnt.readCost()).to.equal(undefined);
      await store().learnt.saveCost(cost, 1);
      await store().learnt.saveCost({ ...cost, products: [13] }, 2);
      expect(await store().learnt.readCost()).to.deep.equal({ ...cost, products: [13] });
    });
  });

  describe('MeetingStore: orphans', () => {
    const orphan: Orphan = { serverId: 'bbb1', scopedId: 'lecture', notedAt: 2_000, cause: 'timeout' };

    it('lists the oldest first and replaces the note of the same copy', async () => {
      await meetings().noteOrphan(orphan);
      await meetings().noteOrphan({ ...orphan, serverId: 'bbb2', notedAt: 1_000 });
      await meetings().noteOrphan({ ...orphan, notedAt: 3_000, cause: 'ended' });
      expect(await meetings().listOrphans()).to.deep.equal([
        { ...orphan, serverId: 'bbb2', notedAt: 1_000 },
        { ...orphan, notedAt: 3_000, cause: 'ended' },
      ]);
    });

    it('removes one note, and takes an unknown one calmly', async () => {
      await meetings().noteOrphan(orphan);
      await meetings().removeOrphan('bbb1', 'other');
      await meetings().removeOrphan('bbb2', 'lecture');
      expect(await meetings().listOrphans()).to.deep.equal([orphan]);
      await meetings().removeOrphan('bbb1', 'lecture');
      expect(await meetings().listOrphans()).to.deep.equal([]);
    });
  });
}
