import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect } from 'chai';
import type { NamedSession } from '../../src/meetings/end-hints.js';
import { liveCopy, meetingRig, type MeetingRig } from '../support/meeting-rig.js';

/**
 * The property: a class that runs is never ended, nor made a second time elsewhere, by what is said of an end. Only a
 * good poll that began after it was said, and misses the meeting, closes anything; and of a meeting that no poll has
 * shown to this process, only where the server named the very session: a copy, the session before it or the same ID on
 * another server has another name.
 */
describe('a server that names the session that has ended', () => {
  let folder: string;
  let rig: MeetingRig;

  beforeEach(async () => {
    folder = mkdtempSync(join(tmpdir(), 'ballast-named-ends-'));
    rig = await meetingRig({ servers: ['bbb1', 'bbb2'], store: `sqlite:${join(folder, 'ballast.db')}` });
    await rig.create('class');
  });
  afterEach(async () => {
    await rig.stop();
    rmSync(folder, { recursive: true });
  });

  /** A new process on the same store, which has seen no poll of what was there before. */
  async function restart(whileDown: () => void = () => undefined): Promise<void> {
    await rig.stop({ keepsSims: true });
    whileDown();
    rig = await meetingRig({ sims: rig.sims, store: `sqlite:${join(folder, 'ballast.db')}` });
  }

  function session(): NamedSession {
    const { serverId, internalMeetingId = '' } = rig.directory.byScopedId('class')!;
    return { serverId, internalMeetingId };
  }

  function endCopy(): void {
    const { meetings } = rig.sim('bbb1');
    meetings.end(liveCopy(rig.sim('bbb1'), 'class')!);
  }

  const say = (named?: NamedSession) => rig.hints.meetingMayHaveEnded('default', 'class', named);
  const isKnown = (): boolean => rig.directory.byScopedId('class') !== undefined;

  it('is believed as soon as it no longer lists it, though it ended while Ballast was down', async () => {
    await restart(endCopy);
    expect(isKnown(), 'no poll alone ends what is young').to.equal(true);
    await say(session());
    expect(isKnown()).to.equal(false);
    expect(rig.ended.map(({ meetingId }) => meetingId)).to.deep.equal(['class']);
  });

  it('is believed as well where its call without a name comes right behind', async () => {
    await restart(endCopy);
    await Promise.all([say(session()), say()]);
    expect(isKnown()).to.equal(false);
  });

  it('is not believed while it lists the meeting, now and later', async () => {
    await restart();
    await say(session());
    endCopy();
    await rig.round();
    expect(isKnown()).to.equal(true);
  });

  it('ends nothing that is listed late where another session was named, or none', async () => {
    // Nothing is listed: what was just created, of which the end before it is told.
    await restart(endCopy);
    for (const other of [
      undefined,
      { ...session(), internalMeetingId: 'the-one-before' },
      { ...session(), serverId: 'bbb2' },
    ]) {
      await say(other);
      await rig.round();
      expect(isKnown(), JSON.stringify(other)).to.equal(true);
    }
    // Nor is it made a second time elsewhere.
    expect((await rig.create('class')).serverId).to.equal('bbb1');
  });

  it('ends nothing while its polls fail', async () => {
    const named = session();
    await restart();
    rig.sim('bbb1').faults.set('getMeetings', { kind: 'status', status: 502 });
    await say(named);
    await rig.round();
    expect(isKnown()).to.equal(true);
    rig.sim('bbb1').faults.clear();
    await rig.round();
    expect(isKnown()).to.equal(true);
    expect(rig.copies('class')).to.deep.equal(['bbb1']);
  });

  it('ends nothing by a poll that began before it was said', async () => {
    const meeting = rig.directory.byScopedId('class')!;
    const named = session();
    await restart(endCopy);
    const { poll } = rig.pool.server('bbb1')!;
    rig.sim('bbb1').faults.set('getMeetings', { kind: 'status', status: 502 });
    rig.advance(1_000);
    await say(named);
    expect(rig.hints.confirmed(meeting, poll!)).to.equal('nothing');
    expect(isKnown()).to.equal(true);
  });

  it('ends nothing of the session after it, created while that was said', async () => {
    const before = session();
    endCopy();
    rig.advance(1_000);
    await rig.create('class');
    expect(session().internalMeetingId).not.to.equal(before.internalMeetingId);
    await restart();
    await say(before);
    await rig.round();
    expect(isKnown()).to.equal(true);
    expect(rig.copies('class')).to.deep.equal(['bbb1']);
  });

  describe('where polls have shown the meeting', () => {
    const other = { serverId: 'bbb1', internalMeetingId: 'the-one-before' };

    beforeEach(async () => {
      await rig.round();
      endCopy();
    });

    it('ends nothing by the name of another session, be it of its server or of a copy elsewhere', async () => {
      const { internalMeetingId } = session();
      for (const named of [other, { serverId: 'bbb2', internalMeetingId }]) {
        await say(named);
        await rig.round();
        expect(isKnown(), JSON.stringify(named)).to.equal(true);
      }
    });

    it('is believed without a name, whatever was named before', async () => {
      await say(other);
      expect(isKnown()).to.equal(true);
      await say();
      expect(isKnown()).to.equal(false);
    });
  });

  it('is believed of each session that it names, in whatever order', async () => {
    await restart(endCopy);
    const named = session();
    rig.sim('bbb1').faults.set('getMeetings', { kind: 'status', status: 502 });
    await say(named);
    await say({ ...named, internalMeetingId: 'the-one-before' });
    rig.sim('bbb1').faults.clear();
    await rig.round();
    expect(isKnown()).to.equal(false);
  });

  it('is believed by a poll that begins before it calls again without a name', async () => {
    const meeting = rig.directory.byScopedId('class')!;
    await restart(endCopy);
    rig.sim('bbb1').faults.set('getMeetings', { kind: 'status', status: 502 });
    await say(session());
    const startedAt = rig.now() + 1_000;
    rig.advance(2_000);
    await say();
    expect(rig.hints.confirmed(meeting, { ...rig.pool.server('bbb1')!.poll!, startedAt })).to.equal(
      'this-end',
    );
  });
});
