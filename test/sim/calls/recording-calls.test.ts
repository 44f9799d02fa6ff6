import { createHash } from 'node:crypto';
import { expect } from 'chai';
import { type SimServer, startSimServer } from '../../../src/sim/sim-server.js';
import { callBbb, elementText, rawRequest } from '../../support/sim-client.js';

describe('sim recordings', () => {
  let server: SimServer;
  let recordId: string;

  beforeEach(async () => {
    server = await startSimServer({ id: 'bbb1', secret: 'recording-secret' });
    const { text } = await callBbb(
      server,
      'create',
      'name=Demo&meetingID=abc123&record=true&meta_gl-listed=false',
    );
    recordId = elementText(text, 'internalMeetingID') ?? '';
    await callBbb(server, 'create', 'name=Unrecorded&meetingID=plain');
    await callBbb(server, 'end', 'meetingID=abc123');
    await callBbb(server, 'end', 'meetingID=plain');
  });
  afterEach(() => server.stop());

  const call = async (name: string, query = ''): Promise<string> => (await callBbb(server, name, query)).text;

  it('has a recording of each recorded meeting that ended, found by ID, prefix, meeting and meta', async () => {
    for (const query of [
      '',
      `recordID=${recordId},`,
      `recordID=${recordId.slice(0, 40)}`,
      'meetingID=other%2Cabc123%2C',
      'meta_gl-listed=false',
      'state=published',
    ]) {
      const text = await call('getRecordings', query);
      expect(text.match(/<recording>/g), query).to.have.length(1);
      expect(elementText(text, 'recordID')).to.equal(recordId);
    }
    expect(elementText(await call('getRecordings'), 'meetingId')).to.equal('abc123');
  });

  it('says noRecordings with SUCCESS when nothing matches', async () => {
    for (const query of ['recordID=nope', 'state=unpublished', 'meta_gl-listed=true', 'offset=1']) {
      const text = await call('getRecordings', query);
      expect(text).to.include(
        '<returncode>SUCCESS</returncode>\n<recordings></recordings>\n<messageKey>noRecordings',
      );
    }
  });

  it('says how many there are to who asks for a page, unless it knows none', async () => {
    expect(elementText(await call('getRecordings', 'limit=1'), 'totalElements')).to.equal('1');
    expect(elementText(await call('getRecordings', 'offset=5&limit=1'), 'totalElements')).to.equal('1');
    expect(await call('getRecordings')).not.to.include('totalElements');
    const old = await startSimServer({ id: 'bbb2', secret: 'recording-secret', ignoresPaging: true });
    for (const recording of server.recordings.list()) old.recordings.save(recording);
    const { text } = await callBbb(old, 'getRecordings', 'offset=5&limit=1');
    await old.stop();
    expect(text).to.include('<recording>').and.not.include('totalElements');
  });

  it('lists in the order it is told to', async () => {
    for (const [recordingOrder, expected] of [
      ['newest', ['b', 'c', 'a']],
      ['oldest', ['a', 'c', 'b']],
      ['made', ['a', 'b', 'c']],
    ] as const) {
      const other = await startSimServer({ id: 'bbb2', secret: 'recording-secret', recordingOrder });
      for (const [recordId, startTime] of [
        ['a', 1],
        ['b', 3],
        ['c', 2],
      ] as const) {
        other.recordings.save({ ...server.recordings.list()[0]!, recordId, startTime });
      }
      const { text } = await callBbb(other, 'getRecordings');
      await other.stop();
      const ids = [...text.matchAll(/<recordID>(.)<\/recordID>/g)].map(([, id]) => id);
      expect(ids, recordingOrder).to.deep.equal(expected);
    }
  });

  it('unpublishes, updates and deletes', async () => {
    expect(
      elementText(await call('publishRecordings', `recordID=${recordId}&publish=false`), 'published'),
    ).to.equal('false');
    expect(elementText(await call('getRecordings', 'state=unpublished'), 'published')).to.equal('false');
    const update = `recordID=${recordId},nope&meta_gl-listed=&meta_topic=Algebra`;
    expect(elementText(await call('updateRecordings', update), 'updated')).to.equal('true');
    const text = await call('getRecordings');
    expect(elementText(text, 'topic')).to.equal('Algebra');
    expect(text).not.to.include('gl-listed');
    expect(elementText(await call('deleteRecordings', `recordID=${recordId}`), 'deleted')).to.equal('true');
    expect(await call('getRecordings')).to.include('noRecordings');
    expect(elementText(await call('deleteRecordings', `recordID=${recordId}`), 'messageKey')).to.equal(
      'notFound',
    );
  });

  it('looks for parameters between missing and wrong checksum', async () => {
    const keyOf = async (query: string): Promise<string | undefined> =>
      elementText((await rawRequest(`${server.url}/publishRecordings?${query}`)).text, 'messageKey');
    expect(await keyOf('recordID=x')).to.equal('checksumError');
    expect(await keyOf('checksum=x')).to.equal('missingParamRecordID');
    expect(await keyOf('recordID=x&checksum=x')).to.equal('missingParamPublish');
    expect(await keyOf('recordID=x&publish=true&checksum=x')).to.equal('checksumError');
  });

  it('counts and hashes a text track that is larger than what it holds', async () => {
    const headers = { 'content-type': 'multipart/form-data; boundary=xyz' };
    const file = Buffer.alloc(5 * 1024 * 1024, 'WEBVTT ');
    const body = Buffer.concat([
      Buffer.from('--xyz\r\nContent-Disposition: form-data; name="file"; filename="a.vtt"\r\n\r\n'),
      file,
      Buffer.from('\r\n--xyz--\r\n'),
    ]);
    const query = `recordID=${recordId}&kind=captions&lang=en`;
    const { text } = await callBbb(server, 'putRecordingTextTrack', query, { body, headers });
    expect(text).to.include('upload_text_track_success');
    expect(server.recordings.find(recordId)?.tracks[0]).to.include({
      bytes: file.length,
      sha256: createHash('sha256').update(file).digest('hex'),
    });
  });

  it('stores text tracks and lists them in JSON', async () => {
    const headers = { 'content-type': 'multipart/form-data; boundary=xyz' };
    const body =
      '--xyz\r\nContent-Disposition: form-data; name="file"; filename="a.vtt"\r\n\r\nWEBVTT\n\r\n--xyz--\r\n';
    const put = (query: string): Promise<{ text: string }> =>
      callBbb(server, 'putRecordingTextTrack', query, { body, headers });
    const done = await put(`recordID=${recordId}&kind=subtitles&lang=de-DE&label=Deutsch`);
    expect(done.text).to.include('upload_text_track_success');
    const listed = JSON.parse(await call('getRecordingTextTracks', `recordID=${recordId}`)) as unknown;
    expect(listed).to.have.nested.property('response.tracks[0].lang', 'de-DE');
    expect((await put(`recordID=${recordId}&kind=poem&lang=de`)).text).to.include('invalidKind');
    expect((await put(`recordID=${recordId}&kind=captions&lang=!`)).text).to.include('invalidLang');
    expect((await put('recordID=nope&kind=captions&lang=de')).text).to.include('noRecordings');
    const unsigned = await rawRequest(`${server.url}/putRecordingTextTrack?recordID=x`, { body, headers });
    expect(unsigned.text).to.include('Missing param checksum.');
  });
});
