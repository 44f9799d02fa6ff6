import { expect } from 'chai';
import { checksumOf } from '../../src/sim/checksum.js';
import { AppRig, RIG_SECRET } from '../support/app-rig.js';

const FORM = 'application/x-www-form-urlencoded';
const API = '/bigbluebutton/api';

describe('checksums of front ends', () => {
  let rig: AppRig;

  before(async () => {
    rig = await AppRig.start({ servers: 1, settings: { secrets: [RIG_SECRET, 'the-older-secret'] } });
  });

  after(() => rig.stop());

  const sha = (call: string, query: string, secret = RIG_SECRET): string =>
    checksumOf('sha256', call, query, secret);
  const keyOf = async (target: string): Promise<string | undefined> =>
    (await rig.send(API + target)).messageKey;

  for (const algorithm of ['sha1', 'sha256', 'sha384', 'sha512'] as const) {
    it(`may be made with ${algorithm}, in lower or upper case`, async () => {
      const query = 'meetingID=room+%c3%bc&x=%7e';
      const checksum = checksumOf(algorithm, 'isMeetingRunning', query, RIG_SECRET);
      for (const hex of [checksum, checksum.toUpperCase()]) {
        const answer = await rig.send(`${API}/isMeetingRunning?${query}&checksum=${hex}`);
        expect(answer.element('running')).to.equal('false');
      }
    });
  }

  it('may stand anywhere in the query', async () => {
    const checksum = sha('isMeetingRunning', 'meetingID=ab&x=1');
    for (const query of [
      `checksum=${checksum}&meetingID=ab&x=1`,
      `meetingID=ab&checksum=${checksum}&x=1`,
      `meetingID=ab&x=1&checksum=${checksum}`,
    ]) {
      expect((await rig.send(`${API}/isMeetingRunning?${query}`)).returnCode, query).to.equal('SUCCESS');
    }
    const empty = sha('getMeetings', '');
    for (const query of [`checksum=${empty}`, `&checksum=${empty}`]) {
      expect((await rig.send(`${API}/getMeetings?${query}`)).returnCode, query).to.equal('SUCCESS');
    }
  });

  it('may be made with any live secret, and no other', async () => {
    expect((await rig.call('getMeetings', '', { secret: 'the-older-secret' })).returnCode).to.equal(
      'SUCCESS',
    );
    for (const secret of ['', 'guess', rig.sims[0]?.secret ?? '']) {
      expect((await rig.call('getMeetings', '', { secret })).messageKey).to.equal('checksumError');
    }
  });

  it('are refused when missing, empty, repeated, of a wrong length or of another call', async () => {
    const right = sha('getMeetings', '');
    for (const query of [
      '',
      '?',
      '?checksum',
      '?checksum=',
      `?checksum=${right}&checksum=${right}`,
      `?checksum=${right}&%63hecksum=${right}`,
      `?checksum=${right.slice(1)}`,
      `?checksum=${right}0`,
      `?checksum=${sha('end', '')}`,
      `?Checksum=${right}`,
      `?x=1&checksum=${right}`,
    ]) {
      expect(await keyOf(`/getMeetings${query}`), query).to.equal('checksumError');
    }
  });

  it('are looked at before anything else about the call', async () => {
    const refused = await rig.send(`${API}/create?name=x`);
    expect(refused.text).to.equal(
      '<response>\n<returncode>FAILED</returncode>\n<messageKey>checksumError</messageKey>\n' +
        '<message>Checksums do not match</message>\n</response>',
    );
    expect(refused.headers['content-type']).to.equal('text/xml;charset=utf-8');
  });

  it('may be among the fields of a form that they sign', async () => {
    const body = 'meetingID=form-room&name=Form+Room';
    const sorted = sha('create', body);
    const answer = await rig.send(`${API}/create`, { body: `${body}&checksum=${sorted}`, contentType: FORM });
    expect(answer.element('meetingID')).to.equal('form-room');
    const shuffled = 'name=Form+Room&meetingID=form-room';
    const first = await rig.send(`${API}/create`, {
      body: `checksum=${sha('create', shuffled)}&${shuffled}`,
      contentType: FORM,
    });
    expect(first.messageKey).to.equal('duplicateWarning');
  });

  it('are refused in a form that they do not sign', async () => {
    const unsigned = { body: `name=x&meetingID=ab&checksum=${sha('create', '')}`, contentType: FORM };
    expect((await rig.send(`${API}/create`, unsigned)).messageKey).to.equal('checksumError');
  });

  it('in a body count only where the query is empty', async () => {
    const body = 'meetingID=ab';
    const form = { body: `${body}&checksum=${sha('isMeetingRunning', body)}`, contentType: FORM };
    expect((await rig.send(`${API}/isMeetingRunning?x=1`, form)).messageKey).to.equal('checksumError');
  });

  it('in a body are not waited for where the body can hold none', async () => {
    const body = `meetingID=ab&checksum=${sha('isMeetingRunning', 'meetingID=ab')}`;
    for (const contentType of ['application/xml', 'multipart/form-data; boundary=x', 'text/plain']) {
      const answer = await rig.send(`${API}/isMeetingRunning`, { body, contentType });
      expect(answer.messageKey, contentType).to.equal('checksumError');
    }
    const large = { body: `x=${'y'.repeat(200_000)}`, contentType: FORM };
    expect((await rig.send(`${API}/isMeetingRunning`, large)).status).to.equal(413);
  });

  it('in a body beside that of the query never reach the server, however they are spelled', async () => {
    await rig.create('spelled');
    const form = { body: 'x=1&%63hecksum=wrong&checksum%00=wrong&checksum=wrong', contentType: FORM };
    const answer = await rig.call('getMeetingInfo', 'meetingID=spelled', form);
    expect(answer.returnCode).to.equal('SUCCESS');
    const [got] = rig.sims[0]!.calls.requests('getMeetingInfo').slice(-1);
    expect(got?.query).to.match(/^meetingID=spelled&x=1&checksum=[0-9a-f]{64}$/);
  });

  it('are not asked for by the version document, in all forms of its URL', async () => {
    for (const url of [
      API,
      `${API}/`,
      `/${API}/`,
      '/bigbluebutton',
      '/bigbluebutton/',
      `${API}?&checksum=x`,
    ]) {
      const answer = await rig.send(url);
      expect(answer.text, url).to.match(
        /^<response>\n<returncode>SUCCESS<\/returncode>\n<version>2.0<\/version>/,
      );
    }
    const json = await rig.send(API, { headers: { 'content-type': 'application/json' } });
    expect(JSON.parse(json.text)).to.have.nested.property('response.version', '2.0');
  });

  it('do not help a call that Ballast does not have', async () => {
    for (const call of [
      'getJoinUrl',
      'enter',
      'stuns',
      'hooks/update',
      'Create',
      'getmeetings',
      'constructor',
    ]) {
      const answer = await rig.call(call, 'meetingID=ab');
      expect(answer, call).to.include({ status: 200, messageKey: 'unsupportedRequest' });
    }
    for (const method of ['PUT', 'DELETE'] as const) {
      expect((await rig.call('getMeetings', '', { method })).messageKey).to.equal('unsupportedRequest');
    }
  });

  it('answers HEAD as GET, without the body', async () => {
    const answer = await rig.call('getMeetings', '', { method: 'HEAD' });
    expect(answer).to.include({ status: 200, text: '' });
    expect(Number(answer.headers['content-length'])).to.be.above(50);
  });
});

describe('wrong checksums in a row', () => {
  const LIMIT = 5;
  let rig: AppRig;

  before(async () => {
    rig = await AppRig.start({ servers: 1, settings: { checksum: { failuresPerMinute: LIMIT } } });
  });

  after(() => rig.stop());

  it('get 429 beyond the limit, while valid calls from the same address go on', async () => {
    const statuses: number[] = [];
    for (let at = 0; at < LIMIT + 3; at++) {
      statuses.push((await rig.call('getMeetings', '', { secret: 'guess' })).status);
      expect((await rig.call('getMeetings')).returnCode).to.equal('SUCCESS');
    }
    expect(statuses).to.deep.equal([...Array<number>(LIMIT).fill(200), 429, 429, 429]);
    const refused = await rig.call('getMeetings', '', { secret: 'guess' });
    expect(refused.messageKey).to.equal('tooManyFailedChecksums');
    const body = 'name=Room&meetingID=limit-room';
    const form = { body: `${body}&checksum=${checksumOf('sha256', 'create', body, RIG_SECRET)}` };
    const signed = await rig.send(`${API}/create`, { ...form, contentType: FORM });
    expect(signed.returnCode).to.equal('SUCCESS');
  });

  it('count for the client behind a trusted proxy, not for the proxy', async () => {
    const headers = { 'x-forwarded-for': '203.0.113.77' };
    expect((await rig.call('getMeetings', '', { secret: 'guess', headers })).status).to.equal(200);
  });
});
