import { expect } from 'chai';
import type { Meeting } from '../../src/meetings/meeting.js';
import { disable } from '../../src/pool/admin-state.js';
import { claimed } from '../support/claimed-meeting.js';
import { liveCopy, meetingRig, type MeetingRig } from '../support/meeting-rig.js';

const FIRST = 'bbb1';

/** The next write of that kind is refused, as by a store that is out of reach for a moment. */
function failsOnce(rig: MeetingRig, write: 'updateMeeting' | 'closeMeeting'): void {
  const { meetings } = rig.store;
  const original: unknown = Reflect.get(meetings, write);
  Object.assign(meetings, {
    [write]: () => {
      Object.assign(meetings, { [write]: original });
      return Promise.reject(new Error(`${write}: the store is out of reach`));
    },
  });
}

/**
 * A row `claimed` tells of a create that was cut, before its server heard of it or after it said SUCCESS: joins go there
 * all the same, so that a class may run on it.
 */
describe('a class whose create was answered and not written', () => {
  let rig: MeetingRig;

  beforeEach(async () => {
    rig = await meetingRig();
    failsOnce(rig, 'updateMeeting');
    failsOnce(rig, 'closeMeeting');
    const failure: unknown = await rig.create('class').catch((error: unknown) => error);
    expect(failure).to.be.an('error');
    expect(row()).to.deep.include({ serverId: FIRST, state: 'claimed' });
    expect(rig.copies('class')).to.deep.equal([FIRST]);
    rig.setAttendees(FIRST, 'class', 20);
    await disable(rig.pool, FIRST);
  });
  afterEach(() => rig.stop());

  const row = (): Meeting | undefined => rig.directory.byScopedId('class');

  it('goes on where it runs when its server was disabled and it is created again', async () => {
    const { serverId, answer } = await rig.create('class');
    expect(serverId).to.equal(FIRST);
    expect(answer.messageKey).to.equal('duplicateWarning');
    expect(rig.copies('class')).to.deep.equal([FIRST]);
    expect(row()).to.deep.include({ serverId: FIRST, state: 'running', wasMoved: false });
    expect(rig.directory.orphanCount).to.equal(0);
    const [record] = await rig.journal.list({ meetingId: 'class', limit: 1 });
    expect(record!.decision.ranking[0]).to.equal(FIRST);
  });

  it('stays one class when many create it again at the same time', async () => {
    const results = await Promise.all(Array.from({ length: 5 }, () => rig.create('class')));
    expect(new Set(results.map(({ serverId }) => serverId))).to.deep.equal(new Set([FIRST]));
    expect(rig.copies('class')).to.deep.equal([FIRST]);
  });

  it('is placed anew when it has ended there meanwhile', async () => {
    const { meetings } = rig.sim(FIRST);
    meetings.end(liveCopy(rig.sim(FIRST), 'class')!);
    expect((await rig.create('class')).serverId).to.equal('bbb2');
    expect(rig.copies('class')).to.deep.equal(['bbb2']);
  });

  it('is placed anew when its server does not answer, or refuses to, and a copy is noted', async () => {
    for (const [fault, next] of [
      [{ kind: 'hang' }, 'bbb2'],
      [{ kind: 'status', status: 502 }, 'bbb2'],
      [{ kind: 'failed', key: 'checksumError' }, 'bbb2'],
      [{ kind: 'failed', key: 'someKey' }, 'bbb2'],
    ] as const) {
      const before = row()!;
      rig.sim(FIRST).faults.set('*', fault);
      expect((await rig.create('class')).serverId, JSON.stringify(fault)).to.equal(next);
      expect(rig.directory.orphan(FIRST, 'class')?.cause).to.equal('moved');
      await rig.directory.update(row()!, before);
      await rig.directory.removeOrphan(FIRST, 'class');
    }
  });

  it('leaves a note of its copy when its server is asked to go on and refuses', async () => {
    rig.sim(FIRST).faults.set('create', { kind: 'failed', key: 'serverBusy' });
    expect((await rig.create('class')).serverId).to.equal('bbb2');
    expect(rig.directory.orphan(FIRST, 'class')?.cause).to.equal('moved');
  });

  it('is not asked for where nothing was claimed, or where its server is in service', async () => {
    await rig.create('other');
    await rig.directory.claim(claimed('cut', { state: 'claimed', serverId: 'bbb2', claimedAt: rig.now() }));
    expect((await rig.create('cut')).serverId).to.equal('bbb2');
    for (const { id, calls } of rig.sims) expect(calls.count('getMeetingInfo'), id).to.equal(0);
  });
});
