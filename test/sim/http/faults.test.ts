import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { expect } from 'chai';
import { type SimServer, startSimServer } from '../../../src/sim/sim-server.js';
import { callBbb, elementText, rawRequest } from '../../support/sim-client.js';

describe('sim faults', () => {
  let server: SimServer;

  beforeEach(async () => {
    server = await startSimServer({ id: 'bbb1', secret: 'fault-secret' });
  });
  afterEach(() => server.stop());

  const codeOf = async (attempt: Promise<unknown>): Promise<string> => {
    try {
      await attempt;
    } catch (error) {
      const { code, name } = error as { code?: string; name: string };
      return code ?? name;
    }
    throw new Error('the request went through');
  };

  it('refuses connections and opens again on the same port', async () => {
    const { url } = server;
    await server.refuse();
    expect(await codeOf(callBbb(server, 'getMeetings'))).to.equal('ECONNREFUSED');
    await server.accept();
    expect(server.url).to.equal(url);
    expect((await callBbb(server, 'getMeetings')).status).to.equal(200);
  });

  it('resets the connection of one call and leaves the others alone', async () => {
    server.faults.set('create', { kind: 'reset' });
    expect(await codeOf(callBbb(server, 'create', 'name=Demo&meetingID=abc123'))).to.be.oneOf([
      'ECONNRESET',
      'UND_ERR_SOCKET',
    ]);
    expect((await callBbb(server, 'getMeetings')).text).to.include('noMeetings');
  });

  it('hangs without an effect, or with the effect when told so', async () => {
    const hang = (meetingId: string): Promise<string> =>
      codeOf(
        callBbb(server, 'create', `name=Demo&meetingID=${meetingId}`, { signal: AbortSignal.timeout(150) }),
      );
    server.faults.set('create', { kind: 'hang' });
    expect(await hang('lost')).to.not.equal('');
    server.faults.set('create', { kind: 'hang', isCarriedOut: true });
    await hang('made');
    expect(server.meetings.list().map(({ meetingId }) => meetingId)).to.deep.equal(['made']);
  });

  it('is slow by the time given, once if told so', async () => {
    server.faults.set('*', { kind: 'slow', delayMs: 80, times: 1 });
    const from = performance.now();
    expect((await callBbb(server, 'getMeetings')).status).to.equal(200);
    expect(performance.now() - from).to.be.at.least(75);
    expect(server.faults.list()).to.deep.equal({});
  });

  it('answers with a status, HTML, garbage and FAILED keys', async () => {
    server.faults.set('*', { kind: 'status', status: 502 });
    expect(await callBbb(server, 'getMeetings')).to.include({ status: 502 });
    server.faults.set('*', { kind: 'html' });
    expect((await callBbb(server, 'getMeetings')).text).to.include('<html>');
    server.faults.set('*', { kind: 'garbage' });
    expect((await callBbb(server, 'getMeetings')).text).not.to.include('<response>');
    server.faults.set('*', { kind: 'wrongSecret' });
    expect(elementText((await callBbb(server, 'getMeetings')).text, 'messageKey')).to.equal('checksumError');
    server.faults.set('create', { kind: 'failed', key: 'maxConcurrent' });
    const { text } = await callBbb(server, 'create', 'name=Demo&meetingID=abc123');
    expect(elementText(text, 'messageKey')).to.equal('maxConcurrent');
    expect(server.meetings.list()).to.deep.equal([]);
  });

  it('cuts the right answer, breaks off in its middle, and floods', async () => {
    server.faults.set('create', { kind: 'cut' });
    const { text } = await callBbb(server, 'create', 'name=Demo&meetingID=abc123');
    expect(text)
      .to.match(/^<response>/)
      .and.not.include('</response>');
    server.faults.set('getMeetings', { kind: 'abort' });
    expect(await codeOf(callBbb(server, 'getMeetings'))).to.be.oneOf(['ECONNRESET', 'UND_ERR_SOCKET']);
    server.faults.set('getMeetings', { kind: 'flood', bytes: 1_000_000 });
    expect((await callBbb(server, 'getMeetings')).text.length).to.be.above(1_000_000);
  });

  it('shows a skewed clock in the Date header and in createTime', async () => {
    server.setClockSkew(-3_600_000);
    const answer = await callBbb(server, 'create', 'name=Demo&meetingID=abc123');
    const behind = Date.now() - 3_600_000;
    expect(Date.parse(String(answer.headers.date))).to.be.closeTo(behind, 3_000);
    expect(Number(elementText(answer.text, 'createTime'))).to.be.closeTo(behind, 3_000);
  });

  it('takes faults, attendees and restarts over HTTP', async () => {
    const post = async (path: string, body: object): Promise<{ status: number; text: string }> =>
      rawRequest(`${server.origin}/sim/${path}`, { body: JSON.stringify(body) });
    await post('faults', { faults: { getMeetings: { kind: 'status', status: 503 } }, clockSkewMs: 1_000 });
    expect((await callBbb(server, 'getMeetings')).status).to.equal(503);
    await post('faults', { faults: { getMeetings: null } });
    expect((await callBbb(server, 'getMeetings')).status).to.equal(200);
    expect((await post('faults', { faults: { create: { kind: 'sleepy' } } })).status).to.equal(400);
    await callBbb(server, 'create', 'name=Demo&meetingID=abc123');
    await post('attendees', { meetingId: 'abc123', attendees: 12, hasVideo: true });
    const state = JSON.parse((await rawRequest(`${server.origin}/sim/state`)).text) as unknown;
    expect(state).to.have.nested.property('meetings[0].attendees', 12);
    expect(server.meetings.load()).to.include({ attendees: 12, video: 12, streams: 132 });
    expect((await post('attendees', { meetingId: 'nope', attendees: 1 })).status).to.equal(404);
    await post('restart', {});
    expect((await callBbb(server, 'getMeetings')).text).to.include('noMeetings');
  });

  it('refuses for a while when told so over HTTP', async () => {
    await rawRequest(`${server.origin}/sim/faults`, { body: JSON.stringify({ refuseForMs: 100 }) });
    const deadline = Date.now() + 3_000;
    const attempt = (): Promise<string> =>
      callBbb(server, 'getMeetings').then(({ status }) => String(status), String);
    let seen = await attempt();
    while (seen === '200' && Date.now() < deadline) seen = await attempt();
    expect(seen).not.to.equal('200');
    while (seen !== '200' && Date.now() < deadline) seen = await attempt();
    expect(seen).to.equal('200');
  });

  it('calls both callbacks when a meeting has ended', async () => {
    const seen: string[] = [];
    const listener = createServer((request, reply) => {
      seen.push(request.url ?? '');
      reply.end();
    });
    await new Promise<void>((resolve) => listener.listen(0, '127.0.0.1', resolve));
    const base = `http://127.0.0.1:${(listener.address() as AddressInfo).port}`;
    try {
      const end = encodeURIComponent(`${base}/ended?room=a+b`);
      const lb = encodeURIComponent(`${base}/lb`);
      await callBbb(
        server,
        'create',
        `name=Demo&meetingID=abc123&meta_endCallbackUrl=${end}&meetingEndedURL=${lb}`,
      );
      await callBbb(server, 'end', 'meetingID=abc123');
      const deadline = Date.now() + 2_000;
      while (seen.length < 2 && Date.now() < deadline) await new Promise((resolve) => setImmediate(resolve));
      expect(seen).to.have.members(['/ended?room=a+b&recordingmarks=false&meetingID=abc123', '/lb']);
    } finally {
      listener.closeAllConnections();
      listener.close();
    }
  });

  it('stops while requests hang', async () => {
    server.faults.set('*', { kind: 'hang' });
    const hanging = codeOf(callBbb(server, 'getMeetings'));
    const deadline = Date.now() + 2_000;
    while (Object.keys(server.faults.list()).length > 1 && Date.now() < deadline)
      await new Promise(setImmediate);
    await server.stop();
    expect(await hanging).to.be.a('string');
  });
});
