import { expect } from 'chai';
import type { BbbError } from '../../src/bbb/error.js';
import { elementText } from '../support/sim-client.js';
import { liveCopy, meetingRig, type MeetingRig, type MeetingRigOptions } from '../support/meeting-rig.js';
import type { Fault } from '../../src/sim/http/faults.js';

/** The error a promise is rejected with; the test fails when it is not. */
async function refusal(promise: Promise<unknown>): Promise<BbbError> {
  return promise.then(
    () => expect.fail('it was answered'),
    (error: unknown) => error as BbbError,
  );
}

describe('ClaimServer over simulated servers', () => {
  let rig: MeetingRig;
  const start = async (options: MeetingRigOptions = {}): Promise<void> => {
    rig = await meetingRig(options);
  };
  afterEach(async () => {
    await rig.stop();
  });

  describe('when the best server fails a create', () => {
    beforeEach(() => start());

    const faults: readonly (readonly [
      title: string,
      fault: Fault,
      cause: string,
      mayHaveArrived: boolean,
    ])[] = [
      ['resets the connection', { kind: 'reset' }, 'reset', true],
      ['hangs', { kind: 'hang' }, 'timeout', true],
      ['hangs and carries it out', { kind: 'hang', isCarriedOut: true }, 'timeout', true],
      ['resets and carries it out', { kind: 'reset', isCarriedOut: true }, 'reset', true],
      ['is far too slow', { kind: 'slow', delayMs: 600 }, 'timeout', true],
      ['answers 502', { kind: 'status', status: 502 }, 'status', true],
      ['answers 503 and carries it out', { kind: 'status', status: 503, isCarriedOut: true }, 'status', true],
      ['answers HTML', { kind: 'html' }, 'notBbb', true],
      ['answers garbage', { kind: 'garbage' }, 'notBbb', true],
      ['cuts its XML', { kind: 'cut' }, 'notBbb', true],
      ['breaks off within its answer', { kind: 'abort' }, 'reset', true],
      ['refuses our secret', { kind: 'wrongSecret' }, 'status', false],
      ['says that it cannot', { kind: 'failed', key: 'serverBusy' }, 'serverBusy', false],
    ];
    for (const [title, fault, cause, mayHaveArrived] of faults) {
      it(`goes to the next when it ${title}, and leaves no second copy`, async () => {
        rig.sim('bbb1').faults.set('create', fault);
        const startedAt = Date.now();
        const { answer, serverId } = await rig.create('class');
        expect(Date.now() - startedAt).to.be.below(1_500);
        expect([answer.returnCode, serverId, rig.serverOf('class')]).to.deep.equal([
          'SUCCESS',
          'bbb2',
          'bbb2',
        ]);
        expect(rig.seen).to.deep.equal([`retried bbb1 ${cause}`, 'placed bbb2 lowest-load']);
        expect(rig.directory.orphan('bbb1', 'class')?.cause).to.equal(mayHaveArrived ? 'timeout' : undefined);
        rig.setAttendees('bbb2', 'class', 2);
        // A slow server carries it out long after it was given up.
        while (fault.kind === 'slow' && rig.copies('class').length < 2) await rig.round('bbb3');
        rig.sim('bbb1').faults.clear();
        await rig.round();
        expect(rig.copies('class')).to.deep.equal(['bbb2']);
        expect(rig.sim('bbb2').meetings.find('class')!.attendees.size).to.equal(2);
        await rig.round();
        expect(rig.keeper.splitCount).to.equal(0);
        // A note that has come to nothing is dropped, after two polls past the grace.
        rig.advance(61_000);
        await rig.round();
        await rig.round();
        expect(rig.directory.orphanCount).to.equal(0);
        expect(rig.serverOf('class')).to.equal('bbb2');
      });
    }

    it('goes to the next when it refuses connections, and notes no copy: nothing arrived', async () => {
      await rig.sim('bbb1').refuse();
      expect((await rig.create('class')).serverId).to.equal('bbb2');
      expect(rig.seen).to.deep.equal(['retried bbb1 refused', 'placed bbb2 lowest-load']);
      expect(rig.directory.orphanCount).to.equal(0);
      expect(rig.pool.server('bbb1')!.health).to.equal('unstable');
    });

    it('walks down the whole ranking', async () => {
      rig.sim('bbb1').faults.set('create', { kind: 'status', status: 500 });
      rig.sim('bbb2').faults.set('create', { kind: 'garbage' });
      expect((await rig.create('class')).serverId).to.equal('bbb3');
      const [record] = await rig.journal.list({ meetingId: 'class', limit: 5 });
      expect(record!.retries).to.deep.equal([
        { serverId: 'bbb1', cause: 'status' },
        { serverId: 'bbb2', cause: 'notBbb' },
      ]);
      expect(record!.serverId).to.equal('bbb3');
      const verdicts = record!.decision.candidates.map(({ id, verdict }) => [id, verdict]);
      expect(verdicts).to.have.deep.members([
        ['bbb3', 'chosen'],
        ['bbb1', 'failed-before'],
        ['bbb2', 'failed-before'],
      ]);
    });

    it('does not try it again for the next meeting', async () => {
      rig.sim('bbb1').faults.set('create', { kind: 'hang' });
      await rig.create('one');
      await rig.create('two');
      expect(rig.sim('bbb1').calls.creates('two')).to.equal(0);
    });
  });

  it('is explained as what it came to where no server took it', async () => {
    await start({ limits: { deadlineMs: 400, firstTryMs: 250 } });
    rig.sim('bbb1').faults.set('create', { kind: 'failed', key: 'nonUniqueVoiceBridge' });
    await rig.create('refused');
    const [relayed] = await rig.journal.list({ meetingId: 'refused', limit: 1 });
    expect(relayed!.decision.explanation).to.match(
      /^bbb1 said FAILED \(nonUniqueVoiceBridge\), and so it was answered; chosen was bbb1: /,
    );
    for (const sim of rig.sims) sim.faults.set('create', { kind: 'hang' });
    await refusal(rig.create('late'));
    const [late] = await rig.journal.list({ meetingId: 'late', limit: 1 });
    expect(late!.serverId).to.equal(undefined);
    expect(late!.decision.explanation).to.match(/^no time was left for another try; next was bbb[123]: /);
  });

  describe('when all servers fail a create', () => {
    it('answers within the deadline, frees the ID, and ends what comes of it later', async () => {
      await start();
      for (const sim of rig.sims) sim.faults.set('create', { kind: 'hang', isCarriedOut: true });
      const startedAt = Date.now();
      const error = await refusal(rig.create('class'));
      expect(error.messageKey).to.equal('serverUnavailable');
      expect(Date.now() - startedAt).to.be.within(600, 1_700);
      expect(rig.serverOf('class')).to.equal(undefined);
      expect(await rig.store.meetings.listMeetings()).to.deep.equal([]);
      expect(rig.copies('class')).to.have.length(3);
      for (const sim of rig.sims) sim.faults.clear();
      await rig.round();
      await rig.round();
      expect(rig.copies('class')).to.deep.equal([]);
      expect((await rig.create('class')).answer.returnCode).to.equal('SUCCESS');
      await rig.round();
      expect(rig.copies('class')).to.have.length(1);
    });

    it('says that no server is left when none can be tried', async () => {
      await start({ servers: ['bbb1'], offlineAfter: 1 });
      await rig.sim('bbb1').refuse();
      await rig.round();
      expect((await refusal(rig.create('class'))).messageKey).to.equal('noServerAvailable');
      expect(rig.seen).to.deep.equal(['failed no-server']);
      expect(rig.directory.countOfTenant('default')).to.equal(0);
    });
  });

  describe('when a server says no', () => {
    beforeEach(() => start());

    it('relays the answer as it is, tries nobody else, and frees the ID', async () => {
      rig.sim('bbb1').faults.set('create', { kind: 'failed', key: 'nonUniqueVoiceBridge', text: 'Taken.' });
      const { answer } = await rig.create('class');
      expect(answer.messageKey).to.equal('nonUniqueVoiceBridge');
      expect(elementText(answer.body.toString(), 'message')).to.equal('Taken.');
      expect(rig.serverOf('class')).to.equal(undefined);
      expect(await rig.store.meetings.listMeetings()).to.deep.equal([]);
      rig.sim('bbb1').faults.clear();
      expect((await rig.create('class')).answer.returnCode).to.equal('SUCCESS');
      expect(rig.pool.server('bbb1')!.health).to.equal('online');
    });

    it('never hands our own wrong secret to the front end', async () => {
      for (const sim of rig.sims) sim.faults.set('create', { kind: 'wrongSecret' });
      const error = await refusal(rig.create('class'));
      expect(error.messageKey).to.equal('serverUnavailable');
    });

    it('does not count it as the fault of the server when the request is too large', async () => {
      rig.sim('bbb1').faults.set('create', { kind: 'status', status: 413 });
      expect((await refusal(rig.create('class'))).messageKey).to.equal('requestTooLarge');
      expect(rig.sim('bbb2').calls.creates('class')).to.equal(0);
      expect(rig.serverOf('class')).to.equal(undefined);
      expect(rig.pool.server('bbb1')!.health).to.equal('online');
    });
  });

  it('keeps the limits of a tenant, also among creates at the same time, but serves repeats', async () => {
    await start();
    const tenant = { id: 'default', limits: { meetings: 2 } };
    const outcomes = await Promise.allSettled(
      ['a', 'b', 'c', 'd'].map((name) => rig.create(`class-${name}`, { tenant })),
    );
    expect(outcomes.map(({ status }) => status).sort()).to.deep.equal([
      'fulfilled',
      'fulfilled',
      'rejected',
      'rejected',
    ]);
    const error = await refusal(rig.create('class-e', { tenant }));
    expect(error.messageKey).to.equal('maxMeetingsReached');
    expect((await rig.create('class-a', { tenant })).answer.messageKey).to.equal('duplicateWarning');
    expect(liveCopy(rig.sim(rig.serverOf('class-a')!), 'class-a')).to.not.equal(undefined);
  });
});
