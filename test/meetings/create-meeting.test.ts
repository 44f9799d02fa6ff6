import { expect } from 'chai';
import { cordon } from '../../src/pool/admin-state.js';
import { createOutcome } from '../support/create-command.js';
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

  const outcome = (meetingId: string): Promise<string> => createOutcome(rig, meetingId);

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
