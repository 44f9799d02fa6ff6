import { expect } from 'chai';
import { settle } from '../support/manual-clock.js';
import { meetingEndsRig, ROOM, type MeetingEndsRig } from '../support/meeting-ends-rig.js';

describe('MeetingEnds', () => {
  let rig: MeetingEndsRig;

  beforeEach(async () => {
    rig = await meetingEndsRig();
  });

  it('keeps what a server says until the meeting is over, and asks for it at once', async () => {
    const target = await rig.create();
    expect(await rig.ends.arrived(target, 'end', true)).to.equal('added');
    expect(await rig.ends.arrived(target, 'ended', false)).to.equal('added');
    expect(rig.asked).to.deep.equal(['school room', 'school room']);
    expect(rig.due()).to.deep.equal([]);
    rig.ends.ended(ROOM);
    await settle();
    expect(rig.due()).to.deep.equal([
      'https://a.example/end?recordingmarks=true&meetingID=room',
      'https://a.example/ended',
    ]);
    expect(rig.clock.pending).to.equal(0);
    expect(rig.targets.open()).to.deep.equal([]);
    expect(await rig.ends.arrived(target, 'end', true)).to.equal('known');
  });

  it('waits for a server to call, and then tells of the end itself', async () => {
    const target = await rig.create();
    rig.ends.ended(ROOM);
    await rig.clock.advance(19_999);
    expect(rig.outbox.size).to.equal(0);
    await rig.clock.advance(1);
    expect(rig.due()).to.deep.equal([
      'https://a.example/end?recordingmarks=false&meetingID=room',
      'https://a.example/ended',
    ]);
    expect(await rig.ends.arrived(target, 'ended', false)).to.equal('known');
    expect(rig.targets.open()).to.deep.equal([]);
  });

  it('takes the word of a server that calls meanwhile', async () => {
    await rig.create();
    rig.ends.ended(ROOM);
    await settle();
    const target = rig.targets.open()[0];
    if (target === undefined) throw new Error('the target is told already');
    await rig.ends.arrived(target, 'end', true);
    expect(rig.due()).to.deep.equal(['https://a.example/end?recordingmarks=true&meetingID=room']);
    await rig.clock.advance(20_000);
    expect(rig.due()).to.deep.equal([
      'https://a.example/end?recordingmarks=true&meetingID=room',
      'https://a.example/ended',
    ]);
  });

  it('does not wait for a server that is gone', async () => {
    await rig.create();
    rig.isServerGone = true;
    rig.ends.ended(ROOM);
    await rig.clock.advance(0);
    expect(rig.due()).to.have.lengthOf(2);
  });

  it('takes the end of a copy back while the meeting lives on', async () => {
    const target = await rig.create();
    await rig.ends.arrived(target, 'end', false);
    const [callback] = rig.outbox.values();
    if (callback === undefined) throw new Error('nothing was added');
    expect(await rig.ends.beforeDelivery(callback)).to.equal('withdraw');
    rig.isAlive = new Error('the server does not answer');
    const error: unknown = await rig.ends.beforeDelivery(callback).catch((reason: unknown) => reason);
    expect(error).to.equal(rig.isAlive);
    rig.isAlive = false;
    expect(await rig.ends.beforeDelivery(callback)).to.equal('deliver');
    [rig.isAlive, rig.isKnown] = [true, true];
    rig.ends.ended(ROOM);
    await settle();
    expect(await rig.ends.beforeDelivery(callback)).to.equal('deliver');
  });

  it('knows a call that differs in its marks alone', async () => {
    const target = await rig.create();
    rig.ends.ended(ROOM);
    await rig.clock.advance(20_000);
    expect(await rig.ends.arrived(target, 'end', true)).to.equal('known');
    expect(rig.due()).to.have.lengthOf(2);
  });

  it('begins nothing more once it is stopped, and takes it up at the next start', async () => {
    await rig.create();
    rig.ends.ended(ROOM);
    await rig.ends.stop();
    expect(rig.clock.pending).to.equal(0);
    await rig.start();
    await rig.ends.stop();
    rig.ends.ended(ROOM);
    rig.ends.sweep();
    await rig.clock.advance(20_000);
    expect(rig.outbox.size).to.equal(0);
    rig.isKnown = false;
    await rig.start();
    rig.ends.sweep();
    await rig.clock.advance(20_000);
    expect(rig.due()).to.have.lengthOf(2);
  });

  it('tells nothing of a session that was closed by mistake and goes on', async () => {
    const target = await rig.create();
    rig.ends.ended(ROOM);
    await settle();
    rig.targets.settle(target.id, 'x-1');
    await rig.clock.advance(60_000);
    expect(rig.outbox.size).to.equal(0);
  });

  it('takes up after a start what a cut run has left', async () => {
    await rig.create();
    rig.ends.ended(ROOM);
    await settle();
    await rig.ends.stop();
    await rig.start();
    rig.ends.sweep();
    await rig.clock.advance(20_000);
    expect(rig.due()).to.have.lengthOf(2);
  });

  it('tells of meetings that were closed while nobody was told', async () => {
    await rig.create();
    await rig.targets.stop();
    await rig.start();
    rig.ends.sweep();
    await rig.clock.advance(60_000);
    expect(rig.outbox.size).to.equal(0);
    rig.isKnown = false;
    rig.ends.sweep();
    await rig.clock.advance(20_000);
    expect(rig.due()).to.have.lengthOf(2);
  });

  it('forgets the targets of creates that came to nothing', async () => {
    await rig.targets.claim({
      tenantId: 'school',
      meetingId: 'room',
      urls: { end: 'https://a' },
      isRecorded: false,
      isBreakout: false,
    });
    rig.isKnown = false;
    rig.ends.sweep();
    expect(rig.targets.open()).to.have.lengthOf(1);
    await rig.clock.advance(3_600_001);
    rig.ends.sweep();
    await rig.targets.stop();
    expect(rig.targets.open()).to.deep.equal([]);
    expect(rig.store.rows.size).to.equal(0);
    expect(rig.outbox.size).to.equal(0);
  });

  it('has nobody to tell where no end was asked for', async () => {
    await rig.create({ analytics: 'https://a.example' });
    rig.ends.ended(ROOM);
    await settle();
    expect(rig.targets.open()).to.deep.equal([]);
    expect(rig.clock.pending).to.equal(0);
  });
});
