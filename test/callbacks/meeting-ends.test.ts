import { expect } from 'chai';
import type { NewCallback } from '../../src/callbacks/callback.js';
import { CallbackTargets } from '../../src/callbacks/callback-targets.js';
import { MeetingEnds } from '../../src/callbacks/meeting-ends.js';
import { ManualClock, settle } from '../support/manual-clock.js';
import { MemoryTargetStore } from '../support/memory-target-store.js';
import { RecordingLogger } from '../support/recording-logger.js';

const ROOM = { scopedId: 'school--room', serverId: 'bbb1' };

describe('MeetingEnds', () => {
  let clock: ManualClock;
  let store: MemoryTargetStore;
  let targets: CallbackTargets;
  let ends: MeetingEnds;
  let outbox: Map<string, NewCallback>;
  let asked: string[];
  let isKnown: boolean;
  let isAlive: boolean | Error;
  let isServerGone: boolean;

  beforeEach(async () => {
    clock = new ManualClock();
    store = new MemoryTargetStore();
    outbox = new Map();
    asked = [];
    [isKnown, isAlive, isServerGone] = [true, true, false];
    await start();
  });

  async function start(): Promise<void> {
    const logger = new RecordingLogger();
    const { now } = clock;
    targets = await CallbackTargets.load({ store, newId: () => 'target', now, logger });
    ends = new MeetingEnds({
      targets,
      outbox: {
        add: async (callback) => add(callback),
        addAll: async (callbacks) => callbacks.map(add),
        release: async (_kind, key) => {
          const found = outbox.get(key);
          if (found !== undefined) outbox.set(key, { ...found, dueAt: now() });
          return found !== undefined;
        },
        withdraw: async (_kind, key) => outbox.delete(key),
        has: async (_kind, key) => outbox.has(key),
        isWaiting: async (_kind, key) => (outbox.get(key)?.dueAt ?? -Infinity) > now(),
      },
      meetings: {
        find: () => (isKnown ? { internalMeetingId: 'x-1' } : undefined),
        isAlive: async () => {
          if (isAlive instanceof Error) throw isAlive;
          return isAlive;
        },
        mayHaveEnded: async (tenantId, meetingId) => {
          asked.push(`${tenantId} ${meetingId}`);
        },
        isServerGone: () => isServerGone,
      },
      now,
      setTimer: clock.setTimer,
      logger,
    });
  }

  function add(callback: NewCallback): 'added' | 'known' | 'conflict' {
    const known = outbox.get(callback.key);
    if (known !== undefined) return known.target === callback.target ? 'known' : 'conflict';
    outbox.set(callback.key, callback);
    return 'added';
  }

  async function create(urls = { end: 'https://a.example/end', ended: 'https://a.example/ended' }) {
    const wanted = { tenantId: 'school', meetingId: 'room', urls, isRecorded: false, isBreakout: false };
    const target = await targets.claim(wanted);
    const before = targets.settle(target.id, 'x-1');
    if (before !== undefined) ends.replaced(before);
    return target;
  }

  /** What may go out now. */
  function due(): string[] {
    return [...outbox.values()].filter(({ dueAt }) => dueAt <= clock.now()).map(({ target }) => target);
  }

  it('keeps what a server says until the meeting is over, and asks for it at once', async () => {
    const target = await create();
    expect(await ends.arrived(target, 'end', true)).to.equal('added');
    expect(await ends.arrived(target, 'ended', false)).to.equal('added');
    expect(asked).to.deep.equal(['school room', 'school room']);
    expect(due()).to.deep.equal([]);
    ends.ended(ROOM);
    await settle();
    expect(due()).to.deep.equal([
      'https://a.example/end?recordingmarks=true&meetingID=room',
      'https://a.example/ended',
    ]);
    expect(clock.pending).to.equal(0);
    expect(targets.open()).to.deep.equal([]);
    expect(await ends.arrived(target, 'end', true)).to.equal('known');
  });

  it('waits for a server to call, and then tells of the end itself', async () => {
    const target = await create();
    ends.ended(ROOM);
    await clock.advance(19_999);
    expect(outbox.size).to.equal(0);
    await clock.advance(1);
    expect(due()).to.deep.equal([
      'https://a.example/end?recordingmarks=false&meetingID=room',
      'https://a.example/ended',
    ]);
    expect(await ends.arrived(target, 'ended', false)).to.equal('known');
    expect(targets.open()).to.deep.equal([]);
  });

  it('takes the word of a server that calls meanwhile', async () => {
    await create();
    ends.ended(ROOM);
    await settle();
    const target = targets.open()[0];
    if (target === undefined) throw new Error('the target is told already');
    await ends.arrived(target, 'end', true);
    expect(due()).to.deep.equal(['https://a.example/end?recordingmarks=true&meetingID=room']);
    await clock.advance(20_000);
    expect(due()).to.deep.equal([
      'https://a.example/end?recordingmarks=true&meetingID=room',
      'https://a.example/ended',
    ]);
  });

  it('does not wait for a server that is gone', async () => {
    await create();
    isServerGone = true;
    ends.ended(ROOM);
    await clock.advance(0);
    expect(due()).to.have.lengthOf(2);
  });

  it('takes the end of a copy back while the meeting lives on', async () => {
    const target = await create();
    await ends.arrived(target, 'end', false);
    const [callback] = outbox.values();
    if (callback === undefined) throw new Error('nothing was added');
    expect(await ends.beforeDelivery(callback)).to.equal('withdraw');
    isAlive = new Error('the server does not answer');
    const error: unknown = await ends.beforeDelivery(callback).catch((reason: unknown) => reason);
    expect(error).to.equal(isAlive);
    isAlive = false;
    expect(await ends.beforeDelivery(callback)).to.equal('deliver');
    [isAlive, isKnown] = [true, true];
    ends.ended(ROOM);
    await settle();
    expect(await ends.beforeDelivery(callback)).to.equal('deliver');
  });

  it('tells of a session that ended unseen, and later of the one that was created in its place', async () => {
    const target = await create();
    ends.ended(ROOM);
    const before = targets.settle(target.id, 'x-2');
    if (before === undefined) throw new Error('there was no session before');
    ends.replaced(before);
    await clock.advance(20_000);
    expect(due()).to.have.lengthOf(2);
    ends.ended(ROOM);
    await clock.advance(20_000);
    expect(due()).to.have.lengthOf(4);
    expect(targets.open()).to.deep.equal([]);
  });

  it('takes a late call for the session before, when the room was created again at once', async () => {
    const target = await create();
    ends.ended(ROOM);
    const before = targets.settle(target.id, 'x-2');
    if (before === undefined) throw new Error('there was no session before');
    ends.replaced(before);
    const current = targets.peek(target.id);
    if (current === undefined) throw new Error('the target is gone');
    expect(await ends.arrived(current, 'end', true)).to.equal('added');
    expect(asked).to.deep.equal([]);
    expect(due()).to.deep.equal(['https://a.example/end?recordingmarks=true&meetingID=room']);
    for (const callback of outbox.values()) {
      expect(await ends.beforeDelivery(callback)).to.equal('deliver');
    }
    await clock.advance(20_000);
    const told = ['https://a.example/end?recordingmarks=true&meetingID=room', 'https://a.example/ended'];
    expect(due()).to.have.members(told);
    // The next call is of the session that runs.
    expect(await ends.arrived(current, 'end', false)).to.equal('added');
    expect(asked).to.deep.equal(['school room']);
    expect(due()).to.have.members(told);
  });

  it('takes a late call for the session before after a restart as well, with its recording marks', async () => {
    const target = await create();
    ends.ended(ROOM);
    const before = targets.settle(target.id, 'x-2');
    if (before === undefined) throw new Error('there was no session before');
    ends.replaced(before);
    await settle();
    await clock.advance(5_000);
    await ends.stop();
    await start();
    const current = targets.peek(target.id);
    if (current === undefined) throw new Error('the target is gone');
    expect(await ends.arrived(current, 'end', true)).to.equal('added');
    expect(asked).to.deep.equal([]);
    await clock.advance(20_000);
    expect(due()).to.have.members([
      'https://a.example/end?recordingmarks=true&meetingID=room',
      'https://a.example/ended',
    ]);
    expect(await ends.arrived(current, 'ended', false)).to.equal('added');
    expect(asked).to.deep.equal(['school room']);
  });

  it('takes a call for the running session where the server had told of the one before', async () => {
    const target = await create();
    await ends.arrived(target, 'end', true);
    ends.ended(ROOM);
    const before = targets.settle(target.id, 'x-2');
    if (before !== undefined) ends.replaced(before);
    const current = targets.peek(target.id);
    if (current === undefined) throw new Error('the target is gone');
    asked = [];
    expect(await ends.arrived(current, 'end', true)).to.equal('added');
    expect(asked).to.deep.equal(['school room']);
    expect(due()).to.deep.equal(['https://a.example/end?recordingmarks=true&meetingID=room']);
  });

  it('knows a call that differs in its marks alone', async () => {
    const target = await create();
    ends.ended(ROOM);
    await clock.advance(20_000);
    expect(await ends.arrived(target, 'end', true)).to.equal('known');
    expect(due()).to.have.lengthOf(2);
  });

  it('begins nothing more once it is stopped, and takes it up at the next start', async () => {
    await create();
    ends.ended(ROOM);
    await ends.stop();
    expect(clock.pending).to.equal(0);
    await start();
    await ends.stop();
    ends.ended(ROOM);
    ends.sweep();
    await clock.advance(20_000);
    expect(outbox.size).to.equal(0);
    isKnown = false;
    await start();
    ends.sweep();
    await clock.advance(20_000);
    expect(due()).to.have.lengthOf(2);
  });

  it('tells nothing of a session that was closed by mistake and goes on', async () => {
    const target = await create();
    ends.ended(ROOM);
    await settle();
    targets.settle(target.id, 'x-1');
    await clock.advance(60_000);
    expect(outbox.size).to.equal(0);
  });

  it('takes up after a start what a cut run has left', async () => {
    await create();
    ends.ended(ROOM);
    await settle();
    await ends.stop();
    await start();
    ends.sweep();
    await clock.advance(20_000);
    expect(due()).to.have.lengthOf(2);
  });

  it('tells of meetings that were closed while nobody was told', async () => {
    await create();
    await targets.stop();
    await start();
    ends.sweep();
    await clock.advance(60_000);
    expect(outbox.size).to.equal(0);
    isKnown = false;
    ends.sweep();
    await clock.advance(20_000);
    expect(due()).to.have.lengthOf(2);
  });

  it('forgets the targets of creates that came to nothing', async () => {
    await targets.claim({
      tenantId: 'school',
      meetingId: 'room',
      urls: { end: 'https://a' },
      isRecorded: false,
      isBreakout: false,
    });
    isKnown = false;
    ends.sweep();
    expect(targets.open()).to.have.lengthOf(1);
    await clock.advance(3_600_001);
    ends.sweep();
    await targets.stop();
    expect(targets.open()).to.deep.equal([]);
    expect(store.rows.size).to.equal(0);
    expect(outbox.size).to.equal(0);
  });

  it('has nobody to tell where no end was asked for', async () => {
    const urls: Record<string, string> = { analytics: 'https://a.example' };
    await create(urls as { end: string; ended: string });
    ends.ended(ROOM);
    await settle();
    expect(targets.open()).to.deep.equal([]);
    expect(clock.pending).to.equal(0);
  });
});
