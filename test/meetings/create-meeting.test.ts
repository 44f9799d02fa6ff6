import { expect } from 'chai';
import { BbbError } from '../../src/bbb/error.js';
import { cordon } from '../../src/pool/admin-state.js';
import { until } from '../support/app-rig.js';
import { meetingRig, type MeetingRig, type MeetingRigOptions } from '../support/meeting-rig.js';
import { elementText } from '../support/sim-client.js';

const FIRST = 'bbb1';

describe('MeetingCreator over simulated servers', () => {
  let rig: MeetingRig;
  const start = async (options: MeetingRigOptions = {}): Promise<void> => {
    rig = await meetingRig(options);
  };
  afterEach(async () => {
    await rig.stop();
  });

  /** What a create came to: the server and the messageKey, or the key of the refusal. */
  const outcome = async (meetingId: string): Promise<string> => {
    try {
      const { answer, serverId } = await rig.create(meetingId);
      return `${serverId} ${answer.returnCode ?? ''} ${answer.messageKey ?? ''}`.trim();
    } catch (error) {
      if (error instanceof BbbError) return error.messageKey;
      throw error;
    }
  };
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

  it('makes one meeting of 1,000 creates at the same time', async function () {
    this.timeout(20_000);
    await start({ isEven: true, limits: { deadlineMs: 12_000, firstTryMs: 5_000 } });
    const results = await Promise.all(Array.from({ length: 1_000 }, () => rig.create('class')));
    const servers = new Set(results.map(({ serverId }) => serverId));
    const answers = results.map(({ answer }) => answer);
    expect(servers.size).to.equal(1);
    expect(new Set(answers.map(({ body }) => elementText(body.toString(), 'createTime'))).size).to.equal(1);
    expect(new Set(answers.map(({ returnCode }) => returnCode))).to.deep.equal(new Set(['SUCCESS']));
    expect(answers.filter(({ messageKey }) => messageKey === 'duplicateWarning')).to.have.length(999);
    expect(rig.copies('class')).to.deep.equal([...servers]);
  });

  it('lets one of those who wait try again when the first was refused', async () => {
    await start();
    rig.sim(FIRST).faults.set('create', { kind: 'failed', key: 'nonUniqueVoiceBridge', times: 1 });
    const outcomes = await Promise.all(Array.from({ length: 20 }, () => outcome('class')));
    expect(outcomes.filter((text) => text.includes('FAILED'))).to.have.length(1);
    expect(outcomes.filter((text) => text.includes('duplicateWarning'))).to.have.length(18);
    expect(rig.copies('class')).to.have.length(1);
  });

  describe('a create of a meeting that is known', () => {
    beforeEach(async () => {
      await start();
      expect(await outcome('class')).to.equal('bbb1 SUCCESS');
      await rig.round();
    });

    it('goes to its server, however heavy that is by now, and relays idNotUnique', async () => {
      rig.loads.set(FIRST, { cpu: 0.99, memory: 0.9, networkBytesPerSecond: undefined, sampleAgeMs: 0 });
      expect(await outcome('class')).to.equal('bbb1 SUCCESS duplicateWarning');
      const { answer } = await rig.create('class', { query: 'name=x1&meetingID=class&attendeePW=other' });
      expect(answer.messageKey).to.equal('idNotUnique');
      expect(rig.serverOf('class')).to.equal(FIRST);
    });

    it('goes to its server also when that is cordoned, until the meeting has ended there', async () => {
      await cordon(rig.pool, FIRST);
      expect(await outcome('class')).to.equal('bbb1 SUCCESS duplicateWarning');
      rig.sim(FIRST).meetings.end(rig.sim(FIRST).meetings.find('class')!);
      expect(await outcome('class')).to.equal('bbb2 SUCCESS');
      expect(rig.copies('class')).to.deep.equal(['bbb2']);
    });

    it('follows the new meeting when the old one ended unseen', async () => {
      const before = rig.directory.byScopedId('class')!;
      rig.sim(FIRST).meetings.end(rig.sim(FIRST).meetings.find('class')!);
      expect(await outcome('class')).to.equal('bbb1 SUCCESS');
      const after = rig.directory.byScopedId('class')!;
      expect(after.internalMeetingId).to.equal(rig.sim(FIRST).meetings.find('class')!.internalId);
      expect(after.internalMeetingId).to.not.equal(before.internalMeetingId);
      expect(after.claimedAt).to.be.at.least(before.claimedAt);
    });

    for (const state of ['enabled', 'cordoned'] as const) {
      it(`is refused, not moved, while its ${state} server hangs and people are in it`, async () => {
        rig.setAttendees(FIRST, 'class', 3);
        await rig.round();
        if (state === 'cordoned') await cordon(rig.pool, FIRST);
        rig.sim(FIRST).faults.set('*', { kind: 'hang' });
        expect(await outcome('class')).to.equal('serverUnavailable');
        expect(rig.serverOf('class')).to.equal(FIRST);
        expect(rig.copies('class')).to.deep.equal([FIRST]);
        for (let poll = 0; poll < 3; poll += 1) await rig.round();
        expect(await outcome('class')).to.equal('bbb2 SUCCESS');
      }).timeout(8_000);
    }

    it('moves from a server that hangs when nobody was in it', async () => {
      rig.sim(FIRST).faults.set('*', { kind: 'hang' });
      expect(await outcome('class')).to.equal('bbb2 SUCCESS');
      rig.sim(FIRST).faults.clear();
      await rig.round();
      expect(rig.copies('class')).to.deep.equal(['bbb2']);
    });

    it('moves at once from a server that refuses connections twice: nobody can be in it', async () => {
      rig.setAttendees(FIRST, 'class', 3);
      await rig.round();
      await rig.sim(FIRST).refuse();
      expect(await outcome('class')).to.equal('bbb2 SUCCESS');
    });

    it('stays while only bbb-web restarts', async () => {
      rig.setAttendees(FIRST, 'class', 3);
      await rig.round();
      rig.sim(FIRST).faults.set('*', { kind: 'status', status: 502 });
      expect(await outcome('class')).to.equal('serverUnavailable');
      rig.sim(FIRST).faults.clear();
      expect(await outcome('class')).to.equal('bbb1 SUCCESS duplicateWarning');
    });
  });

  describe('a create of a known meeting whose server fails', () => {
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

  it('keeps a create whose meeting is closed by a poll while its answer is on the way', async () => {
    await start();
    await outcome('class');
    rig.advance(61_000);
    rig.sim(FIRST).meetings.forgetAll();
    await rig.round();
    rig.sim(FIRST).faults.set('create', { kind: 'slow', delayMs: 150 });
    const repeat = outcome('class');
    await rig.round();
    expect(rig.serverOf('class')).to.equal(undefined);
    expect(await repeat).to.equal('bbb1 SUCCESS');
    expect(rig.serverOf('class')).to.equal(FIRST);
    expect(await rig.store.meetings.findMeeting('default', 'class')).to.deep.include({ state: 'running' });
  });
});
