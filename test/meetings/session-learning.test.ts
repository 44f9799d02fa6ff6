import { expect } from 'chai';
import { join } from '../../src/api/calls/join.js';
import { RawQuery } from '../../src/bbb/raw-query.js';
import { TenantDirectory } from '../../src/tenants/tenant-directory.js';
import { fakeRequest } from '../support/fake-request.js';
import { liveCopy, meetingRig, type MeetingRig } from '../support/meeting-rig.js';

const GRACE_MS = 61_000;
const MINUTE_MS = 60_000;

describe('what sessions teach, over simulated servers', () => {
  let rig: MeetingRig;
  beforeEach(async () => {
    rig = await meetingRig();
  });
  afterEach(async () => {
    await rig.stop();
  });

  const size = (sizeHint?: number, maxAttendees?: number) => ({ size: { sizeHint, maxAttendees } });

  /** A session of so many people and minutes that ends on its server. */
  const session = async (meetingId: string, people: number, minutes: number): Promise<void> => {
    const { serverId } = await rig.create(meetingId);
    rig.setAttendees(serverId, meetingId, people);
    await rig.round();
    rig.advance(minutes * MINUTE_MS);
    rig.sim(serverId).meetings.end(liveCopy(rig.sim(serverId), meetingId)!);
    await rig.round();
    await rig.round();
    expect(rig.serverOf(meetingId)).to.equal(undefined);
  };
  const expected = (meetingId: string): number | undefined =>
    rig.directory.byScopedId(meetingId)?.expectedAttendees;

  it('claims for a room what its sessions were like', async () => {
    for (let i = 0; i < 3; i += 1) await session('lecture', 80, 30);
    expect(rig.ended.map(({ maxAttendees }) => maxAttendees)).to.deep.equal([80, 80, 80]);
    await rig.create('lecture');
    expect(expected('lecture')).to.be.within(65, 80);
    const [record] = await rig.journal.list({ meetingId: 'lecture', limit: 1 });
    expect(record?.expectedAttendees).to.equal(expected('lecture'));
    expect(record?.decision.expectation).to.include({ basis: 'room', sessions: 3 });
    const lengths = record?.decision.expectation?.durationsMs.map((ms) => Math.round(ms / MINUTE_MS));
    expect(lengths).to.deep.equal([30, 30, 30]);
  });

  it('bounds it by what the create says', async () => {
    for (let i = 0; i < 3; i += 1) await session('lecture', 80, 30);
    await rig.create('lecture', size(undefined, 20));
    expect(expected('lecture')).to.equal(20);
    await rig.create('seminar', size(40));
    expect(expected('seminar')).to.equal(40);
    await rig.create('seminar of few', size(40, 8));
    expect(expected('seminar of few')).to.equal(8);
    await rig.create('unknown');
    expect(expected('unknown')).to.equal(15);
  });

  it('takes a session that the front end ended for a whole one', async () => {
    const { serverId } = await rig.create('class');
    rig.setAttendees(serverId, 'class', 9);
    await rig.round();
    rig.advance(20 * MINUTE_MS);
    await rig.calls.end(rig.calls.locate('default', 'class')!, 'meetingID=class&password=mp');
    rig.advance(1_000);
    await rig.round();
    expect(rig.ended).to.have.length(1);
    expect(rig.ended[0]).to.include({ meetingId: 'class', maxAttendees: 9, wasMoved: false });
  });

  it('learns nothing of a session that was cut by its server and went on elsewhere', async () => {
    const { serverId } = await rig.create('class');
    rig.setAttendees(serverId, 'class', 50);
    await rig.round();
    await rig.sim(serverId).refuse();
    for (let i = 0; i < 3; i += 1) await rig.round();
    const { serverId: other } = await rig.create('class');
    expect(other).to.not.equal(serverId);
    rig.setAttendees(other, 'class', 40);
    await rig.round();
    rig.advance(10 * MINUTE_MS);
    rig.sim(other).meetings.end(liveCopy(rig.sim(other), 'class')!);
    await rig.round();
    await rig.round();
    expect(rig.ended).to.have.length(1);
    expect(rig.ended[0]).to.include({ meetingId: 'class', wasMoved: true });
    const { basis } = rig.learning.habits.expect({ tenantId: 'default', meetingId: 'class', at: rig.now() });
    expect(basis).to.equal('default');
  });

  it('learns nothing of a session that was lost with its server', async () => {
    const { serverId } = await rig.create('class');
    rig.setAttendees(serverId, 'class', 50);
    await rig.round();
    await rig.sim(serverId).refuse();
    for (let i = 0; i < 3; i += 1) await rig.round();
    await rig.calls.end(rig.calls.locate('default', 'class')!, 'meetingID=class');
    expect(rig.serverOf('class')).to.equal(undefined);
    rig.advance(GRACE_MS);
    await rig.round();
    expect(rig.ended).to.deep.equal([]);
  });

  it('expects of a meeting that was made directly on a server what its room was like', async () => {
    for (let i = 0; i < 3; i += 1) await session('lecture', 80, 30);
    rig.advance(MINUTE_MS);
    await rig.createDirectly('bbb3', 'lecture');
    await rig.round();
    expect(rig.serverOf('lecture')).to.equal('bbb3');
    expect(expected('lecture')).to.be.within(65, 80);
  });

  it('places by the policy of the tenant, and notes it', async () => {
    await rig.create('class', { tenant: { id: 'default', limits: {}, policy: 'fewest-meetings' } });
    await rig.create('other');
    const [other, first] = await rig.journal.list({ limit: 2 });
    expect(first).to.include({ meetingId: 'class', policy: 'fewest-meetings' });
    expect(first?.decision.reason).to.equal('policy');
    expect(other).to.include({ meetingId: 'other', policy: 'predicted' });
  });

  it('counts a join that was sent on before a poll shows it, and no question about one', async () => {
    const { serverId } = await rig.create('class');
    await rig.round();
    rig.advance(1);
    const tenants = await TenantDirectory.load(rig.store.tenants, ['a-secret']);
    const ask = (method: string, query: string) => {
      const request = Object.assign(fakeRequest({}), { method });
      const call = { name: 'join', tenant: tenants.get('default')!, body: undefined, request };
      return join({ tenants, meetings: rig.calls }).handle({ ...call, query: RawQuery.parse(query) });
    };
    const count = (): number => rig.learning.joins.countSince(serverId, 'class', -Infinity);
    await ask('HEAD', 'meetingID=class&fullName=A&password=ap');
    expect(count()).to.equal(0);
    await ask('GET', 'meetingID=class&fullName=A&password=ap');
    await ask('GET', 'meetingID=class&fullName=B&password=ap&redirect=false');
    await ask('GET', 'meetingID=unknown&fullName=B&password=ap');
    expect(count()).to.equal(2);
    await rig.round();
    expect(count()).to.equal(0);
  });
});
