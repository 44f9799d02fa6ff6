import { expect } from 'chai';
import { BbbError } from '../../src/bbb/error.js';
import { meetingRig, type MeetingRig, type MeetingRigOptions } from '../support/meeting-rig.js';

describe('what is reported of creates and meetings', () => {
  let rig: MeetingRig;
  const start = async (options: MeetingRigOptions = {}): Promise<void> => {
    rig = await meetingRig(options);
  };
  afterEach(async () => {
    await rig.stop();
  });
  const refused = async (meetingId: string): Promise<string | undefined> =>
    rig.create(meetingId).then(
      () => undefined,
      (error: unknown) => {
        if (error instanceof BbbError) return error.messageKey;
        throw error;
      },
    );

  it('one failure of a create whose meeting a panic took away while it was under way', async () => {
    await start({ servers: ['bbb1'], limits: { firstTryMs: 1_000 } });
    rig.sim('bbb1').faults.set('create', { kind: 'slow', delayMs: 150 });
    const created = refused('class');
    await new Promise((resolve) => setImmediate(resolve));
    await rig.calls.panic('bbb1');
    expect(await created).to.equal('serverUnavailable');
    expect(rig.seen).to.deep.equal(['failed changed']);
  });

  it('a wait for the first polls, and only by creates that came before them', async () => {
    let polled: () => void = () => undefined;
    const firstPoll = new Promise<void>((resolve) => {
      polled = resolve;
    });
    await start({ firstPoll });
    const early = rig.create('early');
    await new Promise((resolve) => setImmediate(resolve));
    expect(rig.seen).to.deep.equal([]);
    polled();
    await early;
    await rig.create('late');
    expect(rig.counted).to.deep.equal(['waited first-polls']);
    expect(rig.seen).to.have.length(2);
  });

  it('one wait a create, however many it waits for one after the other', async () => {
    await start({ limits: { deadlineMs: 3_000 } });
    rig.sim('bbb1').faults.set('create', { kind: 'failed', key: 'idNotUnique', times: 2 });
    const results = await Promise.all(['a', 'b', 'c'].map(() => rig.create('class')));
    expect(results.map(({ answer }) => answer.returnCode)).to.deep.equal(['FAILED', 'FAILED', 'SUCCESS']);
    expect(rig.counted).to.deep.equal(['waited same-meeting', 'waited same-meeting']);
    expect(rig.seen.filter((word) => word === 'failed relayed')).to.have.length(2);
  });

  it('a move only once the meeting runs elsewhere', async () => {
    await start({ servers: ['bbb1', 'bbb2'], offlineAfter: 1 });
    await rig.create('class');
    await rig.sim('bbb1').refuse();
    await rig.round('bbb1');
    rig.sim('bbb2').faults.set('create', { kind: 'html' });
    expect(await refused('class')).to.equal('serverUnavailable');
    expect(rig.counted).to.deep.equal([]);
    rig.sim('bbb2').faults.clear();
    await rig.round('bbb2');
    await rig.create('class');
    expect(rig.counted).to.deep.equal(['moved from bbb1 offline']);
  });

  it('a move to the copy of another server when the own one left the pool', async () => {
    await start({ servers: ['bbb1', 'bbb2'], offlineAfter: 1 });
    await rig.create('class');
    await rig.createDirectly('bbb2', 'class');
    rig.setAttendees('bbb2', 'class', 3);
    await rig.sim('bbb1').refuse();
    await rig.round('bbb1');
    rig.advance(1_000);
    await rig.round('bbb2');
    expect(rig.counted).to.deep.equal(['moved from bbb1 offline']);
    expect(rig.serverOf('class')).to.equal('bbb2');
  });

  it('a move for the people in it, and what became of the emptier copy', async () => {
    await start({ servers: ['bbb1', 'bbb2'] });
    await rig.create('class');
    await rig.createDirectly('bbb2', 'class');
    rig.setAttendees('bbb2', 'class', 3);
    rig.sim('bbb1').faults.set('end', { kind: 'reset', times: 1 });
    rig.advance(1_000);
    await rig.round();
    expect(rig.counted).to.deep.equal(['split on bbb2', 'moved from bbb1 copy', 'copy not ended on bbb1']);
    await rig.round();
    expect(rig.counted.slice(3)).to.deep.equal(['copy ended on bbb1']);
  });

  it('how many people were expected of a meeting that ended', async () => {
    await start({ servers: ['bbb1'] });
    await rig.create('class', { size: { sizeHint: 40, maxAttendees: 22 } });
    const expected = rig.directory.byScopedId('class')?.expectedAttendees;
    rig.setAttendees('bbb1', 'class', 7);
    await rig.round();
    await rig.calls.end(rig.calls.locate('default', 'class')!, 'meetingID=class');
    await rig.round();
    expect(rig.ended.map(({ maxAttendees }) => maxAttendees)).to.deep.equal([7]);
    expect(rig.expectedOfEnded).to.deep.equal([expected]);
  });

  it('that nobody was expected in an adopted meeting, and again how many in the next one of its ID', async () => {
    await start({ servers: ['bbb1'] });
    const end = async (): Promise<void> => {
      await rig.calls.end(rig.calls.locate('default', 'class')!, 'meetingID=class');
    };
    await rig.createDirectly('bbb1', 'class');
    await rig.round();
    rig.setAttendees('bbb1', 'class', 7);
    await rig.round();
    await end();
    await rig.round();
    expect(rig.expectedOfEnded).to.deep.equal([undefined]);
    await rig.createDirectly('bbb1', 'class');
    await rig.round();
    await end();
    rig.advance(1_000);
    await rig.create('class', { size: { sizeHint: 40, maxAttendees: 22 } });
    const expected = rig.directory.byScopedId('class')?.expectedAttendees;
    await rig.round();
    await end();
    await rig.round();
    expect(expected).to.be.a('number');
    expect(rig.expectedOfEnded).to.deep.equal([undefined, expected]);
  });
});
