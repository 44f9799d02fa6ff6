import { expect } from 'chai';
import { CallbackTargets } from '../../src/callbacks/callback-targets.js';
import type { WantedCallbacks } from '../../src/callbacks/wanted-callbacks.js';
import { silentLogger } from '../../src/log.js';
import { MemoryTargetStore } from '../support/memory-target-store.js';

describe('CallbackTargets', () => {
  let store: MemoryTargetStore;
  let targets: CallbackTargets;
  let made = 0;

  beforeEach(async () => {
    store = new MemoryTargetStore();
    targets = await load();
  });

  function load(): Promise<CallbackTargets> {
    return CallbackTargets.load({
      store,
      newId: () => `id-${made++}`,
      now: () => 1_000,
      logger: silentLogger,
    });
  }

  function wanted(changes: Partial<WantedCallbacks> = {}): WantedCallbacks {
    return {
      tenantId: 'school',
      meetingId: 'room',
      urls: { end: 'https://a.example/end' },
      isRecorded: false,
      isBreakout: false,
      ...changes,
    };
  }

  it('has one target for all creates of a session, also those at once, durable before any goes out', async () => {
    const [first, second] = await Promise.all([targets.claim(wanted()), targets.claim(wanted())]);
    expect(second.id).to.equal(first.id);
    expect(store.rows.has(first.id)).to.equal(true);
    targets.settle(first.id, 'x-1');
    for (let repeat = 0; repeat < 5; repeat += 1) {
      expect((await targets.claim(wanted())).id).to.equal(first.id);
      targets.settle(first.id, 'x-1');
    }
    await targets.stop();
    expect(store.rows.size).to.equal(1);
    expect(store.writes).to.equal(2);
  });

  it('serves nobody with a target that could not be stored', async () => {
    store.failsNext = new Error('disk full');
    const [first, second] = await Promise.allSettled([targets.claim(wanted()), targets.claim(wanted())]);
    expect([first.status, second.status]).to.deep.equal(['rejected', 'rejected']);
    expect(targets.open()).to.deep.equal([]);
    await targets.claim(wanted());
    expect(store.rows.size).to.equal(1);
  });

  it('forgets what a repeat with other URLs was given: BBB keeps those of the first create', async () => {
    const first = await targets.claim(wanted());
    targets.settle(first.id, 'x-1');
    const other = await targets.claim(wanted({ urls: { end: 'https://a.example/end?nonce=2' } }));
    expect(other.id).not.to.equal(first.id);
    targets.settle(other.id, 'x-1');
    await targets.stop();
    expect([...store.rows.keys()]).to.deep.equal([first.id]);
    expect((await targets.end('school--room'))?.id).to.equal(first.id);
  });

  it('goes on with the URLs of the create that placed the meeting anew', async () => {
    const first = await targets.claim(wanted());
    targets.settle(first.id, 'x-1');
    const moved = await targets.claim(wanted({ urls: { end: 'https://a.example/other' } }));
    targets.settle(moved.id, 'y-1');
    expect((await targets.end('school--room'))?.id).to.equal(moved.id);
    expect(targets.peek(first.id)?.toldAt).to.equal(1_000);
  });

  it('counts the sessions that were created with one target', async () => {
    const { id } = await targets.claim(wanted());
    targets.settle(id, 'x-1');
    // The create below finds out that the session before has ended.
    expect((await targets.claim(wanted())).id).to.equal(id);
    const ended = await targets.end('school--room');
    expect(targets.settle(id, 'x-2')).to.deep.equal(ended);
    const now = targets.peek(id);
    expect(now).to.include({ session: 1, endedAt: undefined });
    expect(now?.internalMeetingIds).to.deep.equal(['x-1', 'x-2']);
    await targets.told({ id, session: 0 });
    expect(targets.peek(id)?.toldAt).to.equal(undefined);
  });

  it('takes a session up again that was closed by mistake', async () => {
    const { id } = await targets.claim(wanted());
    targets.settle(id, 'x-1');
    await targets.end('school--room');
    expect(targets.settle(id, 'x-1')).to.equal(undefined);
    expect(targets.peek(id)).to.include({ session: 0, endedAt: undefined });
    expect((await targets.end('school--room'))?.id).to.equal(id);
  });

  it('knows after a start which sessions go on, and whose end was not told', async () => {
    const { id } = await targets.claim(wanted());
    targets.settle(id, 'x-1');
    const cut = await targets.claim(wanted({ urls: { ended: 'https://a.example' } }));
    await targets.stop();
    targets = await load();
    expect(targets.peek(cut.id)?.id).to.equal(cut.id);
    expect((await targets.end('school--room'))?.id).to.equal(id);
    targets = await load();
    expect(targets.peek(id)?.endedAt).to.equal(1_000);
    await targets.told({ id, session: 0 });
    targets = await load();
    expect(targets.peek(id)).to.equal(undefined);
    expect((await targets.find(id))?.toldAt).to.equal(1_000);
    expect(store.lookUps).to.equal(1);
    expect((await targets.find(id))?.id).to.equal(id);
    expect(store.lookUps).to.equal(1);
  });

  it('gives each breakout room a target that no end belongs to', async () => {
    const breakout = wanted({ meetingId: 'breakout', isBreakout: true });
    const [first, second] = [await targets.claim(breakout), await targets.claim(breakout)];
    expect(first.id).not.to.equal(second.id);
    expect(targets.open()).to.deep.equal([]);
    expect(await targets.end('school--breakout')).to.equal(undefined);
  });

  it('notes the servers of recordings', async () => {
    const { id } = await targets.claim(wanted());
    await targets.noteRecording(id, ['bbb1']);
    await targets.noteRecording(id, ['bbb2', 'bbb1']);
    const writes = store.writes;
    await targets.noteRecording(id, ['bbb1']);
    expect(store.writes).to.equal(writes);
    expect(store.rows.get(id)).to.deep.include({ isRecorded: true, recordedOn: ['bbb1', 'bbb2'] });
  });
});
