import { expect } from 'chai';
import { settle } from '../support/manual-clock.js';
import { meetingEndsRig, ROOM, type MeetingEndsRig } from '../support/meeting-ends-rig.js';

describe('ends of rooms that are created again at once', () => {
  let rig: MeetingEndsRig;

  beforeEach(async () => {
    rig = await meetingEndsRig();
  });

  it('tells of a session that ended unseen, and later of the one that was created in its place', async () => {
    const target = await rig.create();
    rig.ends.ended(ROOM);
    const before = rig.targets.settle(target.id, 'x-2');
    if (before === undefined) throw new Error('there was no session before');
    rig.ends.replaced(before);
    await rig.clock.advance(20_000);
    expect(rig.due()).to.have.lengthOf(2);
    rig.ends.ended(ROOM);
    await rig.clock.advance(20_000);
    expect(rig.due()).to.have.lengthOf(4);
    expect(rig.targets.open()).to.deep.equal([]);
  });

  it('takes a late call for the session before, when the room was created again at once', async () => {
    const target = await rig.create();
    rig.ends.ended(ROOM);
    const before = rig.targets.settle(target.id, 'x-2');
    if (before === undefined) throw new Error('there was no session before');
    rig.ends.replaced(before);
    const current = rig.targets.peek(target.id);
    if (current === undefined) throw new Error('the target is gone');
    expect(await rig.ends.arrived(current, 'end', true)).to.equal('added');
    expect(rig.asked).to.deep.equal([]);
    expect(rig.due()).to.deep.equal(['https://a.example/end?recordingmarks=true&meetingID=room']);
    for (const callback of rig.outbox.values()) {
      expect(await rig.ends.beforeDelivery(callback)).to.equal('deliver');
    }
    await rig.clock.advance(20_000);
    const told = ['https://a.example/end?recordingmarks=true&meetingID=room', 'https://a.example/ended'];
    expect(rig.due()).to.have.members(told);
    // The next call is of the session that runs.
    expect(await rig.ends.arrived(current, 'end', false)).to.equal('added');
    expect(rig.asked).to.deep.equal(['school room']);
    expect(rig.due()).to.have.members(told);
  });

  it('takes a late call for the session before after a restart as well, with its recording marks', async () => {
    const target = await rig.create();
    rig.ends.ended(ROOM);
    const before = rig.targets.settle(target.id, 'x-2');
    if (before === undefined) throw new Error('there was no session before');
    rig.ends.replaced(before);
    await settle();
    await rig.clock.advance(5_000);
    await rig.ends.stop();
    await rig.start();
    const current = rig.targets.peek(target.id);
    if (current === undefined) throw new Error('the target is gone');
    expect(await rig.ends.arrived(current, 'end', true)).to.equal('added');
    expect(rig.asked).to.deep.equal([]);
    await rig.clock.advance(20_000);
    expect(rig.due()).to.have.members([
      'https://a.example/end?recordingmarks=true&meetingID=room',
      'https://a.example/ended',
    ]);
    expect(await rig.ends.arrived(current, 'ended', false)).to.equal('added');
    expect(rig.asked).to.deep.equal(['school room']);
  });

  it('takes a call for the running session where the server had told of the one before', async () => {
    const target = await rig.create();
    await rig.ends.arrived(target, 'end', true);
    rig.ends.ended(ROOM);
    const before = rig.targets.settle(target.id, 'x-2');
    if (before !== undefined) rig.ends.replaced(before);
    const current = rig.targets.peek(target.id);
    if (current === undefined) throw new Error('the target is gone');
    rig.asked = [];
    expect(await rig.ends.arrived(current, 'end', true)).to.equal('added');
    expect(rig.asked).to.deep.equal(['school room']);
    expect(rig.due()).to.deep.equal(['https://a.example/end?recordingmarks=true&meetingID=room']);
  });
});
