import { expect } from 'chai';
import { checksumOf } from '../../../src/sim/checksum.js';
import { type SimServer, startSimServer } from '../../../src/sim/sim-server.js';
import { callBbb, elementText, rawRequest } from '../../support/sim-client.js';

describe('sim status calls', () => {
  let server: SimServer;
  let now = 1_715_261_728_123;

  beforeEach(async () => {
    now = 1_715_261_728_123;
    server = await startSimServer({ id: 'bbb1', secret: 'status-secret', now: () => now, endLagMs: 3_000 });
  });
  afterEach(() => server.stop());

  const call = async (name: string, query = ''): Promise<string> => (await callBbb(server, name, query)).text;
  const createDemo = (more = ''): Promise<string> =>
    call('create', `name=Demo&meetingID=abc123&attendeePW=att&moderatorPW=mod&voiceBridge=66052${more}`);

  it('answers the version document in all its URL forms, signed or not', async () => {
    for (const path of [
      '/bigbluebutton/api',
      '/bigbluebutton/api/',
      '/bigbluebutton/api/?&checksum=x',
      '/bigbluebutton/',
      '//bigbluebutton//api/',
    ]) {
      const { status, text } = await rawRequest(`${server.origin}${path}`);
      expect(status).to.equal(200);
      expect(elementText(text, 'version')).to.equal('2.0');
    }
    const headers = { 'content-type': 'application/json' };
    const json = await rawRequest(`${server.url}/`, { headers });
    expect(JSON.parse(json.text)).to.have.nested.property('response.apiVersion', '2.0');
  });

  it('refuses missing, wrong and doubled checksums', async () => {
    const right = checksumOf('sha1', 'isMeetingRunning', 'meetingID=abc', server.secret);
    for (const query of [
      'meetingID=abc',
      'meetingID=abc&checksum=0',
      `checksum=${right}&meetingID=abc&checksum=${right}`,
    ]) {
      const { text } = await rawRequest(`${server.url}/isMeetingRunning?${query}`);
      expect(elementText(text, 'messageKey')).to.equal('checksumError');
    }
    const upper = `checksum=${right.toUpperCase()}&meetingID=abc`;
    const { text } = await rawRequest(`${server.url}/isMeetingRunning?${upper}`);
    expect(elementText(text, 'running')).to.equal('false');
  });

  it('is running only while someone is in', async () => {
    await createDemo();
    expect(elementText(await call('isMeetingRunning', 'meetingID=abc123'), 'running')).to.equal('false');
    await call('join', 'meetingID=abc123&fullName=Ann&role=MODERATOR');
    expect(elementText(await call('isMeetingRunning', 'meetingID=abc123'), 'running')).to.equal('true');
    expect(elementText(await call('isMeetingRunning', 'meetingID=a'), 'messageKey')).to.equal(
      'validationError',
    );
  });

  it("writes getMeetingInfo in the order of bbb-web's template", async () => {
    await createDemo(
      '&record=true&duration=60&maxParticipants=20&meta_endCallbackUrl=https%3A%2F%2Fgl.example%2Fe%3Fa%26b',
    );
    now += 19;
    await call(
      'join',
      'meetingID=abc123&fullName=Anton+G&role=MODERATOR&userID=gl-42&userdata-bbb_skip=true&userdata-sim_voice=true&userdata-sim_video=true',
    );
    const names = [...(await call('getMeetingInfo', 'meetingID=abc123')).matchAll(/<([a-zA-Z_-]+)>/g)].map(
      ([, name]) => name,
    );
    expect(names.join(' ')).to.equal(
      'response returncode meetingName meetingID internalMeetingID createTime createDate voiceBridge dialNumber attendeePW moderatorPW ' +
        'running duration hasUserJoined recording hasBeenForciblyEnded startTime endTime participantCount listenerCount ' +
        'voiceParticipantCount videoCount maxUsers moderatorCount attendees attendee userID fullName role isPresenter ' +
        'isListeningOnly hasJoinedVoice hasVideo clientType customdata bbb_skip sim_voice sim_video metadata endcallbackurl isBreakout',
    );
    const text = await call('getMeetingInfo', 'meetingID=abc123');
    expect(elementText(text, 'endcallbackurl')).to.equal('https://gl.example/e?a&amp;b');
    expect(elementText(text, 'startTime')).to.equal('1715261728142');
    expect(elementText(text, 'videoCount')).to.equal('1');
    expect(elementText(text, 'isPresenter')).to.equal('true');
  });

  it('answers unknown meetings with notFound', async () => {
    for (const name of ['getMeetingInfo', 'end']) {
      expect(elementText(await call(name, 'meetingID=nope'), 'messageKey')).to.equal('notFound');
    }
  });

  it('lists meetings as they change, and says noMeetings without any', async () => {
    expect(await call('getMeetings')).to.equal(
      '<response>\n<returncode>SUCCESS</returncode>\n<meetings/>\n<messageKey>noMeetings</messageKey>\n' +
        '<message>no meetings were found on this server</message>\n</response>\n',
    );
    await createDemo();
    await call('create', 'name=Other&meetingID=other');
    expect((await call('getMeetings')).match(/<meeting>/g)).to.have.length(2);
    server.meetings.setAttendees(server.meetings.find('other')!, 7);
    expect(await call('getMeetings')).to.include(
      '<participantCount>7</participantCount>\n<listenerCount>7</listenerCount>',
    );
  });

  it('lists an ended meeting as forcibly ended until the lag is over', async () => {
    await createDemo();
    const text = await call('end', 'meetingID=abc123&password=mod');
    expect(elementText(text, 'messageKey')).to.equal('sentEndMeetingRequest');
    expect(await call('getMeetings')).to.include('<hasBeenForciblyEnded>true</hasBeenForciblyEnded>');
    expect(elementText(await call('end', 'meetingID=abc123'), 'returncode')).to.equal('SUCCESS');
    now += 3_000;
    expect(await call('getMeetings')).to.include('noMeetings');
    expect(elementText(await call('getMeetingInfo', 'meetingID=abc123'), 'messageKey')).to.equal('notFound');
  });

  it('ends with the moderator password only, where the version checks it', async () => {
    const old = await startSimServer({ id: 'old', secret: 's', checksEndPassword: true });
    try {
      await callBbb(old, 'create', 'name=Demo&meetingID=abc123&attendeePW=att&moderatorPW=mod');
      const wrong = await callBbb(old, 'end', 'meetingID=abc123&password=att');
      expect(elementText(wrong.text, 'messageKey')).to.equal('invalidPassword');
      const right = await callBbb(old, 'end', 'meetingID=abc123&password=mod');
      expect(elementText(right.text, 'returncode')).to.equal('SUCCESS');
    } finally {
      await old.stop();
    }
  });

  it('ends meetings nobody joins, that were left, and whose duration is over', async () => {
    await call('create', 'name=Unjoined&meetingID=unjoined');
    await call('create', 'name=Left&meetingID=left');
    await call('create', 'name=Short&meetingID=short&duration=10');
    const left = server.meetings.find('left')!;
    server.meetings.setAttendees(left, 2);
    server.meetings.setAttendees(server.meetings.find('short')!, 2);
    server.meetings.setAttendees(left, 0);
    const alive = (): string[] =>
      server.meetings
        .list()
        .filter(({ endTime }) => endTime === 0)
        .map(({ meetingId }) => meetingId);
    now += 60_000;
    expect(alive()).to.deep.equal(['unjoined', 'short']);
    now += 240_000;
    expect(alive()).to.deep.equal(['short']);
    now += 300_000;
    expect(alive()).to.deep.equal([]);
  });

  it('lists sessions by internal meeting ID', async () => {
    expect(elementText(await call('getSessions'), 'message')).to.equal(
      'no sessions were found on this serverr',
    );
    await createDemo();
    await call('join', 'meetingID=abc123&fullName=Ann&role=MODERATOR');
    const text = await call('getSessions');
    expect(elementText(text, 'meetingID')).to.equal(server.meetings.find('abc123')?.internalId);
    expect(elementText(text, 'userName')).to.equal('Ann');
  });

  it('writes errors in JSON to clients that prefer it, successes never', async () => {
    const headers = { accept: 'application/json, text/plain, */*' };
    const bad = await callBbb(server, 'getMeetingInfo', 'meetingID=nope', { headers });
    expect(JSON.parse(bad.text)).to.have.nested.property('response.messageKey', 'notFound');
    expect((await callBbb(server, 'getMeetings', '', { headers })).text).to.match(/^<response>/);
  });

  it('has HTML for calls, methods and packages it does not know', async () => {
    expect((await callBbb(server, 'getmeetings')).status).to.equal(404);
    expect((await callBbb(server, 'insertDocument', 'meetingID=abc123')).status).to.equal(404);
    const bare = await startSimServer({ id: 'bbb2', secret: 'without-webhooks', hasWebhooks: false });
    const { status } = await callBbb(bare, 'hooks/list');
    await bare.stop();
    expect(status).to.equal(404);
  });
});
