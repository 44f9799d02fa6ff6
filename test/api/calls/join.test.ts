import { expect } from 'chai';
import { checksumOf } from '../../../src/sim/checksum.js';
import type { SimServer } from '../../../src/sim/sim-server.js';
import { AppRig, newMeetingId, until } from '../../support/app-rig.js';
import { rawRequest } from '../../support/sim-client.js';

describe('join', () => {
  let rig: AppRig;
  let id: string;
  let sim: SimServer;
  let createTime: string;

  before(async () => {
    rig = await AppRig.start();
  });

  beforeEach(async () => {
    id = newMeetingId();
    const created = await rig.create(id);
    sim = created.sim;
    createTime = created.answer.element('createTime') ?? '';
  });

  after(() => rig.stop());

  const person = (meetingID = id) => ({ meetingID, fullName: 'Jürgen M', role: 'MODERATOR' });

  it("redirects the browser to the meeting's server with that server's own signature", async () => {
    const asked = sim.calls.count('join');
    const answer = await rig.call('join', person());
    expect(answer).to.include({ status: 302, text: '' });
    const location = new URL(String(answer.headers.location));
    expect(`${location.origin}${location.pathname}`).to.equal(`${sim.url}/join`);
    const [query, checksum] = location.search.slice(1).split('&checksum=');
    expect(checksum).to.equal(checksumOf('sha256', 'join', query ?? '', sim.secret));
    expect(sim.calls.count('join')).to.equal(asked);
  });

  it('lets in who follows the redirect', async () => {
    const answer = await rig.call('join', { ...person(), createTime });
    const landed = await rawRequest(String(answer.headers.location));
    expect(landed.headers.location).to.include('/html5client/join?sessionToken=');
    expect([...(sim.meetings.find(id)?.attendees.values() ?? [])][0]?.fullName).to.equal('Jürgen M');
  });

  it('hands on parameters as they came', async () => {
    const query = `fullName=J%c3%bcrgen%20M&userdata-x=%7e&&meetingID=${id}&role=VIEWER&password`;
    const answer = await rig.call('join', query);
    expect(String(answer.headers.location)).to.include(`/join?${query}&checksum=`);
  });

  it('relays the XML and the cookies of redirect=false', async () => {
    const answer = await rig.call('join', { ...person(), redirect: false });
    expect(answer.status).to.equal(200);
    expect(answer.element('messageKey')).to.equal('successfullyJoined');
    expect(answer.element('url')).to.include(`${sim.origin}/html5client/join?sessionToken=`);
    expect(String(answer.headers['set-cookie'])).to.match(/^JSESSIONID=[0-9A-F]{32}; Path=\/bigbluebutton/);
    expect(sim.meetings.find(id)?.attendees.size).to.equal(1);
  });

  it("relays a server's redirect to its error page with redirect=false", async () => {
    const answer = await rig.call('join', { meetingID: id, role: 'VIEWER', redirect: false });
    expect(answer.status).to.equal(302);
    expect(decodeURIComponent(String(answer.headers.location))).to.include('missingParamFullName');
  });

  it('sends the browser of an unknown meeting to errorRedirectUrl', async () => {
    const back = 'https://moodle.example.org/mod/bbb?id=1';
    const answer = await rig.call('join', { ...person('nothing-here'), errorRedirectUrl: back });
    expect(answer.status).to.equal(302);
    const location = new URL(String(answer.headers.location));
    expect(location.href).to.match(/^https:\/\/moodle\.example\.org\/mod\/bbb\?id=1&errors=/);
    expect(location.searchParams.get('errors')).to.include('"key":"invalidMeetingIdentifier"');
  });

  it('answers in XML where there is nowhere to send the browser', async () => {
    const answer = await rig.call('join', person('nothing-here'));
    expect(answer).to.include({ status: 200, messageKey: 'invalidMeetingIdentifier' });
    expect((await rig.call('join', 'fullName=x')).messageKey).to.equal('missingParamMeetingID');
  });

  it('follows no errorRedirectUrl of a call that nobody signed', async () => {
    const query = `meetingID=x-1&errorRedirectUrl=${encodeURIComponent('https://evil.example.org/')}`;
    const answer = await rig.call('join', query, { secret: 'guessed' });
    expect(answer).to.include({ status: 200, messageKey: 'checksumError' });
    expect(answer.headers.location).to.equal(undefined);
  });

  it('lets nobody in for a HEAD', async () => {
    const asked = sim.calls.count('join');
    const answer = await rig.call('join', { ...person(), redirect: false }, { method: 'HEAD' });
    expect(answer.status).to.equal(302);
    expect(sim.calls.count('join')).to.equal(asked);
  });

  it('takes no POST', async () => {
    const answer = await rig.call('join', person(), { method: 'POST' });
    expect(answer.messageKey).to.equal('unsupportedRequest');
  });

  it('keeps the createTime of a meeting that never moved, right or wrong', async () => {
    const answer = await rig.call('join', { ...person(), createTime: '1' });
    expect(String(answer.headers.location)).to.include('createTime=1&');
  });

  it('drops a stale createTime once the meeting has moved', async () => {
    await sim.refuse();
    await until(`${sim.id} is offline`, async () => (await stateOf(sim.id)) === 'offline');
    const gone = await rig.call('join', person());
    expect(gone.messageKey).to.equal('serverUnavailable');
    const moved = await rig.create(id);
    await sim.accept();
    expect(moved.sim.id).not.to.equal(sim.id);
    const stale = String((await rig.call('join', { ...person(), createTime })).headers.location);
    expect(stale).to.include(moved.sim.url).and.not.to.include('createTime');
    const fresh = moved.answer.element('createTime') ?? '';
    const kept = String((await rig.call('join', { ...person(), createTime: fresh })).headers.location);
    expect(kept).to.include(`createTime=${fresh}&`);
  });

  async function stateOf(serverId: string): Promise<unknown> {
    const list = await rig.admin('GET', 'servers');
    const servers = (list as { readonly servers?: readonly Record<string, unknown>[] }).servers ?? [];
    return servers.find((server) => server.id === serverId)?.health;
  }
});
