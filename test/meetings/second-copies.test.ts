import { expect } from 'chai';
import { meetingRig, type MeetingRig } from '../support/meeting-rig.js';

describe('SecondCopies over simulated servers', () => {
  let rig: MeetingRig;
  beforeEach(async () => {
    rig = await meetingRig();
  });
  afterEach(async () => {
    await rig.stop();
  });

  it('ends the emptier copy of a split made behind its back, never one with people while the other is empty', async () => {
    await rig.create('class');
    await rig.createDirectly('bbb3', 'class');
    rig.setAttendees('bbb3', 'class', 2);
    rig.advance(10);
    rig.sim('bbb3').faults.set('end', { kind: 'status', status: 500, times: 1 });
    rig.sim('bbb1').faults.set('end', { kind: 'status', status: 500, times: 1 });
    await rig.round('bbb3');
    expect(rig.copies('class')).to.deep.equal(['bbb1', 'bbb3']);
    expect(rig.keeper.splitCount).to.equal(1);
    await rig.round();
    await rig.round();
    expect(rig.copies('class')).to.deep.equal(['bbb3']);
    expect(rig.serverOf('class')).to.equal('bbb3');
    expect(rig.keeper.splitCount).to.equal(0);
  });

  it('ends one copy, and only one, when both servers are polled at the same time', async () => {
    for (const [name, first, second] of [
      ['class-a', 0, 0],
      ['class-b', 3, 3],
      ['class-c', 1, 5],
      ['class-d', 5, 1],
    ] as const) {
      await rig.create(name);
      await rig.createDirectly('bbb3', name);
      rig.setAttendees(rig.serverOf(name)!, name, first);
      rig.setAttendees('bbb3', name, second);
    }
    rig.advance(10);
    await rig.round();
    await rig.round();
    const left = ['class-a', 'class-b', 'class-c', 'class-d'].map((name) => rig.copies(name));
    expect(left.map(({ length }) => length)).to.deep.equal([1, 1, 1, 1]);
    expect(left[2]).to.deep.equal(['bbb3']);
    for (const name of ['class-a', 'class-b', 'class-c', 'class-d']) {
      expect(rig.copies(name)).to.deep.equal([rig.serverOf(name)]);
    }
  });

  it('no longer counts a split with a server that left the pool', async () => {
    await rig.create('class');
    await rig.createDirectly('bbb3', 'class');
    rig.sim('bbb3').faults.set('end', { kind: 'status', status: 500 });
    rig.advance(10);
    await rig.round();
    expect(rig.keeper.splitCount).to.equal(1);
    await rig.pool.remove('bbb3');
    await rig.round('bbb1');
    expect(rig.keeper.splitCount).to.equal(0);
  });
});
