import { expect } from 'chai';
import type { SimServer } from '../../src/sim/sim-server.js';
import type { AppRig } from '../support/app-rig.js';
import {
  furnishRecordings,
  recordIdsIn as idsIn,
  simRecording as recording,
  startRecordingRig,
} from '../support/recording-rig.js';
import { callBbb } from '../support/sim-client.js';

describe('recording calls', () => {
  let rig: AppRig;
  let first: SimServer;
  let second: SimServer;

  beforeEach(async () => {
    rig = await startRecordingRig();
    [first, second] = [rig.sims[0]!, rig.sims[1]!];
    first.recordings.save(recording('a1', { startTime: 3_000 }));
    first.recordings.save(recording('a2', { startTime: 1_000, state: 'unpublished' }));
    await furnishRecordings(rig, second, recording('b1', { startTime: 2_000 }));
  });

  afterEach(() => rig.stop());

  it('getRecordings is the union of all servers, newest first, in their own bytes', async () => {
    const answer = await rig.call('getRecordings', { state: 'any' });
    expect(idsIn(answer.text)).to.deep.equal(['a1', 'b1', 'a2']);
    for (const sim of rig.sims) {
      const own = (await callBbb(sim, 'getRecordings', 'state=any')).text;
      for (const [one] of own.matchAll(/<recording>[^]*?<\/recording>/g)) expect(answer.text).to.include(one);
    }
  });

  it('getRecordings counts offset and limit in the union', async () => {
    const page = await rig.call('getRecordings', { state: 'any', offset: 1, limit: 1 });
    expect(idsIn(page.text)).to.deep.equal(['b1']);
    expect(page.element('totalElements')).to.equal('3');
  });

  it('getRecordings says that there are none as BBB does', async () => {
    const answer = await rig.call('getRecordings', { recordID: 'nothing' });
    expect(answer).to.include({ returnCode: 'SUCCESS', messageKey: 'noRecordings' });
    expect(answer.text).to.include('<recordings/>');
  });

  it('getRecordings takes lists by form as WordPress and Moodle send them', async () => {
    const contentType = 'application/x-www-form-urlencoded';
    const answer = await rig.call('getRecordings', '', { body: 'recordID=a1,b1,', contentType });
    expect(idsIn(answer.text)).to.have.members(['a1', 'b1']);
    const byMeeting = await rig.call('getRecordings', { meetingID: 'room-b1,room-zz' });
    expect(byMeeting.returnCode).to.equal('SUCCESS');
  });

  it('publishRecordings reaches the server that has it and relays its answer', async () => {
    const answer = await rig.call('publishRecordings', { recordID: 'b1', publish: false });
    expect(answer.text).to.equal(
      '<response>\n<returncode>SUCCESS</returncode>\n<published>false</published>\n</response>\n',
    );
    expect(second.recordings.find('b1')?.state).to.equal('unpublished');
    expect(first.recordings.find('a1')?.state).to.equal('published');
  });

  it('updateRecordings and deleteRecordings reach it as well', async () => {
    const updated = await rig.call('updateRecordings', { recordID: 'a1', meta_title: 'New' });
    expect(updated.element('updated')).to.equal('true');
    expect(first.recordings.find('a1')?.metadata.get('title')).to.equal('New');
    expect((await rig.call('deleteRecordings', { recordID: 'b1' })).element('deleted')).to.equal('true');
    expect(idsIn((await rig.call('getRecordings')).text)).to.deep.equal(['a1', 'a2']);
  });

  it('changes of what nobody has are notFound', async () => {
    const answer = await rig.call('deleteRecordings', { recordID: 'nothing' });
    expect(answer.messageKey).to.equal('notFound');
    expect(answer.element('message')).to.equal('We could not find recordings');
  });

  it('a change is not called notFound while a server that may have it is dead', async () => {
    await second.refuse();
    const answer = await rig.call('deleteRecordings', { recordID: 'b1' });
    expect(answer.messageKey).to.equal('serverUnavailable');
    expect((await rig.call('deleteRecordings', { recordID: 'a1' })).returnCode).to.equal('SUCCESS');
  });

  it('asks for what BBB asks for', async () => {
    for (const call of ['publishRecordings', 'updateRecordings', 'deleteRecordings']) {
      expect((await rig.call(call, { publish: true })).messageKey, call).to.equal('missingParamRecordID');
    }
    expect((await rig.call('publishRecordings', { recordID: 'a1' })).messageKey).to.equal(
      'missingParamPublish',
    );
  });

  it('text tracks go to the server that has the recording, in JSON', async () => {
    const file =
      '--b\r\nContent-Disposition: form-data; name="file"; filename="x.vtt"\r\n\r\nWEBVTT\r\n--b--\r\n';
    const put = await rig.call(
      'putRecordingTextTrack',
      { recordID: 'b1', kind: 'captions', lang: 'de', label: 'Deutsch' },
      { body: file, contentType: 'multipart/form-data; boundary=b' },
    );
    expect(put.text).to.include('upload_text_track_success');
    const got = await rig.call('getRecordingTextTracks', { recordID: 'b1' });
    expect(got.headers['content-type']).to.include('application/json');
    const { response } = JSON.parse(got.text) as { response: { tracks: { lang: string }[] } };
    expect(response.tracks.map(({ lang }) => lang)).to.deep.equal(['de']);
  });

  it('refuses text tracks of nothing in JSON, and a call that is wrong in XML', async () => {
    const unknown = await rig.call('getRecordingTextTracks', { recordID: 'nothing' });
    expect(JSON.parse(unknown.text)).to.have.nested.property('response.messageKey', 'noRecordings');
    const missing = await rig.call('getRecordingTextTracks');
    expect(missing.messageKey).to.equal('missingParamRecordID');
    const unsigned = await rig.call('getRecordingTextTracks', { recordID: 'a1' }, { secret: 'wrong' });
    expect(unsigned.messageKey).to.equal('checksumError');
  });
});
