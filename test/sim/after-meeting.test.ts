import { expect } from 'chai';
import { decodeJwt, decodeProtectedHeader } from 'jose';
import { FrontEndReceiver } from '../../src/sim/front-end-receiver.js';
import { type SimServer, type SimServerOptions, startSimServer } from '../../src/sim/sim-server.js';
import { until } from '../support/app-rig.js';
import { callBbb, elementText, rawRequest } from '../support/sim-client.js';

const SECRET = 'after-secret';

describe('sim after a meeting', () => {
  const running: { stop(): Promise<void> }[] = [];
  let status = 200;

  beforeEach(() => {
    status = 200;
  });
  afterEach(async () => {
    await Promise.all(running.splice(0).map((each) => each.stop()));
  });

  async function start(
    options: Partial<SimServerOptions> = {},
  ): Promise<{ server: SimServer; receiver: FrontEndReceiver }> {
    const server = await startSimServer({ id: 'bbb1', secret: SECRET, callbackRetryMs: 1, ...options });
    const receiver = await FrontEndReceiver.start({ secret: SECRET, answer: () => status });
    running.push(server, receiver);
    return { server, receiver };
  }

  async function endMeeting(server: SimServer, receiver: FrontEndReceiver, query = ''): Promise<string> {
    const given = new URLSearchParams({ name: 'Algebra', meetingID: 'room 1', ...receiver.createParameters });
    const { text } = await callBbb(server, 'create', `${given.toString()}${query}`);
    await callBbb(server, 'end', 'meetingID=room+1');
    return elementText(text, 'internalMeetingID') ?? '';
  }

  it('calls with the end, the recording and its analytics, each signed as BigBlueButton signs it', async () => {
    const { server, receiver } = await start();
    const recordId = await endMeeting(server, receiver, '&record=true');
    await until('all three are answered', () => server.callbacks.length === 3);
    const of = (kind: string): (typeof receiver.received)[number] => {
      const found = receiver.received.filter((callback) => callback.kind === kind);
      expect(found, kind).to.have.length(1);
      expect(found[0]?.isGenuine, kind).to.equal(true);
      expect(found[0]?.meetingId, kind).to.equal('room 1');
      return found[0]!;
    };
    expect(of('end').target).to.equal('/ended?recordingmarks=true&meetingID=room+1');
    expect(of('recording-ready').recordId).to.equal(recordId);
    const jwt = new URLSearchParams(of('recording-ready').body).get('signed_parameters') ?? '';
    expect(decodeProtectedHeader(jwt)).to.deep.equal({ typ: 'JWT', alg: 'HS256' });
    expect(decodeJwt(jwt)).to.deep.equal({ meeting_id: 'room 1', record_id: recordId });
    const report = JSON.parse(of('analytics').body) as unknown;
    expect(report).to.have.property('internal_meeting_id', recordId);
    expect(report).to.have.nested.property(
      'data.metadata.analytics_callback_url',
      `${receiver.origin}/analytics`,
    );
    expect(server.callbacks.map(({ kind, outcome }) => [kind, outcome])).to.have.deep.members([
      ['end', 200],
      ['recording-ready', 200],
      ['analytics', 200],
    ]);
  });

  it('makes analytics without a recording only where events are kept', async () => {
    const { server, receiver } = await start();
    await endMeeting(server, receiver);
    await endMeeting(server, receiver, '&meetingKeepEvents=true');
    await until('the report has come', () => receiver.received.some(({ kind }) => kind === 'analytics'));
    expect(receiver.received.filter(({ kind }) => kind === 'analytics')).to.have.length(1);
    expect(receiver.received.some(({ kind }) => kind === 'recording-ready')).to.equal(false);
  });

  it('signs with its own secret, which a front end of another secret refuses', async () => {
    const { server } = await start();
    const other = await FrontEndReceiver.start({ secret: 'of somebody else' });
    running.push(other);
    await endMeeting(server, other, '&record=true');
    await until('both have come', () => other.received.filter(({ isGenuine }) => !isGenuine).length === 2);
    await until('both are answered', () => server.callbacks.length === 3);
    const outcomes = server.callbacks.filter(({ kind }) => kind !== 'end').map(({ outcome }) => outcome);
    expect(outcomes).to.deep.equal([401, 401]);
  });

  it('tries a failed callback five times and then no more', async () => {
    const { server, receiver } = await start();
    status = 503;
    await endMeeting(server, receiver);
    await until('it is given up', () => server.callbacks.length === 5);
    expect(server.callbacks.map(({ attempt }) => attempt)).to.deep.equal([1, 2, 3, 4, 5]);
  });

  it('goes through processing and processed and announces each format it publishes', async () => {
    const { server, receiver } = await start({
      recordingDelayMs: 200,
      recordingFormats: ['presentation', 'video'],
    });
    const recordId = await endMeeting(server, receiver, '&record=true');
    const states = new Set<string>();
    const find = async (query: string): Promise<string> =>
      (await callBbb(server, 'getRecordings', `recordID=${recordId}${query}`)).text;
    expect(await find('')).to.include('noRecordings');
    await until('both formats are announced', async () => {
      const state = elementText(await find('&state=any'), 'state') ?? '';
      states.add(state);
      return receiver.received.filter(({ kind }) => kind === 'recording-ready').length === 2;
    });
    expect([...states]).to.deep.equal(['processing', 'processed', 'published']);
    expect((await find('')).match(/<type>(presentation|video)<\/type>/g)).to.have.length(2);
  });

  it('loses its callbacks when it dies, and is silent while it is down, but keeps its recordings', async () => {
    const { server, receiver } = await start({ recordingDelayMs: 500, callbackRetryMs: 60_000 });
    status = 503;
    await endMeeting(server, receiver, '&record=true');
    await until('the first attempts have failed', () => server.callbacks.length === 2);
    status = 200;
    await server.refuse();
    await until('the recording is published', () => server.recordings.list()[0]?.state === 'published');
    await server.accept();
    await until('its call is given up', () => server.callbacks.length === 3);
    expect(server.callbacks.at(-1)).to.include({ kind: 'recording-ready', outcome: 'the server is down' });
    expect(receiver.received).to.have.length(2);
  });

  it('takes recordings from other processes and announces them where asked', async () => {
    const { server, receiver } = await start();
    const recording = {
      ...{ recordId: 'abc-1', meetingId: 'room-7', startTime: 1_000, endTime: 61_000 },
      metadata: { 'bbb-recording-ready-url': `${receiver.origin}/recording-ready` },
      newerElements: '<anonymised>true</anonymised>\n',
      breakoutIds: ['child-1'],
    };
    const body = JSON.stringify({ recordings: [recording], announce: true });
    const { status: code } = await rawRequest(`${server.origin}/sim/recordings`, { body });
    expect(code).to.equal(200);
    await until('it is announced', () => receiver.received.some(({ recordId }) => recordId === 'abc-1'));
    const { text } = await callBbb(server, 'getRecordings', 'recordID=abc-1');
    expect(text).to.include('<anonymised>true</anonymised>');
    expect(text).to.include('<breakoutRoom>child-1</breakoutRoom>').and.include('<images>');
    const state = await rawRequest(`${server.origin}/sim/state`);
    expect(JSON.parse(state.text)).to.have.nested.property('recordings[0].state', 'published');
  });
});
