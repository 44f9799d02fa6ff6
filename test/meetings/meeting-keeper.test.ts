import { expect } from 'chai';
import { liveCopy, meetingRig, type MeetingRig } from '../support/meeting-rig.js';

const GRACE_MS = 61_000;

describe('MeetingKeeper over simulated servers', () => {
  let rig: MeetingRig;
  beforeEach(async () => {
    rig = await meetingRig();
  });
  afterEach(async () => {
    await rig.stop();
  });

  const endOn = (serverId: string, meetingId: string): void => {
    const { meetings } = rig.sim(serverId);
    meetings.end(meetings.find(meetingId)!);
  };

  describe('adopts', () => {
    it('a meeting made directly on a server, with its age by our clock', async () => {
      rig.sim('bbb2').setClockSkew(-300_000);
      await rig.createDirectly('bbb2', 'foreign');
      await rig.round();
      const row = rig.directory.byScopedId('foreign')!;
      expect(row).to.deep.include({ serverId: 'bbb2', state: 'running', meetingId: 'foreign' });
      expect(row.internalMeetingId).to.equal(rig.sim('bbb2').meetings.find('foreign')!.internalId);
      expect(rig.now() - row.claimedAt).to.be.within(0, 5_000);
      expect((await rig.create('foreign')).serverId).to.equal('bbb2');
      expect(await rig.store.meetings.findMeeting('default', 'foreign')).to.deep.equal(
        rig.directory.byScopedId('foreign'),
      );
    });

    it('no meeting whose create is under way, though a poll shows it', async () => {
      rig.sim('bbb1').faults.set('create', { kind: 'slow', delayMs: 100, isCarriedOut: true });
      const creating = rig.create('class');
      while (liveCopy(rig.sim('bbb1'), 'class') === undefined) await rig.round('bbb2');
      await rig.round();
      expect(rig.directory.byScopedId('class')!.state).to.equal('claimed');
      await creating;
      expect(rig.directory.byScopedId('class')!.state).to.equal('running');
      expect(rig.logger.lines.join()).to.not.include('adopted');
    });

    it('no meeting from a poll that began before it was closed', async () => {
      await rig.create('class');
      rig.sim('bbb1').faults.set('getMeetings', { kind: 'slow', delayMs: 80, isCarriedOut: true });
      const polling = rig.round('bbb1');
      const located = rig.calls.locate('default', 'class')!;
      await rig.directory.close(located.meeting);
      await polling;
      expect(rig.serverOf('class')).to.equal(undefined);
      rig.sim('bbb1').faults.clear();
      await rig.round();
      expect(rig.serverOf('class')).to.equal('bbb1');
    });

    it('no breakout room', async () => {
      await rig.create('class');
      const parent = rig.sim('bbb1').meetings.find('class')!;
      const { settings } = parent;
      rig
        .sim('bbb1')
        .meetings.create(
          'room-1',
          { ...settings, breakout: { parentInternalId: parent.internalId, sequence: 1, isFreeJoin: false } },
          'room-internal',
        );
      await rig.round();
      expect([...rig.directory.all()].map(({ scopedId }) => scopedId)).to.deep.equal(['class']);
    });
  });

  describe('closes', () => {
    it('a meeting that two good polls in a row miss past the grace, and writes its history', async () => {
      await rig.create('class');
      rig.setAttendees('bbb1', 'class', 7);
      await rig.round();
      rig.setAttendees('bbb1', 'class', 2);
      await rig.round();
      endOn('bbb1', 'class');
      await rig.round();
      await rig.round();
      expect(rig.serverOf('class')).to.equal('bbb1');
      rig.advance(GRACE_MS);
      await rig.round();
      expect(rig.serverOf('class')).to.equal('bbb1');
      await rig.round();
      expect(rig.serverOf('class')).to.equal(undefined);
      const [history] = await rig.store.history.listHistory({ tenantId: 'default', limit: 5 });
      expect(history).to.deep.include({ meetingId: 'class', serverId: 'bbb1', maxAttendees: 7 });
    });

    it('nothing because of polls that fail, however many', async () => {
      await rig.create('class');
      await rig.round();
      rig.advance(GRACE_MS);
      for (const kind of ['hang', 'cut', 'garbage', 'html', 'reset', 'wrongSecret'] as const) {
        rig.sim('bbb1').faults.set('getMeetings', { kind });
        await rig.round('bbb1');
        await rig.round('bbb1');
      }
      rig.sim('bbb1').faults.clear();
      await rig.round();
      expect(rig.calls.locate('default', 'class')!.isGone).to.equal(false);
      expect(await rig.store.meetings.findMeeting('default', 'class')).to.not.equal(undefined);
    });

    it('nothing that a poll shows again after one miss', async () => {
      await rig.create('class');
      rig.advance(GRACE_MS);
      const kept = rig.sim('bbb1').meetings.find('class')!.settings;
      for (let turn = 0; turn < 3; turn += 1) {
        endOn('bbb1', 'class');
        await rig.round();
        rig.sim('bbb1').meetings.create('class', kept);
        await rig.round();
      }
      expect(rig.serverOf('class')).to.equal('bbb1');
    });

    it('a meeting that was ended at the first poll after it, and frees the ID', async () => {
      await rig.create('class');
      await rig.round();
      await rig.calls.end(rig.calls.locate('default', 'class')!, 'meetingID=class');
      expect(rig.directory.byScopedId('class')!.endRequestedAt).to.be.a('number');
      rig.advance(1);
      await rig.round();
      expect(rig.serverOf('class')).to.equal(undefined);
    });

    it('nothing by a poll that began before the end was asked for, or before the meeting was made', async () => {
      await rig.create('old');
      await rig.round();
      endOn('bbb1', 'old');
      rig.sim('bbb1').faults.set('getMeetings', { kind: 'slow', delayMs: 60, isCarriedOut: true });
      const polling = rig.round('bbb1');
      await rig.create('young');
      const row = rig.directory.byScopedId('old')!;
      await rig.directory.update(row, { ...row, endRequestedAt: rig.now() + 1 });
      await polling;
      expect([rig.serverOf('old'), rig.serverOf('young')].filter(Boolean)).to.have.length(2);
    });

    it('no meeting that was created anew while the polls were being worked on', async () => {
      for (const name of ['class-1', 'class-2']) {
        await rig.create(name);
        const row = rig.directory.byScopedId(name)!;
        await rig.directory.update(row, { ...row, endRequestedAt: rig.now() });
        endOn(row.serverId, name);
      }
      const [first, second] = ['class-1', 'class-2'].map((name) => rig.directory.byScopedId(name)!);
      expect(first!.serverId).to.equal('bbb1');
      await rig.round('bbb3');
      rig.advance(10);
      // The store closes the first one slowly; meanwhile the second one is created again.
      const original = rig.store.meetings.closeMeeting.bind(rig.store.meetings);
      let isRecreated = false;
      Object.assign(rig.store.meetings, {
        closeMeeting: async (...args: Parameters<typeof original>): Promise<void> => {
          if (!isRecreated) {
            isRecreated = true;
            rig.advance(10);
            await rig.create('class-2');
          }
          await original(...args);
        },
      });
      await rig.round(first!.serverId, second!.serverId);
      expect(isRecreated).to.equal(true);
      expect(rig.serverOf('class-1')).to.equal(undefined);
      expect(rig.copies('class-2')).to.deep.equal([rig.serverOf('class-2')]);
    });
  });

  describe('ends', () => {
    it('a meeting that was ended while its server was offline, whoever is in it', async () => {
      await rig.create('class');
      rig.setAttendees('bbb1', 'class', 4);
      await rig.sim('bbb1').refuse();
      for (let poll = 0; poll < 3; poll += 1) await rig.round();
      const located = rig.calls.locate('default', 'class')!;
      expect(located.isGone).to.equal(true);
      expect(await rig.calls.end(located, 'meetingID=class')).to.equal(undefined);
      expect(rig.serverOf('class')).to.equal(undefined);
      await rig.sim('bbb1').accept();
      // A poll of the very millisecond of the close may have begun before it, and is not believed.
      rig.advance(1);
      await rig.round();
      expect(rig.copies('class')).to.deep.equal([]);
      expect(rig.serverOf('class')).to.equal(undefined);
    });

    it('adopts a copy given up that has people in it by now, when no other is wanted', async () => {
      rig.sim('bbb1').faults.set('create', { kind: 'hang', isCarriedOut: true });
      await rig.create('class');
      await rig.calls.end(rig.calls.locate('default', 'class')!, 'meetingID=class');
      rig.sim('bbb1').faults.clear();
      rig.advance(1);
      await rig.round('bbb2');
      expect(rig.serverOf('class')).to.equal(undefined);
      rig.setAttendees('bbb1', 'class', 3);
      // A poll begun in the millisecond of the close would be left out.
      rig.advance(1);
      await rig.round();
      expect(rig.serverOf('class')).to.equal('bbb1');
      expect(rig.directory.orphan('bbb1', 'class')).to.equal(undefined);
    });

    it('no copy that a create has been answered with since the poll', async () => {
      rig.sim('bbb1').faults.set('create', { kind: 'hang', isCarriedOut: true });
      for (const id of ['bbb2', 'bbb3']) rig.sim(id).faults.set('create', { kind: 'status', status: 500 });
      await rig.create('class').catch(() => undefined);
      expect(rig.copies('class')).to.deep.equal(['bbb1']);
      for (const sim of rig.sims) sim.faults.clear();
      await rig.round('bbb2', 'bbb3');
      rig.sim('bbb1').faults.set('end', { kind: 'slow', delayMs: 100, times: 1 });
      const polling = rig.round('bbb1');
      while (rig.sim('bbb1').faults.list().end !== undefined) await rig.round('bbb3');
      const { answer, serverId } = await rig.create('class');
      await polling;
      expect(answer.messageKey ?? '').to.not.equal('duplicateWarning');
      await rig.round();
      expect(rig.copies('class')).to.deep.equal([serverId]);
    });
  });
});
