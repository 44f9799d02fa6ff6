import { expect } from 'chai';
import { jwtVerify, SignJWT, UnsecuredJWT } from 'jose';
import { unescapeXml } from '../../src/bbb/xml-text.js';
import { AppRig, newMeetingId, until } from '../support/app-rig.js';
import { CallbackInbox } from '../support/callback-inbox.js';

describe('callbacks of a whole balancer', () => {
  let rig: AppRig;
  let inbox: CallbackInbox;

  before(async () => {
    inbox = await CallbackInbox.open();
    rig = await AppRig.start({
      servers: 2,
      tenants: [{ id: 'school', secrets: ['school-secret'] }],
      settings: { callbacks: { allowPrivateTargets: true, serverHooks: false } },
    });
  });

  after(async () => {
    await rig.stop();
    await inbox.close();
  });

  /** The four URLs of a room's front end, under paths of its own. */
  function urlsOf(meetingId: string): Record<string, string> {
    return {
      meta_endCallbackUrl: inbox.url(`/${meetingId}/end?course=1&x=ü`),
      meetingEndedURL: inbox.url(`/${meetingId}/ended?a=%2F`),
      'meta_bbb-recording-ready-url': inbox.url(`/${meetingId}/ready`),
      'meta_analytics-callback-url': inbox.url(`/${meetingId}/analytics`),
    };
  }

  it('tells of an end once, as the server does, with its recording marks', async () => {
    const id = newMeetingId();
    const { sim } = await rig.create(id, { ...urlsOf(id), record: true });
    const meeting = sim.meetings.find(id);
    expect(meeting?.settings.metadata.get('endcallbackurl')).to.match(
      /^http:\/\/127\.0\.0\.1:\d+\/callbacks\/[\w-]{32}\/end$/,
    );
    expect(meeting?.settings.meetingEndedUrl).to.match(/\/callbacks\/[\w-]{32}\/ended$/);
    await rig.call('end', { meetingID: id, password: 'mp' });
    const [end] = await inbox.waitFor(`/${id}/end`);
    expect(end?.url).to.equal(`/${id}/end?course=1&x=%C3%BC&recordingmarks=true&meetingID=${id}`);
    const [ended] = await inbox.waitFor(`/${id}/ended`);
    expect(ended?.url).to.equal(`/${id}/ended?a=%2F`);
    await until('the meeting is forgotten', async () => (await pending()) === 0);
    expect(inbox.to(`/${id}/end`)).to.have.lengthOf(1);
    expect(inbox.to(`/${id}/ended`)).to.have.lengthOf(1);
  });

  it('tells of each session of a room', async () => {
    const id = newMeetingId();
    for (const count of [1, 2]) {
      await rig.create(id, urlsOf(id));
      await rig.call('end', { meetingID: id, password: 'mp' });
      await inbox.waitFor(`/${id}/end`, count);
      await inbox.waitFor(`/${id}/ended`, count);
    }
    await until('nothing is pending', async () => (await pending()) === 0);
    expect(inbox.to(`/${id}/end`)).to.have.lengthOf(2);
  });

  it('shows front ends their own URLs and never its own', async () => {
    const id = newMeetingId();
    const urls = urlsOf(id);
    const { answer, sim } = await rig.create(id, urls, { tenant: 'school' });
    const info = await rig.call('getMeetingInfo', { meetingID: id }, { tenant: 'school' });
    const list = await rig.call('getMeetings', '', { tenant: 'school' });
    sim.faults.set('getMeetingInfo', { kind: 'status', status: 502, times: 1 });
    const stale = await rig.call('getMeetingInfo', { meetingID: id }, { tenant: 'school' });
    for (const { text } of [answer, info, list, stale]) expect(text).not.to.include('/callbacks/');
    for (const shown of [info, list, stale]) {
      expect(unescapeXml(shown.element('endcallbackurl') ?? '')).to.equal(urls.meta_endCallbackUrl);
      expect(shown.text).to.include(
        `<bbb-recording-ready-url>${urls['meta_bbb-recording-ready-url'] ?? ''}<`,
      );
    }
  });

  it('tells of a recording with the secret of the tenant', async () => {
    const id = newMeetingId();
    await rig.create(id, { ...urlsOf(id), record: true }, { tenant: 'school' });
    await rig.call('end', { meetingID: id, password: 'mp' }, { tenant: 'school' });
    const [call] = await inbox.waitFor(`/${id}/ready`);
    const jwt = new URLSearchParams(call?.body).get('signed_parameters') ?? '';
    const { payload } = await jwtVerify(jwt, Buffer.from('school-secret'), { algorithms: ['HS256'] });
    expect(payload.meeting_id).to.equal(id);
    const recordings = await rig.call(
      'getRecordings',
      { recordID: String(payload.record_id) },
      { tenant: 'school' },
    );
    expect(recordings.text).to.include(`<recordID>${String(payload.record_id)}</recordID>`);
    expect(recordings.text)
      .to.include(inbox.url(`/${id}/ready`))
      .and.not.to.include('/callbacks/');
  });

  it('hands analytics on, signed anew, with the IDs and URLs of the front end', async () => {
    const id = newMeetingId();
    const urls = urlsOf(id);
    await rig.create(id, { ...urls, record: true }, { tenant: 'school' });
    await rig.call('end', { meetingID: id, password: 'mp' }, { tenant: 'school' });
    const [call] = await inbox.waitFor(`/${id}/analytics`);
    const jwt = String(call?.headers.authorization).replace('Bearer ', '');
    await jwtVerify(jwt, Buffer.from('school-secret'), { algorithms: ['HS512'] });
    const analytics = JSON.parse(call?.body ?? '') as {
      meeting_id: string;
      data: { metadata: Record<string, string> };
    };
    expect(analytics.meeting_id).to.equal(id);
    expect(analytics.data.metadata.meeting_id).to.equal(id);
    expect(analytics.data.metadata.analytics_callback_url).to.equal(urls['meta_analytics-callback-url']);
    expect(analytics.data.metadata.endcallbackurl).to.equal(urls.meta_endCallbackUrl);
  });

  it('keeps the URLs of breakout rooms to itself as well', async () => {
    const id = newMeetingId();
    const { answer: parent } = await rig.create(id, {}, { tenant: 'school' });
    const breakout = {
      ...{ name: 'Group', meetingID: `${'b'.repeat(40)}-${Date.now()}`, isBreakout: true, sequence: 1 },
      parentMeetingID: parent.element('internalMeetingID') ?? '',
      'meta_bbb-recording-ready-url': inbox.url(`/${id}/ready`),
    };
    const answer = await rig.call('create', breakout, { tenant: 'school' });
    expect(answer.returnCode).to.equal('SUCCESS');
    const sim = rig.simOf(answer.element('internalMeetingID') ?? '');
    const room = sim.meetings.findInternal(answer.element('internalMeetingID') ?? '');
    expect(room?.settings.metadata.get('bbb-recording-ready-url')).to.include('/callbacks/');
    const list = await rig.call('getMeetings', '', { tenant: 'school' });
    expect(list.text)
      .to.include(inbox.url(`/${id}/ready`))
      .and.not.to.include('/callbacks/');
  });

  it('refuses what no server has sent', async () => {
    const id = newMeetingId();
    const { sim } = await rig.create(id, urlsOf(id));
    const ready = sim.meetings.find(id)?.settings.metadata.get('bbb-recording-ready-url') ?? '';
    const { pathname } = new URL(ready);
    const claims = { meeting_id: id, record_id: 'x-1' };
    const signed = async (alg: string, secret: string): Promise<string> =>
      new URLSearchParams({
        signed_parameters: await new SignJWT(claims).setProtectedHeader({ alg }).sign(Buffer.from(secret)),
      }).toString();
    const post = async (path: string, body: string): Promise<number> =>
      (await rig.send(path, { body, contentType: 'application/x-www-form-urlencoded' })).status;
    const unsecured = new URLSearchParams({ signed_parameters: new UnsecuredJWT(claims).encode() });
    expect(await post(pathname, unsecured.toString())).to.equal(401);
    expect(await post(pathname, await signed('HS256', 'another secret'))).to.equal(401);
    expect(await post(pathname, await signed('HS256', 'front-end-secret'))).to.equal(401);
    expect(await post(pathname, '')).to.equal(401);
    expect(await post(pathname, 'x'.repeat(70_000))).to.equal(413);
    const guessed = pathname.replace(/.(?=\/recording-ready)/, (char) => (char === 'A' ? 'B' : 'A'));
    expect(await post(guessed, await signed('HS256', sim.secret))).to.equal(404);
    const end = pathname.replace('recording-ready/bbb', 'end');
    expect((await rig.send(`${end}?recordingmarks=true&meetingID=another`)).status).to.equal(404);
    expect((await rig.send('/metrics')).text).to.match(
      /callbacks_total\{kind="recording-ready",outcome="forged"\} 5/,
    );
    expect(JSON.stringify(rig.logger.lines)).not.to.include(pathname.slice(11, 43));
  });

  it('still takes the word of a server that was removed', async () => {
    const id = newMeetingId();
    const { sim } = await rig.create(id, urlsOf(id));
    const ready = sim.meetings.find(id)?.settings.metadata.get('bbb-recording-ready-url') ?? '';
    await rig.admin('DELETE', `servers/${sim.id}?force=true`);
    const claims = { meeting_id: id, record_id: `${'a'.repeat(40)}-1800000000000` };
    const key = Buffer.from(sim.secret);
    const jwt = await new SignJWT(claims).setProtectedHeader({ alg: 'HS256' }).sign(key);
    const body = new URLSearchParams({ signed_parameters: jwt }).toString();
    const contentType = 'application/x-www-form-urlencoded';
    expect((await rig.send(new URL(ready).pathname, { body, contentType })).status).to.equal(200);
  });

  async function pending(): Promise<number> {
    const text = (await rig.send('/metrics')).text;
    return Number(/^ballast_callbacks_pending(?:\{.*\})? (\d+)/m.exec(text)?.[1] ?? NaN);
  }
});
