import { expect } from 'chai';
import type { Meeting, MeetingHistory } from '../../src/meetings/meeting.js';
import { liveCopy, meetingRig, type MeetingRig } from '../support/meeting-rig.js';

const MINUTE = 60_000;

describe('meetings of servers that are out of service for long', () => {
  let rig: MeetingRig;
  let ended: Meeting[];

  beforeEach(async () => {
    rig = await meetingRig({ servers: ['bbb1', 'bbb2'] });
    ended = [];
    rig.directory.onEnded((meeting) => ended.push(meeting));
  });
  afterEach(() => rig.stop());

  const lose = async (): Promise<void> => {
    rig.sim('bbb1').faults.set('*', { kind: 'status', status: 502 });
    for (let round = 0; round < 3; round += 1) await rig.round('bbb1');
    expect(rig.pool.server('bbb1')?.health).to.equal('offline');
  };

  const recover = async (): Promise<void> => {
    rig.sim('bbb1').faults.clear();
    await rig.round();
  };

  const setState = async (adminState: 'enabled' | 'disabled'): Promise<void> => {
    const server = rig.pool.server('bbb1');
    if (server === undefined) throw new Error('bbb1 is not in the pool');
    await rig.pool.save({ ...server.definition, adminState });
  };

  const endedIds = (): readonly string[] => ended.map(({ scopedId }) => scopedId);

  const storedSessions = async (): Promise<readonly MeetingHistory[]> => {
    const sessions: MeetingHistory[] = [];
    for await (const portion of rig.store.history.pastSessions(0, 100)) sessions.push(...portion);
    return sessions;
  };

  it('are given up after ten minutes, as ended when their server was last seen', async () => {
    await rig.create('class');
    rig.setAttendees('bbb1', 'class', 7);
    await rig.round();
    const lastSeen = rig.pool.server('bbb1')?.poll?.startedAt;
    await lose();
    rig.advance(9 * MINUTE);
    await rig.keeper.giveUpLost();
    expect(rig.serverOf('class')).to.equal('bbb1');
    expect(ended).to.deep.equal([]);
    rig.advance(MINUTE);
    await rig.keeper.giveUpLost();
    expect(rig.serverOf('class')).to.equal(undefined);
    expect(endedIds()).to.deep.equal(['class']);
    const [session] = await storedSessions();
    expect(session).to.include({ meetingId: 'class', endedAt: lastSeen, maxAttendees: 7, wasMoved: true });
    expect(rig.directory.orphan('bbb1', 'class')?.cause).to.equal('moved');
    expect(rig.keeper.orphanCount).to.equal(1);
    await rig.keeper.giveUpLost();
    expect(endedIds()).to.deep.equal(['class']);
  });

  it('are known again, and end once more for good, when they come back with people in them', async () => {
    await rig.create('class');
    await rig.round();
    await lose();
    rig.advance(12 * MINUTE);
    await rig.keeper.giveUpLost();
    expect(rig.calls.locate('default', 'class')).to.equal(undefined);
    rig.setAttendees('bbb1', 'class', 7);
    await recover();
    const located = rig.calls.locate('default', 'class');
    expect(located).to.deep.include({ isGone: false });
    expect(located?.server.definition.id).to.equal('bbb1');
    expect(located?.polled?.attendees).to.equal(7);
    expect(rig.directory.orphanCount).to.equal(0);
    await rig.keeper.giveUpLost();
    expect(rig.serverOf('class')).to.equal('bbb1');
    rig.sim('bbb1').meetings.end(liveCopy(rig.sim('bbb1'), 'class')!);
    await rig.round();
    await rig.hints.meetingMayHaveEnded('default', 'class');
    expect(rig.serverOf('class')).to.equal(undefined);
    expect(endedIds()).to.deep.equal(['class', 'class']);
  });

  it('are ended there when they come back with nobody in them', async () => {
    await rig.create('class');
    await rig.round();
    await lose();
    rig.advance(12 * MINUTE);
    await rig.keeper.giveUpLost();
    await recover();
    expect(rig.copies('class')).to.deep.equal([]);
    expect(endedIds()).to.deep.equal(['class']);
  });

  it('stay where they were created anew meanwhile', async () => {
    await rig.create('class');
    await rig.round();
    await lose();
    rig.advance(12 * MINUTE);
    await rig.keeper.giveUpLost();
    const { serverId } = await rig.create('class');
    expect(serverId).to.equal('bbb2');
    rig.setAttendees('bbb2', 'class', 3);
    await rig.round('bbb2');
    await recover();
    expect(rig.serverOf('class')).to.equal('bbb2');
    expect(rig.copies('class')).to.deep.equal(['bbb2']);
    expect(endedIds()).to.deep.equal(['class']);
  });

  it('are left alone where they were placed anew before', async () => {
    await rig.create('class');
    await rig.round();
    await lose();
    await rig.create('class');
    rig.advance(12 * MINUTE);
    await rig.keeper.giveUpLost();
    expect(rig.serverOf('class')).to.equal('bbb2');
    expect(ended).to.deep.equal([]);
  });

  it('are kept on a disabled server that still has them: its people must not be split', async () => {
    await rig.create('class');
    await rig.round();
    await setState('disabled');
    rig.advance(30 * MINUTE);
    await rig.keeper.giveUpLost();
    expect(rig.serverOf('class')).to.equal('bbb1');
    rig.sim('bbb1').meetings.end(liveCopy(rig.sim('bbb1'), 'class')!);
    await rig.keeper.giveUpLost();
    expect(endedIds()).to.deep.equal(['class']);
  });

  it('are kept on a disabled server that fails to answer for a moment', async () => {
    await rig.create('class');
    await rig.round();
    await setState('disabled');
    for (const fault of ['502', 'FAILED'] as const) {
      rig.advance(30 * MINUTE);
      if (fault === '502') rig.sim('bbb1').faults.set('*', { kind: 'status', status: 502 });
      else rig.sim('bbb1').faults.set('*', { kind: 'failed', key: 'internalError' });
      await rig.keeper.giveUpLost();
      rig.sim('bbb1').faults.clear();
      rig.advance(MINUTE);
      await rig.keeper.giveUpLost();
    }
    expect(rig.serverOf('class')).to.equal('bbb1');
    expect(ended).to.deep.equal([]);
  });

  it('are given up of a disabled server that is dead, and known again once it is back and enabled', async () => {
    await rig.create('class');
    await rig.round();
    await setState('disabled');
    rig.sim('bbb1').faults.set('*', { kind: 'status', status: 502 });
    await rig.keeper.giveUpLost();
    rig.advance(9 * MINUTE);
    await rig.keeper.giveUpLost();
    expect(ended).to.deep.equal([]);
    rig.advance(MINUTE);
    await rig.keeper.giveUpLost();
    expect(endedIds()).to.deep.equal(['class']);
    // Nobody can end that copy, and nobody need be alarmed.
    expect([rig.directory.orphanCount, rig.keeper.orphanCount]).to.deep.equal([1, 0]);
    rig.sim('bbb1').faults.clear();
    rig.setAttendees('bbb1', 'class', 2);
    await setState('enabled');
    await rig.round();
    expect(rig.serverOf('class')).to.equal('bbb1');
  });

  it('are no more looked after once Ballast stops', async () => {
    await rig.create('class');
    await rig.round();
    await lose();
    rig.advance(12 * MINUTE);
    await rig.keeper.giveUpLost(AbortSignal.abort());
    expect(ended).to.deep.equal([]);
  });

  it('are kept for an hour while no server at all is in reach', async () => {
    await rig.create('class');
    await rig.round();
    rig.sim('bbb2').faults.set('*', { kind: 'status', status: 502 });
    for (let round = 0; round < 3; round += 1) await rig.round('bbb2');
    await lose();
    rig.advance(59 * MINUTE);
    await rig.keeper.giveUpLost();
    expect(rig.serverOf('class')).to.equal('bbb1');
    rig.advance(MINUTE);
    await rig.keeper.giveUpLost();
    expect(endedIds()).to.deep.equal(['class']);
  });

  it('are left to a server that comes back while they are given up', async () => {
    await rig.create('class');
    await rig.round();
    await lose();
    rig.advance(12 * MINUTE);
    const noteOrphan = rig.directory.noteOrphan.bind(rig.directory);
    rig.directory.noteOrphan = async (orphan) => {
      await noteOrphan(orphan);
      await recover();
    };
    await rig.keeper.giveUpLost();
    expect(rig.serverOf('class')).to.equal('bbb1');
    await rig.round();
    expect(rig.directory.orphanCount).to.equal(0);
    expect(rig.copies('class')).to.deep.equal(['bbb1']);
    expect(ended).to.deep.equal([]);
  });
});
