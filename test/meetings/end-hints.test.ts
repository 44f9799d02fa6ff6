import { expect } from 'chai';
import { EndHints } from '../../src/meetings/end-hints.js';
import type { Meeting } from '../../src/meetings/meeting.js';
import { liveCopy, meetingRig, type MeetingRig } from '../support/meeting-rig.js';

/** Nothing can be asked of it. */
const quietPool = {
  markChanged: () => undefined,
  freshPoll: () => Promise.reject(new Error('not polled')),
};

describe('what servers say of ends', () => {
  let rig: MeetingRig;
  let ended: Meeting[];

  beforeEach(async () => {
    rig = await meetingRig({ servers: ['bbb1', 'bbb2'] });
    ended = [];
    rig.directory.onEnded((meeting) => ended.push(meeting));
  });
  afterEach(() => rig.stop());

  function endOn(serverId: string, meetingId: string): void {
    const { meetings } = rig.sim(serverId);
    const copy = liveCopy(rig.sim(serverId), meetingId);
    if (copy === undefined) throw new Error(`${meetingId} does not run on ${serverId}`);
    meetings.end(copy);
  }

  const pollsOf = (id: string): number => rig.sim(id).calls.count('getMeetings');

  it('closes a meeting at once that its server no longer has', async () => {
    await rig.create('class');
    await rig.round();
    endOn('bbb1', 'class');
    await rig.hints.meetingMayHaveEnded('default', 'class');
    expect(rig.directory.byScopedId('class')).to.equal(undefined);
    expect(ended.map(({ scopedId }) => scopedId)).to.deep.equal(['class']);
    expect(rig.ended.map(({ meetingId }) => meetingId)).to.deep.equal(['class']);
  });

  it('leaves a meeting alone that lives, now and later', async () => {
    await rig.create('class');
    await rig.round();
    await rig.hints.meetingMayHaveEnded('default', 'class');
    expect(await rig.hints.isAlive('default', 'class')).to.equal(true);
    await rig.round();
    endOn('bbb1', 'class');
    await rig.round();
    expect(rig.directory.byScopedId('class')?.endRequestedAt).to.equal(undefined);
    // One poll that misses it is no end, since nothing was said of this one.
    expect(rig.directory.byScopedId('class')?.state).to.equal('running');
    expect(await rig.hints.isAlive('default', 'class')).to.equal(false);
  });

  it('does not believe it of a meeting that no poll has shown yet', async () => {
    await rig.create('class');
    endOn('bbb1', 'class');
    await rig.hints.meetingMayHaveEnded('default', 'class');
    expect(rig.directory.byScopedId('class')?.state).to.equal('running');
    expect(await rig.hints.isAlive('default', 'class')).to.equal(false);
  });

  it('asks a server once for many that end together', async () => {
    const ids = Array.from({ length: 30 }, (_, at) => `class-${at}`);
    for (const id of ids) await rig.create(id);
    await rig.round();
    const onFirst = ids.filter((id) => rig.serverOf(id) === 'bbb1');
    expect(onFirst.length).to.be.greaterThan(5);
    for (const id of onFirst) endOn('bbb1', id);
    const before = pollsOf('bbb1');
    await Promise.all(onFirst.map((id) => rig.hints.meetingMayHaveEnded('default', id)));
    expect(pollsOf('bbb1') - before).to.be.at.most(2);
    expect(onFirst.filter((id) => rig.directory.byScopedId(id) !== undefined)).to.deep.equal([]);
  });

  it('says nothing of a server that does not answer, or of a meeting that is not known', async () => {
    await rig.create('class');
    await rig.round();
    rig.sim('bbb1').faults.set('*', { kind: 'status', status: 502 });
    await rig.hints.meetingMayHaveEnded('default', 'class');
    await rig.hints.meetingMayHaveEnded('default', 'unknown');
    expect(await rig.hints.isAlive('default', 'unknown')).to.equal(false);
    const error: unknown = await rig.hints.isAlive('default', 'class').catch((reason: unknown) => reason);
    expect(error).to.be.an('error');
    expect(rig.directory.byScopedId('class')?.state).to.equal('running');
  });

  it('counts a meeting as over whose server is disabled', async () => {
    await rig.create('class');
    await rig.round();
    const server = rig.pool.server('bbb1');
    if (server === undefined) throw new Error('bbb1 is not in the pool');
    await rig.pool.save({ ...server.definition, adminState: 'disabled' });
    expect(await rig.hints.isAlive('default', 'class')).to.equal(false);
  });

  it('counts a meeting as over whose server is offline, also when the question itself finds that out', async () => {
    await rig.create('class');
    await rig.round();
    rig.sim('bbb1').faults.set('*', { kind: 'status', status: 502 });
    for (let round = 0; round < 2; round += 1) await rig.round('bbb1');
    expect(rig.pool.server('bbb1')?.health).to.equal('unstable');
    expect(await rig.hints.isAlive('default', 'class')).to.equal(false);
    expect(rig.pool.server('bbb1')?.health).to.equal('offline');
    expect(await rig.hints.isAlive('default', 'class')).to.equal(false);
  });

  it('says of a meeting alive that was placed anew', async () => {
    await rig.create('class');
    await rig.round();
    rig.sim('bbb1').faults.set('*', { kind: 'status', status: 502 });
    for (let round = 0; round < 3; round += 1) await rig.round('bbb1');
    await rig.create('class');
    expect(rig.serverOf('class')).to.equal('bbb2');
    expect(await rig.hints.isAlive('default', 'class')).to.equal(true);
  });

  it('forgets what was said when a poll of the same millisecond shows the meeting', async () => {
    await rig.create('class');
    await rig.round();
    const meeting = rig.directory.byScopedId('class');
    const poll = rig.pool.server('bbb1')?.poll;
    if (meeting === undefined || poll === undefined) throw new Error('class is not known');
    const saidAt = rig.now();
    const hints = new EndHints({
      pool: { ...quietPool, server: (id) => rig.pool.server(id) },
      directory: rig.directory,
      now: () => saidAt,
      logger: rig.logger,
    });
    await hints.meetingMayHaveEnded('default', 'class');
    expect(hints.confirmed(meeting, { ...poll, startedAt: saidAt })).to.equal('an-end');
    hints.drop('class', saidAt);
    expect(hints.confirmed(meeting, { ...poll, startedAt: saidAt + 1 })).to.equal('nothing');
  });

  it('tells of a session in whose place another is found on its server', async () => {
    await rig.create('class');
    await rig.round();
    endOn('bbb1', 'class');
    await rig.createDirectly('bbb1', 'class');
    rig.advance(1_000);
    await rig.round();
    expect(ended.map(({ scopedId }) => scopedId)).to.deep.equal(['class']);
    expect(rig.directory.byScopedId('class')?.internalMeetingId).not.to.equal(ended[0]?.internalMeetingId);
  });

  it('tells nothing of a meeting that moves, of a create that failed, or of a copy', async () => {
    await rig.create('class');
    await rig.round();
    rig.sim('bbb1').faults.set('*', { kind: 'status', status: 502 });
    for (let round = 0; round < 3; round += 1) await rig.round('bbb1');
    await rig.create('class');
    expect(rig.serverOf('class')).to.equal('bbb2');
    rig.sim('bbb1').faults.clear();
    await rig.round();
    expect(rig.copies('class')).to.deep.equal(['bbb2']);
    for (const id of ['bbb1', 'bbb2']) {
      rig.sim(id).faults.set('create', { kind: 'failed', key: 'someKey' });
    }
    await rig.create('refused');
    expect(ended).to.deep.equal([]);
    await rig.calls.panic('bbb2');
    expect(ended.map(({ scopedId }) => scopedId)).to.deep.equal(['class']);
  });
});
