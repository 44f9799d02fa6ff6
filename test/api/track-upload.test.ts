import { createHash } from 'node:crypto';
import { once } from 'node:events';
import { request as httpRequest } from 'node:http';
import { expect } from 'chai';
import { checksumOf } from '../../src/sim/checksum.js';
import { RIG_SECRET, until, type AppRig } from '../support/app-rig.js';
import { furnishRecordings, simRecording, startRecordingRig } from '../support/recording-rig.js';

const MIB = 1024 * 1024;
const BOUNDARY = 'xxbxx';
const HEAD = `--${BOUNDARY}\r\nContent-Disposition: form-data; name="file"; filename="a.vtt"\r\nContent-Type: text/vtt\r\n\r\n`;
const TAIL = `\r\n--${BOUNDARY}--\r\n`;

describe('the upload of a text track', function () {
  this.timeout(60_000);
  let rig: AppRig;

  before(async () => {
    // Far less than what goes through: nothing of it may count as a received body.
    rig = await startRecordingRig({ servers: 1, settings: { body: { maxSize: '1MiB' } } });
    await furnishRecordings(rig, rig.sims[0]!, simRecording('a1'));
  });

  after(() => rig.stop());

  const target = (secret = RIG_SECRET): string => {
    const query = 'recordID=a1&kind=captions&lang=de&label=Deutsch';
    const checksum = checksumOf('sha256', 'putRecordingTextTrack', query, secret);
    return `/bigbluebutton/api/putRecordingTextTrack?${query}&checksum=${checksum}`;
  };

  /** Sends so many pieces of a mebibyte, no faster than they are taken. */
  async function upload(
    pieces: number,
    { isChunked = false, onPiece }: { readonly isChunked?: boolean; readonly onPiece?: () => void } = {},
  ): Promise<{ readonly text: string; readonly sha256: string }> {
    const piece = Buffer.alloc(MIB, 'WEBVTT ');
    const hash = createHash('sha256');
    const length = HEAD.length + pieces * MIB + TAIL.length;
    const outgoing = httpRequest(rig.app.url + target(), {
      method: 'POST',
      headers: {
        'content-type': `multipart/form-data; boundary=${BOUNDARY}`,
        ...(!isChunked && { 'content-length': length }),
      },
    });
    const answered = once(outgoing, 'response');
    outgoing.write(HEAD);
    for (let at = 0; at < pieces; at += 1) {
      hash.update(piece);
      onPiece?.();
      // Node's client tells of no room any more once the answer is there.
      if (!outgoing.write(piece)) await Promise.race([once(outgoing, 'drain'), answered]);
    }
    outgoing.end(TAIL);
    const [response] = (await answered) as [AsyncIterable<Buffer>];
    const chunks: Buffer[] = [];
    for await (const chunk of response) chunks.push(chunk);
    return { text: Buffer.concat(chunks).toString(), sha256: hash.digest('hex') };
  }

  const trackOf = () => rig.sims[0]?.recordings.find('a1')?.tracks.at(-1) as { readonly sha256?: string };

  for (const isChunked of [false, true]) {
    it(`reaches the server byte for byte${isChunked ? ', also of unknown length' : ''}`, async () => {
      const { text, sha256 } = await upload(3, { isChunked });
      expect(text).to.include('upload_text_track_success');
      expect(trackOf().sha256).to.equal(sha256);
    });
  }

  it('of half a gibibyte needs no memory for it', async () => {
    let most = 0;
    const before = process.memoryUsage().rss;
    const { text, sha256 } = await upload(512, {
      onPiece: () => {
        most = Math.max(most, process.memoryUsage().rss);
      },
    });
    expect(text).to.include('upload_text_track_success');
    expect(trackOf().sha256).to.equal(sha256);
    // Sender, Ballast and server are all in this process.
    expect((most - before) / MIB, 'MiB').to.be.below(150);
  });

  it('is refused before it is read when its checksum is wrong', async () => {
    const answer = await rig.send(target('wrong'), {
      method: 'POST',
      body: Buffer.alloc(2 * MIB),
      contentType: `multipart/form-data; boundary=${BOUNDARY}`,
    });
    expect(answer.messageKey).to.equal('checksumError');
  });

  it('that breaks off is no fault of the server', async () => {
    const outgoing = httpRequest(rig.app.url + target(), {
      method: 'POST',
      headers: { 'content-type': `multipart/form-data; boundary=${BOUNDARY}`, 'content-length': 10 * MIB },
    });
    outgoing.on('error', () => undefined);
    outgoing.write(HEAD + 'x'.repeat(1_000));
    await until('it has begun', () => rig.logger.lines.length > 0);
    outgoing.destroy();
    await until('it is told', () => rig.logger.lines.some((line) => line.includes('the client went away')));
    const view = (await rig.admin('GET', 'servers/bbb1')) as { readonly health: string };
    expect(view.health).to.equal('online');
    expect(rig.logger.lines.filter((line) => line.startsWith('error '))).to.deep.equal([]);
  });

  it('gets the answer of a server that refuses before it has read all', async () => {
    rig.sims[0]?.faults.set('putRecordingTextTrack', { kind: 'html' });
    const { text } = await upload(8);
    rig.sims[0]?.faults.clear();
    expect(text).to.include('serverUnavailable');
  });
});
