import { expect } from 'chai';
import { BbbError } from '../../src/bbb/error.js';
import { disable, drain } from '../../src/pool/admin-state.js';
import { meetingRig, type MeetingRig } from '../support/meeting-rig.js';

describe('MeetingCalls over simulated servers', () => {
  let rig: MeetingRig;
  beforeEach(async () => {
    rig = await meetingRig();
  });
  afterEach(async () => {
    await rig.stop();
  });

  const located = (meetingId: string) => rig.calls.locate('default', meetingId)!;
  const refusal = async (promise: Promise<unknown>): Promise<string> => {
    const error: unknown = await promise.then(() => expect.fail('it was answered')).catch((e: unknown) => e);
    if (error instanceof BbbError) return error.messageKey;
    throw error;
  };

  it('locates a meeting from memory, with what the last poll showed', async () => {
    const { serverId } = await rig.create('class');
    expect(located('class')).to.deep.include({ isGone: false, polled: undefined });
    rig.setAttendees(serverId, 'class', 3);
    await rig.round();
    expect(located('class').polled!.attendees).to.equal(3);
    expect(located('class').server.definition.id).to.equal(serverId);
    expect(rig.calls.locate('default', 'other')).to.equal(undefined);
    expect(rig.calls.locate('other', 'class')).to.equal(undefined);
  });

  it('relays an end, and refuses it when the server does not answer', async () => {
    await rig.create('class');
    rig.sim('bbb1').faults.set('end', { kind: 'reset' });
    expect(await refusal(rig.calls.end(located('class'), 'meetingID=class'))).to.equal('serverUnavailable');
    expect(rig.directory.byScopedId('class')!.endRequestedAt).to.equal(undefined);
    rig.sim('bbb1').faults.clear();
    const answer = await rig.calls.end(located('class'), 'meetingID=class');
    expect(answer!.messageKey).to.equal('sentEndMeetingRequest');
    expect(rig.copies('class')).to.deep.equal([]);
  });

  it('creates an ended meeting anew wherever there is room, before any poll has seen the end', async () => {
    await rig.create('class');
    await rig.calls.end(located('class'), 'meetingID=class');
    rig.loads.set('bbb1', { cpu: 0.8, memory: 0.2, networkBytesPerSecond: undefined, sampleAgeMs: 0 });
    const { answer, serverId } = await rig.create('class');
    expect([answer.returnCode, serverId]).to.deep.equal(['SUCCESS', 'bbb2']);
    await rig.round();
    await rig.round();
    expect(rig.serverOf('class')).to.equal('bbb2');
    expect(rig.copies('class')).to.deep.equal(['bbb2']);
  });

  describe('endByAdmin', () => {
    it('ends a meeting, knows nothing of others, and forgets one whose server is offline', async () => {
      expect(await rig.calls.endByAdmin('default', 'class')).to.equal(false);
      await rig.create('class');
      expect(await rig.calls.endByAdmin('default', 'class')).to.equal(true);
      expect(rig.copies('class')).to.deep.equal([]);
      await rig.create('second');
      const serverId = rig.serverOf('second')!;
      await rig.sim(serverId).refuse();
      for (let poll = 0; poll < 3; poll += 1) await rig.round();
      expect(await rig.calls.endByAdmin('default', 'second')).to.equal(true);
      expect(rig.directory.orphan(serverId, 'second')!.cause).to.equal('ended');
    });

    it('does not say that it ended what the server would not end', async () => {
      await rig.create('class');
      rig.sim('bbb1').faults.set('end', { kind: 'failed', key: 'invalidPassword' });
      expect(await refusal(rig.calls.endByAdmin('default', 'class'))).to.equal('serverUnavailable');
      expect(rig.directory.byScopedId('class')!.endRequestedAt).to.equal(undefined);
    });
  });

  describe('panic', () => {
    it('ends and forgets all meetings of the server, also those no poll has shown', async () => {
      await rig.create('polled');
      rig.setAttendees('bbb1', 'polled', 5);
      await rig.createDirectly('bbb1', 'foreign');
      await rig.round();
      await rig.create('young', { requiredTags: [] });
      const here = rig.serverOf('young') === 'bbb1' ? 3 : 2;
      expect(await rig.calls.panic('bbb1')).to.equal(here);
      expect(rig.directory.onServer('bbb1')).to.deep.equal([]);
      expect(rig.sim('bbb1').meetings.list()).to.deep.equal([]);
      await rig.round();
      expect(rig.directory.onServer('bbb1')).to.deep.equal([]);
      expect(await rig.calls.panic('unknown')).to.equal(0);
    });

    it('ends them once the server answers again, and lets creates place them elsewhere meanwhile', async () => {
      await rig.create('class');
      rig.setAttendees('bbb1', 'class', 5);
      await rig.round();
      await rig.sim('bbb1').refuse();
      expect(await rig.calls.panic('bbb1')).to.equal(1);
      expect((await rig.create('class')).serverId).to.equal('bbb2');
      await rig.sim('bbb1').accept();
      await rig.round();
      expect(rig.copies('class')).to.deep.equal(['bbb2']);
      expect(rig.serverOf('class')).to.equal('bbb2');
    });

    it('wins against a create under way: nothing is left of it', async () => {
      rig.sim('bbb1').faults.set('create', { kind: 'slow', delayMs: 100, isCarriedOut: true });
      const creating = refusal(rig.create('class'));
      while (rig.copies('class').length === 0) await rig.round('bbb3');
      await rig.calls.panic('bbb1');
      expect(await creating).to.equal('serverUnavailable');
      await rig.round();
      expect(rig.copies('class')).to.deep.equal([]);
      expect(rig.serverOf('class')).to.equal(undefined);
    });
  });

  it('forgets meetings and notes of a server that leaves the pool, also in the store', async () => {
    await rig.create('class');
    await rig.directory.noteOrphan({ serverId: 'bbb1', scopedId: 'other', notedAt: 1, cause: 'moved' });
    await rig.pool.remove('bbb1');
    expect(await rig.store.meetings.listMeetings()).to.deep.equal([]);
    expect(await rig.store.meetings.listOrphans()).to.deep.equal([]);
    expect(rig.calls.locate('default', 'class')).to.equal(undefined);
    expect((await rig.create('class')).serverId).to.equal('bbb2');
  });

  it('drains a server: no new meeting, and disabled once the last one has ended and is closed', async () => {
    await rig.create('class');
    rig.setAttendees('bbb1', 'class', 2);
    await drain(rig.pool, 'bbb1');
    expect((await rig.create('other')).serverId).to.equal('bbb2');
    await rig.round();
    expect((await rig.create('class')).serverId).to.equal('bbb1');
    expect(rig.pool.server('bbb1')!.definition.adminState).to.equal('cordoned');
    await rig.calls.end(located('class'), 'meetingID=class');
    rig.advance(1);
    await rig.round();
    await rig.round();
    expect(rig.pool.server('bbb1')!.definition.adminState).to.equal('disabled');
  });

  it('places the meeting of a disabled server anew when that does not answer', async () => {
    await rig.create('class');
    rig.setAttendees('bbb1', 'class', 2);
    await disable(rig.pool, 'bbb1');
    rig.sim('bbb1').faults.set('*', { kind: 'reset' });
    expect((await rig.create('class')).serverId).to.equal('bbb2');
  });
});
