import { connect } from 'node:net';
import { expect } from 'chai';
import fc from 'fast-check';
import { newMeetingId } from '../support/app-rig.js';
import type { RunningBallast } from './running-ballast.js';
import { SystemRig } from './system-rig.js';

const CALLS = [
  'create',
  'join',
  'isMeetingRunning',
  'getMeetingInfo',
  'getMeetings',
  'end',
  'getRecordings',
  'x',
];

describe('system: whatever arrives', function () {
  this.timeout(60_000);
  const rig = new SystemRig();
  const meetingId = newMeetingId();
  let ballast: RunningBallast;

  before(async () => {
    await rig.addSims(1);
    ballast = await rig.serve();
    await ballast.create(meetingId);
  });
  after(() => rig.stop());
  afterEach('the process lives on, without a fault of its own', async () => {
    expect(ballast.process.hasEnded).to.equal(false);
    const info = await ballast.call('getMeetingInfo', { meetingID: meetingId });
    expect(info.returnCode).to.equal('SUCCESS');
    for (const message of ['call failed', 'request failed', 'admin request failed']) {
      expect(ballast.process.logged(message)).to.deep.equal([]);
    }
  });

  it('serves a query of 60 KiB and one of 3,000 parameters', async () => {
    const long = await ballast.create(newMeetingId(), { welcome: 'ä'.repeat(10_000) });
    expect(long.returnCode).to.equal('SUCCESS');
    const many = Array.from({ length: 3_000 }, (_, at) => `meta_k${at}=${at}`).join('&');
    const answer = await ballast.call('create', `meetingID=${newMeetingId()}&name=Room&${many}`);
    expect(answer.returnCode).to.equal('SUCCESS');
    const sent = rig.sim('bbb1').calls.requests('create').at(-1)?.query ?? '';
    expect(sent).to.include('meta_k0=0&').and.include('meta_k2999=2999');
  });

  it('refuses a query of 1 MB and headers without end, each with a 4xx', async () => {
    const { status } = await ballast
      .call('getMeetings', `a=${'x'.repeat(1_000_000)}`)
      .catch(() => ({ status: 431 }));
    expect(status).to.be.within(400, 499);
    // Cut while it still sends, the client may lose the answer.
    const endless = `GET /bigbluebutton/api HTTP/1.1\r\nHost: a\r\nX: ${'y'.repeat(200_000)}\r\n\r\n`;
    expect(await raw(endless)).to.match(/^(?:HTTP\/1\.1 431 |$)/);
    expect(await raw('\u0000\u0001garbage\r\n\r\n')).to.match(/^HTTP\/1\.1 400 /);
  });

  it('answers FAILED to what no BBB takes', async () => {
    const answers = [
      await ballast.call('getMeetingInfo', 'meetingID=%'),
      await ballast.call('getMeetingInfo', 'meetingID=%zz%00'),
      await ballast.call('getMeetingInfo', 'meetingID=%FF%FE'),
      await ballast.call('create', 'name=NoId'),
      await ballast.call('create', `name=Room&meetingID=${'x'.repeat(300)}`),
      await ballast.call('nonsense'),
      await ballast.call('create', 'name=Room&meetingID=a', {
        body: '{}',
        headers: { 'content-type': 'application/json' },
      }),
      await ballast.send(`${ballast.url}/bigbluebutton/api/getMeetings?checksum=`),
      await ballast.send(`${ballast.url}/bigbluebutton/api/getMeetings?checksum=a&checksum=b`),
      await ballast.send(`${ballast.url}/bigbluebutton/api/getMeetings`, { method: 'DELETE' }),
    ];
    for (const [at, { status, returnCode, messageKey }] of answers.entries()) {
      expect([at, status, returnCode]).to.deep.equal([at, 200, 'FAILED']);
      expect(messageKey).to.match(/^[a-zA-Z]+$/);
    }
  });

  it('does not follow an XML bomb', async () => {
    const entities = Array.from(
      { length: 20 },
      (_, at) => `<!ENTITY e${at + 1} "${`&e${at};`.repeat(10)}">`,
    ).join('');
    const bomb = `<?xml version="1.0"?><!DOCTYPE m [<!ENTITY e0 "lol">${entities}]><modules>&e20;</modules>`;
    const answer = await ballast.call('create', `name=Room&meetingID=${newMeetingId()}`, {
      body: bomb,
      headers: { 'content-type': 'application/xml' },
    });
    expect(answer.status).to.equal(200);
    expect(answer.tookMs).to.be.below(5_000);
  });

  it('answers any signed call with 200, a redirect or 4xx, and never 5xx', async () => {
    const part = fc.oneof(
      fc.string({ unit: 'grapheme', maxLength: 12 }).map(encodeURIComponent),
      fc.constantFrom(
        '%',
        '%0',
        '%00',
        '%0A',
        '%C3%28',
        '+',
        '',
        '%3Cx%3E',
        meetingId,
        '&',
        '=',
        '%26checksum%3D',
      ),
    );
    const name = fc.constantFrom(
      'meetingID',
      'name',
      'fullName',
      'password',
      'role',
      'recordID',
      'meta_x',
      '',
    );
    const query = fc
      .array(fc.tuple(name, part), { maxLength: 6 })
      .map((pairs) => pairs.map((p) => p.join('=')).join('&'));
    await fc.assert(
      fc.asyncProperty(fc.constantFrom(...CALLS), query, async (call, text) => {
        // An end with the right ID is no bad input.
        fc.pre(!(call === 'end' && text.includes(meetingId)));
        const { status, returnCode, text: body } = await ballast.call(call, text);
        expect(status).to.be.below(500);
        if (status === 200) expect(returnCode, body).to.be.oneOf(['SUCCESS', 'FAILED']);
      }),
      { numRuns: 150 },
    );
  });

  it('answers any line protocol with 204 or 400', async () => {
    const piece = fc.oneof(
      fc.constantFrom(
        'cpu,cpu=cpu-total,server=bbb1',
        ' usage_idle=',
        '"',
        '\\',
        ',',
        '=',
        ' ',
        '\n',
        '9e999',
        'NaN',
        '-',
        'i',
      ),
      fc.string({ maxLength: 8 }),
    );
    await fc.assert(
      fc.asyncProperty(fc.array(piece, { maxLength: 20 }), async (pieces) => {
        expect((await ballast.write(pieces.join(''))).status).to.be.oneOf([204, 400]);
      }),
      { numRuns: 80 },
    );
    expect(await ballast.metrics()).to.not.match(/ NaN$/m);
  });

  /** Sends bytes as they are and gives what came back until the end. */
  async function raw(text: string): Promise<string> {
    const { hostname, port } = new URL(ballast.url);
    const socket = connect(Number(port), hostname);
    let answer = '';
    socket.setEncoding('utf8').on('data', (chunk: string) => (answer += chunk));
    // Cut while it still sends: it ends in `close` all the same.
    socket.on('error', () => undefined);
    const closed = new Promise<void>((resolve) => {
      socket.once('close', () => {
        resolve();
      });
    });
    socket.write(text, 'latin1');
    await closed;
    return answer;
  }
});
