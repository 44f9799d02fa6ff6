import { expect } from 'chai';
import type { PlacementsAnswer } from '../../src/admin/views.js';
import type { Fault } from '../../src/sim/http/faults.js';
import { newMeetingId, until } from '../support/app-rig.js';
import { seriesIn } from './exposition.js';
import type { RunningBallast } from './running-ballast.js';
import { SystemRig } from './system-rig.js';

const FAULTS: readonly Fault[] = [
  { kind: 'reset' },
  { kind: 'status', status: 502 },
  { kind: 'html' },
  { kind: 'garbage' },
  { kind: 'cut' },
  { kind: 'abort' },
  { kind: 'flood', bytes: 40_000_000 },
  { kind: 'hang' },
];
const GOOD = `bbb${FAULTS.length + 1}`;

describe('system: failing servers', function () {
  this.timeout(60_000);
  const rig = new SystemRig();
  let ballast: RunningBallast;

  before(async () => {
    await rig.addSims(FAULTS.length + 1);
    // It is the last choice of every meeting.
    ballast = await rig.serve({ servers: { [GOOD]: { loadMultiplier: 50 } } });
  });
  after(() => rig.stop());

  async function isOnline(id: string): Promise<void> {
    await until(`${id} is online`, async () => (await ballast.server(id)).health === 'online', 15_000);
  }

  async function triesOn(id: string): Promise<number> {
    const labels = { server: id, call: 'create' };
    const creates = seriesIn(await ballast.metrics(), 'ballast_upstream_requests_total', labels);
    return creates.reduce((sum, { value }) => sum + value, 0);
  }

  it('starts the meeting elsewhere, however a create fails, and leaves no copy behind', async () => {
    for (const [at, fault] of FAULTS.entries()) rig.sims[at]?.faults.set('create', fault);
    const meetingId = newMeetingId();
    const answer = await ballast.create(meetingId);
    for (const sim of rig.sims) sim.faults.clear();
    expect(await ballast.serverOf(meetingId)).to.equal(GOOD);
    for (const sim of rig.sims) expect([sim.id, await triesOn(sim.id)]).to.deep.equal([sim.id, 1]);
    const { placements } = JSON.parse(
      (await ballast.adminRequest('GET', `placements?meetingId=${meetingId}`)).text,
    ) as PlacementsAnswer;
    expect(placements[0]?.retries.map(({ serverId }) => serverId)).to.have.members(
      rig.sims.slice(0, -1).map(({ id }) => id),
    );
    const internalId = answer.element('internalMeetingID') ?? '';
    expect(rig.sim(GOOD).meetings.findInternal(internalId)).to.not.equal(undefined);
    const holders = (): readonly string[] =>
      rig.sims.filter((sim) => sim.meetings.find(meetingId) !== undefined).map(({ id }) => id);
    await until('no other copy is left', () => holders().length === 1, 30_000);
    expect(holders()).to.deep.equal([GOOD]);
    // From here on there are two.
    for (const { id } of rig.sims.slice(1, -1)) await ballast.adminRequest('POST', `servers/${id}/disable`);
  });

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
    expect(await ballast.serverOf(moved)).to.equal(GOOD);
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
    expect(await ballast.serverOf(moved)).to.equal(GOOD);
    expect(rig.sim(GOOD).meetings.find(moved)).to.not.equal(undefined);
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
