import { createHash } from 'node:crypto';
import { Readable } from 'node:stream';
import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import { expect } from 'chai';
import { request } from 'undici';
import { checksumOf } from '../../../src/sim/checksum.js';
import { type SimServer, startSimServer } from '../../../src/sim/sim-server.js';
import { callBbb, elementText } from '../../support/sim-client.js';

const XML = { 'content-type': 'application/xml' };

describe('sim documents, chat and sessions', () => {
  let server: SimServer;

  beforeEach(async () => {
    server = await startSimServer({ id: 'bbb1', secret: 'document-secret' });
    await callBbb(server, 'create', 'name=Demo&meetingID=abc123');
  });
  afterEach(() => server.stop());

  it('inserts a document from XML modules only', async () => {
    const body =
      '<modules><module name="presentation"><document url="https://f.example/a.pdf"/></module></modules>';
    const { text } = await callBbb(server, 'insertDocument', 'meetingID=abc123', { body, headers: XML });
    expect(elementText(text, 'message')).to.equal('Presentation is being uploaded');
    expect(server.meetings.find('abc123')?.documents).to.deep.equal([
      { url: 'https://f.example/a.pdf', name: undefined },
    ]);
    const headers = { 'content-type': 'application/x-www-form-urlencoded' };
    const form = await callBbb(server, 'insertDocument', 'meetingID=abc123', { body: 'a=b', headers });
    expect(elementText(form.text, 'messageKey')).to.equal('unsupportedContentType');
    const none = await callBbb(server, 'insertDocument', 'meetingID=abc123', {
      body: '<modules/>',
      headers: XML,
    });
    expect(none.status).to.equal(404);
  });

  it('counts and hashes 16 MiB of slides without holding them', async function () {
    this.timeout(30_000);
    const piece = Buffer.alloc(1024 * 1024, 'QUJD');
    const head = Buffer.from('<modules><module name="presentation"><document name="a.pdf">');
    const tail = Buffer.from('</document></module></modules>');
    const pieces = [head, ...Array.from({ length: 16 }, () => piece), tail];
    const hash = createHash('sha256');
    for (const part of pieces) hash.update(part);
    const query = 'meetingID=abc123';
    const checksum = checksumOf('sha1', 'insertDocument', query, server.secret);
    // What nobody holds is collected as pieces are sent: what is left is held.
    const collect = exposedGc();
    let mostHeld = 0;
    const before = process.memoryUsage().arrayBuffers;
    function* sent(): Generator<Buffer> {
      for (const [index, part] of pieces.entries()) {
        // A collection of the whole heap takes long: not before each.
        if (index % 4 === 1) {
          collect();
          mostHeld = Math.max(mostHeld, process.memoryUsage().arrayBuffers - before);
        }
        yield part;
      }
    }
    const answer = await request(`${server.url}/insertDocument?${query}&checksum=${checksum}`, {
      method: 'POST',
      headers: { ...XML, 'content-length': String(pieces.reduce((sum, part) => sum + part.length, 0)) },
      body: Readable.from(sent(), { highWaterMark: 1 }),
    });
    expect(await answer.body.text()).to.include('SUCCESS');
    expect(server.calls.requests('insertDocument')[0]?.bodySha256).to.equal(hash.digest('hex'));
    expect(mostHeld).to.be.below(8 * 1024 * 1024);
  });

  it('takes chat messages while someone is in', async () => {
    const query = 'meetingID=abc123&message=Hello+all&userName=Bot';
    expect(elementText((await callBbb(server, 'sendChatMessage', query)).text, 'messageKey')).to.equal(
      'meetingNotFound',
    );
    server.meetings.setAttendees(server.meetings.find('abc123')!, 1);
    expect(elementText((await callBbb(server, 'sendChatMessage', query)).text, 'message')).to.equal(
      'Message successfully sent',
    );
    expect(server.meetings.find('abc123')?.messages).to.deep.equal([{ userName: 'Bot', text: 'Hello all' }]);
  });

  it('gives a join URL whose query begins with & and is signed with it', async () => {
    const joined = await callBbb(
      server,
      'join',
      'meetingID=abc123&fullName=teacher+1&role=MODERATOR&redirect=false',
    );
    const token = elementText(joined.text, 'session_token') ?? '';
    const answer = await callBbb(server, 'getJoinUrl', `sessionToken=${token}`);
    const { response } = JSON.parse(answer.text) as { response: { url: string } };
    expect(response.url).to.include('/join?&redirect=true&').and.include('fullName=teacher%2B1');
    expect((await request(response.url)).statusCode).to.equal(302);
    expect((await callBbb(server, 'getJoinUrl', 'sessionToken=none')).text).to.include('"FAILED"');
  });

  it('shows the learning dashboard to moderators only', async () => {
    const tokenOf = async (role: string): Promise<string> => {
      const { text } = await callBbb(
        server,
        'join',
        `meetingID=abc123&fullName=A&role=${role}&redirect=false`,
      );
      return elementText(text, 'session_token') ?? '';
    };
    const asModerator = await callBbb(
      server,
      'learningDashboard',
      `sessionToken=${await tokenOf('MODERATOR')}`,
    );
    const asViewer = await callBbb(server, 'learningDashboard', `sessionToken=${await tokenOf('VIEWER')}`);
    expect(asModerator.text).to.include('"returncode":"SUCCESS"');
    expect(asViewer.text).to.include('Access denied');
  });
});

/** The collector of V8, also where node was started without --expose-gc. */
function exposedGc(): () => void {
  setFlagsFromString('--expose-gc');
  return runInNewContext('gc') as () => void;
}
