import { expect } from 'chai';
import type { Fault } from '../../src/sim/http/faults.js';
import { newMeetingId, until } from '../support/app-rig.js';
import { seriesIn } from './exposition.js';
import type { RunningBallast } from './running-ballast.js';
import { SystemRig } from './system-rig.js';

describe('system: failing servers', function () {
  this.timeout(60_000);
  const rig = new SystemRig();
  let ballast: RunningBallast;

  before(async () => {
    await rig.addSims(2);
    // Every meeting goes to bbb1 first.
    ballast = await rig.serve({ servers: { bbb2: { loadMultiplier: 50 } } });
  });
  after(() => rig.stop());

  async function isOnline(id: string): Promise<void> {
    await until(`${id} is online`, async () => (await ballast.server(id)).health === 'online', 15_000);
  }

  async function triesOn(id: string): Promise<number> {
    const creates = seriesIn(await ballast.metrics(), 'ballast_upstream_requests_total', {
      server: id,
      call: 'create',
    });
    return creates.reduce((sum, { value }) => sum + value, 0);
  }

  const faults: readonly Fault[] = [
    { kind: 'reset' },
    { kind: 'status', status: 502 },
    { kind: 'html' },
    { kind: 'garbage' },
    { kind: 'cut' },
    { kind: 'abort' },
    { kind: 'flood', bytes: 40_000_000 },
    { kind: 'hang' },
  ];
  for (const fault of faults) {
    it(`starts the meeting elsewhere when a create ends in: ${fault.kind}`, async () => {
      await isOnline('bbb1');
      rig.sim('bbb1').faults.set('create', fault);
      const before = await triesOn('bbb1');
      const meetingId = newMeetingId();
      const answer = await ballast.create(meetingId);
      rig.sim('bbb1').faults.clear();
      expect(await triesOn('bbb1')).to.equal(before + 1);
      expect(await ballast.serverOf(meetingId)).to.equal('bbb2');
      expect(rig.sim('bbb2').meetings.findInternal(answer.element('internalMeetingID') ?? '')).to.not.equal(
        undefined,
      );
      await until(
        'no copy is left on bbb1',
        () => rig.sim('bbb1').meetings.find(meetingId) === undefined,
        30_000,
      );
      expect(rig.sim('bbb2').meetings.find(meetingId)).to.not.equal(undefined);
    });
  }

  it('relays what a server refuses, and frees the ID', async () => {
    await isOnline('bbb1');
    rig.sim('bbb1').faults.set('create', { kind: 'failed', key: 'maxParticipantsReached', times: 1 });
    const meetingId = newMeetingId();
    expect((await ballast.tryCreate(meetingId)).messageKey).to.equal('maxParticipantsReached');
    expect(await ballast.serverOf(meetingId)).to.equal(undefined);
    await ballast.create(meetingId);
    expect(await ballast.serverOf(meetingId)).to.equal('bbb1');
  });

  it('tries no create on a server that is known to be down, and brings back what it held', async () => {
    await isOnline('bbb1');
    const [kept, moved] = [newMeetingId(), newMeetingId()];
    for (const meetingId of [kept, moved]) await ballast.create(meetingId);
    expect([await ballast.serverOf(kept), await ballast.serverOf(moved)]).to.deep.equal(['bbb1', 'bbb1']);

    await rig.sim('bbb1').refuse();
    await until('bbb1 is offline', async () => (await ballast.server('bbb1')).health === 'offline', 20_000);
    const before = await triesOn('bbb1');
    for (let at = 0; at < 5; at++) await ballast.create(newMeetingId());
    await ballast.create(moved);
    expect(await ballast.serverOf(moved)).to.equal('bbb2');
    expect(await triesOn('bbb1')).to.equal(before);
    const list = await ballast.call('getMeetings');
    expect(list.returnCode).to.equal('SUCCESS');
    expect(list.tookMs).to.be.below(5_000);

    const returnedAt = Date.now();
    await rig.sim('bbb1').accept();
    await until('its old copy is ended', () => rig.sim('bbb1').meetings.find(moved) === undefined, 30_000);
    await until(
      'it gets meetings again',
      async () => {
        const meetingId = newMeetingId();
        await ballast.create(meetingId);
        return (await ballast.serverOf(meetingId)) === 'bbb1';
      },
      30_000,
    );
    expect(Date.now() - returnedAt).to.be.below(30_000);
    expect((await ballast.call('getMeetingInfo', { meetingID: kept })).element('meetingID')).to.equal(kept);
    expect(await ballast.serverOf(kept)).to.equal('bbb1');
    expect(await ballast.serverOf(moved)).to.equal('bbb2');
    expect(rig.sim('bbb2').meetings.find(moved)).to.not.equal(undefined);
  });

  it('answers FAILED and never 5xx while no server answers at all, and status calls within 4 s', async () => {
    await isOnline('bbb1');
    const meetingId = newMeetingId();
    await ballast.create(meetingId);
    for (const sim of rig.sims) sim.faults.set('*', { kind: 'hang' });
    const calls = await Promise.all([
      ballast.tryCreate(newMeetingId()),
      ballast.call('isMeetingRunning', { meetingID: meetingId }),
      ballast.call('getMeetingInfo', { meetingID: meetingId }),
      ballast.call('getMeetings'),
    ]);
    for (const { status } of calls) expect(status).to.equal(200);
    const [create, running, info, list] = calls;
    expect(create.returnCode).to.equal('FAILED');
    expect(create.tookMs).to.be.below(9_500);
    for (const { tookMs } of [running, info]) expect(tookMs).to.be.below(4_600);
    expect(list.tookMs).to.be.below(5_600);
    for (const sim of rig.sims) sim.faults.clear();
  });
});

describe('system: a hanging server at the default limits', function () {
  this.timeout(60_000);
  const rig = new SystemRig();
  after(() => rig.stop());

  it('answers a create within 12 s', async () => {
    await rig.addSims(2);
    const ballast = await rig.serve({
      settings: { poll: {}, create: {} },
      servers: { bbb2: { loadMultiplier: 50 } },
    });
    rig.sim('bbb1').faults.set('*', { kind: 'hang' });
    const answers = await Promise.all([1, 2, 3].map(() => ballast.create(newMeetingId())));
    for (const { tookMs } of answers) expect(tookMs).to.be.below(12_000);
    // Once one has failed there, no other waits.
    expect((await ballast.create(newMeetingId())).tookMs).to.be.below(2_000);
  });
});
