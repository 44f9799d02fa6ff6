import { expect } from 'chai';
import { cordon } from '../../src/pool/admin-state.js';
import { until } from '../support/app-rig.js';
import { createOutcome } from '../support/create-command.js';
import { meetingRig, type MeetingRig, type MeetingRigOptions } from '../support/meeting-rig.js';

const FIRST = 'bbb1';

describe('creates of meetings whose server fails', () => {
  let rig: MeetingRig;
  const start = async (options: MeetingRigOptions = {}): Promise<void> => {
    rig = await meetingRig(options);
  };
  afterEach(async () => {
    await rig.stop();
  });

  const outcome = (meetingId: string): Promise<string> => createOutcome(rig, meetingId);
  const goesOffline = async (serverId: string): Promise<void> => {
    await rig.sim(serverId).refuse();
    for (let poll = 0; poll < 3; poll += 1) await rig.round();
    expect(rig.pool.server(serverId)!.health).to.equal('offline');
  };
  const returns = async (serverId: string): Promise<void> => {
    await rig.sim(serverId).accept();
    rig.sim(serverId).faults.clear();
    await rig.round();
    await rig.round();
    expect(rig.pool.server(serverId)!.health).to.equal('online');
  };

  describe('while people may be on their way', () => {
    const joins = (count: number): void => {
      const meeting = rig.directory.byScopedId('class')!;
      for (let join = 0; join < count; join += 1) rig.learning.joins.joined(meeting, rig.now());
    };

    it('stays where people were sent since the poll that showed nobody', async () => {
      await start();
      await outcome('class');
      await rig.round();
      rig.advance(1);
      joins(3);
      rig.sim(FIRST).faults.set('*', { kind: 'status', status: 502 });
      expect(await outcome('class')).to.equal('serverUnavailable');
      expect(rig.serverOf('class')).to.equal(FIRST);
      rig.sim(FIRST).faults.clear();
      await rig.round();
      rig.sim(FIRST).faults.set('*', { kind: 'status', status: 502 });
      expect(await outcome('class'), 'the next poll shows that nobody came').to.equal('bbb2 SUCCESS');
    });

    it('stays where a poll that ran beside its create did not show it yet', async () => {
      await start();
      rig.sim(FIRST).faults.set('create', { kind: 'slow', delayMs: 150 });
      const first = outcome('class');
      await until('it is claimed', () => rig.serverOf('class') === FIRST);
      await rig.round();
      expect(rig.pool.server(FIRST)!.poll!.meetings.has('class')).to.equal(false);
      expect(await first).to.equal('bbb1 SUCCESS');
      joins(3);
      rig.sim(FIRST).faults.clear();
      rig.sim(FIRST).faults.set('*', { kind: 'status', status: 502 });
      expect(await outcome('class')).to.equal('serverUnavailable');
      expect(rig.serverOf('class')).to.equal(FIRST);
    });
  });

  it('of a known meeting goes to its server that refused connections for a moment and is back', async () => {
    await start({ probeAfterMs: 600 });
    await outcome('class');
    rig.setAttendees(FIRST, 'class', 3);
    await rig.round();
    await rig.sim(FIRST).refuse();
    const repeat = outcome('class');
    await until('the create was refused', () => rig.pool.server(FIRST)?.health === 'unstable');
    await rig.sim(FIRST).accept();
    expect(await repeat).to.equal('bbb1 SUCCESS duplicateWarning');
    expect(rig.copies('class')).to.deep.equal([FIRST]);
  });

  it('takes nobody for outside while no poll has shown the meeting: people may have come since', async () => {
    await start();
    await outcome('class');
    rig.setAttendees(FIRST, 'class', 20);
    rig.sim(FIRST).faults.set('*', { kind: 'hang' });
    expect(await outcome('class')).to.equal('serverUnavailable');
    expect(rig.serverOf('class')).to.equal(FIRST);
  });

  describe('when the server of a meeting is offline', () => {
    beforeEach(async () => {
      await start();
      await outcome('class');
    });

    it('is placed anew by the next create, and the empty old copy is ended on the return', async () => {
      await goesOffline(FIRST);
      expect(await outcome('class')).to.equal('bbb2 SUCCESS');
      expect(rig.directory.byScopedId('class')!.wasMoved).to.equal(true);
      expect(rig.directory.orphan(FIRST, 'class')?.cause).to.equal('moved');
      await returns(FIRST);
      expect(rig.copies('class')).to.deep.equal(['bbb2']);
      expect(rig.serverOf('class')).to.equal('bbb2');
    });

    it('keeps the fuller copy on the return, and ends the other', async () => {
      rig.setAttendees(FIRST, 'class', 5);
      await goesOffline(FIRST);
      await outcome('class');
      rig.setAttendees('bbb2', 'class', 2);
      await rig.round();
      await returns(FIRST);
      expect(rig.copies('class')).to.deep.equal([FIRST]);
      expect(rig.serverOf('class')).to.equal(FIRST);
      await rig.round();
      expect(rig.keeper.splitCount).to.equal(0);
      expect(rig.logger.lines.join()).to.include('error a meeting runs on two servers');
    });

    it('goes on with the copy joins go to when that is the fuller one', async () => {
      rig.setAttendees(FIRST, 'class', 2);
      await goesOffline(FIRST);
      await outcome('class');
      rig.setAttendees('bbb2', 'class', 5);
      await rig.round();
      await returns(FIRST);
      expect(rig.copies('class')).to.deep.equal(['bbb2']);
    });

    it('is still served on the return when nobody created it anew', async () => {
      rig.setAttendees(FIRST, 'class', 5);
      await goesOffline(FIRST);
      rig.advance(600_000);
      await returns(FIRST);
      expect(rig.calls.locate('default', 'class')).to.deep.include({ isGone: false });
      expect(await outcome('class')).to.equal('bbb1 SUCCESS duplicateWarning');
      expect(rig.copies('class')).to.deep.equal([FIRST]);
    });

    it('stays where it was when no other server takes it', async () => {
      await goesOffline(FIRST);
      for (const id of ['bbb2', 'bbb3']) rig.sim(id).faults.set('create', { kind: 'status', status: 500 });
      expect(await outcome('class')).to.equal('serverUnavailable');
      expect(rig.serverOf('class')).to.equal(FIRST);
      expect(await rig.store.meetings.findMeeting('default', 'class')).to.deep.include({
        serverId: FIRST,
        state: 'running',
      });
    });
  });

  it('spreads the meetings of a server that died, all created anew at once, over the others', async () => {
    await start({ servers: ['bbb1', 'bbb2', 'bbb3', 'bbb4', 'bbb5'] });
    const names = Array.from({ length: 40 }, (_, index) => `class-${index}`);
    for (const other of ['bbb2', 'bbb3', 'bbb4', 'bbb5']) await cordon(rig.pool, other);
    await Promise.all(names.map(outcome));
    for (const other of ['bbb2', 'bbb3', 'bbb4', 'bbb5']) {
      rig.loads.set(other, { cpu: 0.1, memory: 0.2, networkBytesPerSecond: undefined, sampleAgeMs: 0 });
      await rig.pool.save({ ...rig.pool.server(other)!.definition, adminState: 'enabled' });
    }
    await goesOffline(FIRST);
    const outcomes = await Promise.all(names.map(outcome));
    const counts = ['bbb2', 'bbb3', 'bbb4', 'bbb5'].map(
      (id) => outcomes.filter((text) => text === `${id} SUCCESS`).length,
    );
    expect(counts.reduce((sum, count) => sum + count, 0)).to.equal(40);
    expect(Math.max(...counts)).to.be.at.most(13);
  });
});
