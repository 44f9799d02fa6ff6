import { expect } from 'chai';
import fc from 'fast-check';
import { MeetingDirectory } from '../../src/meetings/meeting-directory.js';
import type { Meeting, MeetingStore } from '../../src/meetings/meeting.js';
import { MemoryMeetingStore } from '../support/memory-meeting-store.js';

const meetingOf = (meetingId: string, serverId = 'bbb1', changes: Partial<Meeting> = {}): Meeting => ({
  tenantId: 'default',
  meetingId,
  scopedId: meetingId,
  serverId,
  state: 'running',
  expectedAttendees: 15,
  claimedAt: 1_000,
  internalMeetingId: undefined,
  createTime: undefined,
  wasMoved: false,
  endRequestedAt: undefined,
  ...changes,
});

async function directoryOf(store: MeetingStore = new MemoryMeetingStore(), now = (): number => 5_000) {
  return MeetingDirectory.load(store, now);
}

describe('MeetingDirectory', () => {
  it('counts a claim from the instant it is made, and undoes it when the store refuses', async () => {
    const store = new MemoryMeetingStore();
    const directory = await directoryOf(store);
    store.failsNext = new Error('disk full');
    const claiming = directory.claim(meetingOf('class'));
    expect(directory.onServer('bbb1')).to.have.length(1);
    expect(directory.countOfTenant('default')).to.equal(1);
    const error = await claiming.catch((reason: unknown) => reason);
    expect((error as Error).message).to.equal('disk full');
    expect(directory.byScopedId('class')).to.equal(undefined);
    expect(directory.countOfTenant('default')).to.equal(0);
  });

  it('tells by a number that the meetings of a server have changed', async () => {
    const directory = await directoryOf();
    const row = meetingOf('class');
    const revisions = [directory.changesOn('bbb1').count];
    const note = (): number => revisions.push(directory.changesOn('bbb1').count);
    await directory.claim(row);
    note();
    const moved = { ...row, serverId: 'bbb2' };
    await directory.update(row, moved);
    note();
    await directory.update(moved, row);
    note();
    await directory.close(row);
    note();
    expect(new Set(revisions).size).to.equal(5);
    expect(directory.changesOn('bbb2').count).to.be.greaterThan(0);
    expect(directory.changesOn('bbb3').count).to.equal(0);
  });

  it('follows the row that was there first', async () => {
    const store = new MemoryMeetingStore();
    const directory = await directoryOf(store);
    const first = meetingOf('class', 'bbb2');
    await store.claimMeeting(first);
    expect(await directory.claim(meetingOf('class'))).to.deep.equal({ won: false, meeting: first });
    expect(directory.get('default', 'class')).to.equal(first);
    expect(directory.onServer('bbb1')).to.deep.equal([]);
    expect((await directory.claim(meetingOf('class', 'bbb3'))).meeting).to.equal(first);
  });

  it('refuses an update of a row that is no longer as it was read', async () => {
    const store = new MemoryMeetingStore();
    const directory = await directoryOf(store);
    const row = meetingOf('class');
    await directory.claim(row);
    const moved = { ...row, serverId: 'bbb2' };
    expect(await directory.update(row, moved)).to.equal(true);
    expect(await directory.update(row, { ...row, endRequestedAt: 9 })).to.equal(false);
    expect(directory.byScopedId('class')).to.equal(moved);
    expect(await store.findMeeting('default', 'class')).to.deep.equal(moved);
  });

  it('follows the store when another balancer moved or closed the row', async () => {
    const store = new MemoryMeetingStore();
    const directory = await directoryOf(store);
    const row = meetingOf('class');
    await directory.claim(row);
    const elsewhere = { ...row, serverId: 'bbb9' };
    await store.updateMeeting(elsewhere, 'bbb1');
    expect(await directory.update(row, { ...row, claimedAt: 2_000 })).to.equal(false);
    expect(directory.byScopedId('class')).to.deep.equal(elsewhere);
    await store.closeMeeting(elsewhere);
    const held = directory.byScopedId('class')!;
    expect(await directory.update(held, { ...held, claimedAt: 3_000 })).to.equal(false);
    expect(directory.byScopedId('class')).to.equal(undefined);
  });

  it('puts a row back when its update or its close could not be stored', async () => {
    const store = new MemoryMeetingStore();
    const directory = await directoryOf(store);
    const row = meetingOf('class');
    await directory.claim(row);
    for (const attempt of [
      () => directory.update(row, { ...row, serverId: 'bbb2' }),
      () => directory.close(row),
    ]) {
      store.failsNext = new Error('disk full');
      expect(await attempt().catch((reason: unknown) => (reason as Error).message)).to.equal('disk full');
      expect(directory.byScopedId('class')).to.equal(row);
      expect(directory.onServer('bbb1')).to.deep.equal([row]);
    }
  });

  it('notes the copy left behind before the row moves', async () => {
    const store = new MemoryMeetingStore();
    const directory = await directoryOf(store);
    const row = meetingOf('class');
    await directory.claim(row);
    const orphan = { serverId: 'bbb1', scopedId: 'class', notedAt: 1, cause: 'moved' } as const;
    store.writes.length = 0;
    await directory.update(row, { ...row, serverId: 'bbb2' }, orphan);
    expect(store.writes).to.deep.equal(['noteOrphan bbb1 class', 'update class bbb1 → bbb2']);
    expect(directory.orphansOn('bbb1')).to.deep.equal([orphan]);
    expect(directory.orphanCount).to.equal(1);
  });

  it('frees an ID at once when it is closed, and stores a claim made meanwhile after the close', async () => {
    const store = new MemoryMeetingStore();
    const directory = await directoryOf(store);
    const row = meetingOf('class');
    await directory.claim(row);
    store.isSlow = true;
    const closing = directory.close(row);
    expect(directory.byScopedId('class')).to.equal(undefined);
    const again = meetingOf('class', 'bbb2');
    const claiming = directory.claim(again);
    expect(directory.byScopedId('class')).to.equal(again);
    await closing;
    expect(await claiming).to.deep.equal({ won: true, meeting: again });
    expect(await store.listMeetings()).to.deep.equal([again]);
  });

  it('remembers what was closed for as long as a poll may be under way, and no longer', async () => {
    let now = 1_000_000;
    const directory = await directoryOf(new MemoryMeetingStore(), () => now);
    await directory.claim(meetingOf('class'));
    await directory.close(meetingOf('class'));
    expect(directory.wasClosedSince('class', 1_000_000)).to.equal(true);
    expect(directory.wasClosedSince('class', 1_000_001)).to.equal(false);
    expect(directory.wasClosedSince('other', 0)).to.equal(false);
    now += 600_001;
    await directory.close(meetingOf('other'));
    expect(directory.wasClosedSince('class', 0)).to.equal(false);
  });

  it('leaves nothing of an update that was built on a claim the store refused', async () => {
    const store = new MemoryMeetingStore();
    const directory = await directoryOf(store);
    const row = meetingOf('class');
    store.failsNext = new Error('disk full');
    const claiming = directory.claim(row);
    const updating = directory.update(row, { ...row, state: 'running' });
    store.failsNext = new Error('disk full');
    await Promise.allSettled([claiming, updating]);
    expect(directory.byScopedId('class')).to.equal(undefined);
    expect(await store.listMeetings()).to.deep.equal([]);
  });

  it('keeps a row of which neither the move nor the close behind it took place', async () => {
    const store = new MemoryMeetingStore();
    const directory = await directoryOf(store);
    const row = meetingOf('class');
    await directory.claim(row);
    const moved = meetingOf('class', 'bbb2');
    store.failsNext = new Error('disk full');
    await Promise.allSettled([directory.update(row, moved), directory.close(moved)]);
    expect(directory.byScopedId('class')).to.deep.equal(row);
    expect(await store.listMeetings()).to.deep.equal([row]);
  });

  it('agrees with its store after any sequence of changes made at the same time', async () => {
    const names = ['a', 'b', 'c'];
    const change = fc.record({
      kind: fc.constantFrom('claim', 'update', 'close', 'note', 'remove', 'fail'),
      name: fc.constantFrom(...names),
      serverId: fc.constantFrom('bbb1', 'bbb2'),
      isAwaited: fc.boolean(),
    });
    await fc.assert(
      fc.asyncProperty(fc.array(change, { maxLength: 30 }), fc.boolean(), async (changes, isSlow) => {
        const store = new MemoryMeetingStore();
        store.isSlow = isSlow;
        const directory = await directoryOf(store);
        const underWay: Promise<unknown>[] = [];
        for (const [index, { kind, name, serverId, isAwaited }] of changes.entries()) {
          const held = directory.byScopedId(name);
          let doing: Promise<unknown> = Promise.resolve();
          if (kind === 'claim') doing = directory.claim(meetingOf(name, serverId));
          if (kind === 'update' && held !== undefined) {
            doing = directory.update(held, { ...held, serverId, claimedAt: index });
          }
          if (kind === 'close' && held !== undefined) doing = directory.close(held);
          if (kind === 'note') {
            doing = directory.noteOrphan({ serverId, scopedId: name, notedAt: index, cause: 'moved' });
          }
          if (kind === 'remove') doing = directory.removeOrphan(serverId, name);
          if (kind === 'fail') store.failsNext = new Error('disk full');
          underWay.push(doing.catch(() => undefined));
          if (isAwaited) await underWay.at(-1);
        }
        await Promise.all(underWay);
        const stored = await store.listMeetings();
        expect([...directory.all()]).to.have.deep.members(stored);
        expect(directory.countOfTenant('default')).to.equal(stored.length);
        for (const serverId of ['bbb1', 'bbb2']) {
          const there = stored.filter((meeting) => meeting.serverId === serverId);
          expect(directory.onServer(serverId)).to.have.deep.members(there);
          expect(directory.hasMeetingsOn(serverId)).to.equal(there.length > 0);
        }
        for (const name of names) {
          expect(directory.byScopedId(name)).to.deep.equal(stored.find(({ scopedId }) => scopedId === name));
        }
      }),
      { numRuns: 150 },
    );
  });
});
