import { expect } from 'chai';
import { request } from 'undici';
import { checksumOf } from '../../src/sim/checksum.js';
import { RIG_SECRET, type AppRig } from '../support/app-rig.js';
import { furnishRecordings, simRecording, startRecordingRig } from '../support/recording-rig.js';

const EMPTY_FILE =
  '--b\r\nContent-Disposition: form-data; name="file"; filename="x.vtt"\r\n\r\n\r\n--b--\r\n';
const OTHER_FIELD = '--b\r\nContent-Disposition: form-data; name="else"\r\n\r\nx\r\n--b--\r\n';
const MULTIPART = 'multipart/form-data; boundary=b';

interface Ask {
  readonly call: 'getRecordingTextTracks' | 'putRecordingTextTrack';
  readonly query: string;
  /** `none`: without a checksum; default right. */
  readonly checksum?: 'right' | 'wrong' | 'none';
  readonly accept?: string;
  readonly body?: string;
  readonly contentType?: string;
}

/** What a front end may do wrong, or merely otherwise. */
const ASKS: Readonly<Record<string, Ask>> = {
  'a list of an unknown recording': { call: 'getRecordingTextTracks', query: 'recordID=nothing' },
  'a list without recordID': { call: 'getRecordingTextTracks', query: '' },
  'a list without recordID, JSON preferred': {
    ...{ call: 'getRecordingTextTracks', query: '', accept: 'application/json, text/plain, */*' },
  },
  'a list with a wrong checksum': { call: 'getRecordingTextTracks', query: 'recordID=a1', checksum: 'wrong' },
  'a list with a wrong checksum, JSON preferred': {
    ...{ call: 'getRecordingTextTracks', query: 'recordID=a1', checksum: 'wrong' },
    accept: 'application/json, */*',
  },
  'a list with a wrong checksum, XML preferred': {
    ...{ call: 'getRecordingTextTracks', query: 'recordID=a1', checksum: 'wrong' },
    accept: 'text/xml, application/json, */*',
  },
  'a list without checksum': { call: 'getRecordingTextTracks', query: 'recordID=a1', checksum: 'none' },
  'an upload without checksum': { call: 'putRecordingTextTrack', query: 'recordID=a1', checksum: 'none' },
  'an upload with an empty checksum': {
    ...{ call: 'putRecordingTextTrack', query: 'recordID=a1&checksum=', checksum: 'none' },
  },
  'an upload with a wrong checksum': {
    ...{ call: 'putRecordingTextTrack', query: 'recordID=a1', checksum: 'wrong' },
  },
  'an upload without recordID': { call: 'putRecordingTextTrack', query: '' },
  'an upload to an unknown recording': { call: 'putRecordingTextTrack', query: 'recordID=nothing' },
  'an upload without kind': { call: 'putRecordingTextTrack', query: 'recordID=a1' },
  'an upload of a wrong kind': { call: 'putRecordingTextTrack', query: 'recordID=a1&kind=x&lang=de' },
  'an upload without body': { call: 'putRecordingTextTrack', query: 'recordID=a1&kind=captions&lang=de' },
  'an upload of an empty file': {
    ...{ call: 'putRecordingTextTrack', query: 'recordID=a1&kind=captions&lang=de' },
    ...{ body: EMPTY_FILE, contentType: MULTIPART },
  },
  'an upload without a file': {
    ...{ call: 'putRecordingTextTrack', query: 'recordID=a1&kind=captions&lang=de' },
    ...{ body: OTHER_FIELD, contentType: MULTIPART },
  },
};

describe('what is wrong with a call of text tracks', () => {
  let rig: AppRig;

  before(async () => {
    rig = await startRecordingRig({ servers: 1 });
    await furnishRecordings(rig, rig.sims[0]!, simRecording('a1'));
  });

  after(() => rig.stop());

  async function ask(url: string, secret: string, { call, query, checksum, ...more }: Ask): Promise<unknown> {
    const signed = checksumOf('sha256', call, query, checksum === 'wrong' ? 'wrong' : secret);
    const all = checksum === 'none' ? query : `${query}${query === '' ? '' : '&'}checksum=${signed}`;
    const { accept, body, contentType } = more;
    const answer = await request(`${url}/${call}?${all}`, {
      method: call === 'putRecordingTextTrack' ? 'POST' : 'GET',
      headers: { ...(accept && { accept }), ...(contentType && { 'content-type': contentType }) },
      body: body ?? null,
      signal: AbortSignal.timeout(5_000),
    });
    const text = await answer.body.text();
    const type = String(answer.headers['content-type']).split(';', 1)[0];
    // Blanks between elements say nothing.
    return { status: answer.statusCode, type, text: text.trim().replace(/>\s+</g, '><') };
  }

  for (const [what, asked] of Object.entries(ASKS)) {
    it(`is said of ${what} as a server says it`, async () => {
      const sim = rig.sims[0]!;
      const its = await ask(sim.url, sim.secret, asked);
      expect(await ask(`${rig.app.url}/bigbluebutton/api`, RIG_SECRET, asked)).to.deep.equal(its);
    });
  }
});
