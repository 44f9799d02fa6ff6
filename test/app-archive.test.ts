import { expect } from 'chai';
import { decodeJwt, jwtVerify } from 'jose';
import { once } from 'node:events';
import { existsSync, mkdirSync, writeFileSync } from 'node:fs';
import { createServer, type Server } from 'node:http';
import { type AddressInfo } from 'node:net';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import { until } from './support/app-rig.js';
import { ArchiveApp } from './support/archive-app.js';
import { metadataXml, recordIdOf, recordingTar, tarOf } from './support/archive-rig.js';

const ID = recordIdOf('room');

describe('App with an archive of recordings', function () {
  this.timeout(20_000);
  let archive: ArchiveApp;

  beforeEach(() => {
    archive = new ArchiveApp();
  });

  afterEach(async () => {
    await archive.stop();
  });

  it('finds a tenant recording by the metadata that the list shows', async () => {
    await archive.start();
    const own = recordIdOf('school-room');
    await archive.importTar(await recordingTar(own, ['presentation'], { meetingId: 'school--lesson' }));
    const found = await archive.rig.call('getRecordings', { meta_meetingId: 'lesson' }, { tenant: 'school' });
    expect(found.element('recordID')).to.equal(own);
    const none = await archive.rig.call(
      'getRecordings',
      { meta_meetingId: 'school--lesson' },
      { tenant: 'school' },
    );
    expect(none.messageKey).to.equal('noRecordings');
  });

  it('brings what was recorded behind Scalelite to its tenant, whose front end is told', async () => {
    await receiving(async (url, told) => {
      await archive.start();
      const ready = `<bbb-recording-ready-url>${url}</bbb-recording-ready-url>`;
      const meta = `${ready}<tenant-id>a1</tenant-id><tenant-name>school</tenant-name>`;
      await archive.importTar(await recordingTar(ID, ['presentation'], { meetingId: 'lesson', meta }));
      const list = await archive.rig.call('getRecordings', { meetingID: 'lesson' }, { tenant: 'school' });
      expect(list.element('recordID')).to.equal(ID);
      expect(list.text).to.include(`https://school.example/playback/presentation/2.3/${ID}`);
      expect((await archive.rig.call('getRecordings')).messageKey).to.equal('noRecordings');
      await until('the front end was told', () => told.length === 1);
      const key = new TextEncoder().encode('school-secret');
      const { payload } = await jwtVerify(told[0] ?? '', key);
      expect(payload).to.include({ meeting_id: 'lesson', record_id: ID });
    });
  });

  it('keeps tenants apart', async () => {
    await archive.start();
    const own = recordIdOf('school-room');
    await archive.importTar(await recordingTar(own, ['presentation'], { meetingId: 'school--lesson' }));
    const scoped = recordIdOf('college-room');
    await archive.importTar(await recordingTar(scoped, ['presentation'], { meetingId: 'college--lesson' }));
    const list = await archive.rig.call('getRecordings', { meetingID: 'lesson' }, { tenant: 'school' });
    expect(list.element('recordID')).to.equal(own);
    expect(list.element('meetingID')).to.equal('lesson');
    expect(list.text).not.to.include('school--');
    expect(list.text).to.include(`https://school.example/playback/presentation/2.3/${own}`);
    expect((await archive.rig.call('getRecordings')).messageKey).to.equal('noRecordings');
    const at = async (path: string, host: string): Promise<number> =>
      (await archive.rig.send(path, { headers: { 'x-forwarded-host': host } })).status;
    const path = (id: string): string => `/presentation/${id}/content.txt`;
    expect(await at(path(own), 'school.example')).to.equal(200);
    expect(await at(path(own), 'bbb.example.org')).to.equal(404);
    expect(await at(`/t/school${path(own)}`, 'bbb.example.org')).to.equal(200);
    expect(await at(`/t/college${path(own)}`, 'bbb.example.org')).to.equal(404);
    expect(await at(path(scoped), 'bbb.example.org')).to.equal(200);
    expect(await at(path(scoped), 'school.example')).to.equal(404);
  });

  it('lists the text tracks that came with a recording, and says that it takes no others', async () => {
    await archive.start();
    const captions = JSON.stringify([{ locale: 'de_DE', localeName: 'Deutsch' }, { locale: '../x' }]);
    const extra = { [`presentation/${ID}/captions.json`]: captions };
    const metadata = { [`presentation/${ID}/metadata.xml`]: metadataXml(ID) };
    await archive.importTar(await tarOf({ ...metadata, ...extra }));
    const list = await archive.rig.call('getRecordingTextTracks', { recordID: ID });
    const href = `https://bbb.example.org/presentation/${ID}/caption_de_DE.vtt`;
    const track = { href, kind: 'subtitles', label: 'Deutsch', lang: 'de_DE', source: 'live' };
    expect(JSON.parse(list.text)).to.deep.equal({ response: { returncode: 'SUCCESS', tracks: [track] } });
    const query = { recordID: ID, kind: 'subtitles', lang: 'de', label: 'x' };
    const contentType = 'multipart/form-data; boundary=b';
    const put = await archive.rig.call('putRecordingTextTrack', query, {
      method: 'POST',
      body: '--b--',
      contentType,
    });
    expect(put.text).to.include('upload_text_track_failed');
    const nobody = await archive.rig.call('getRecordingTextTracks', { recordID: recordIdOf('nobody') });
    expect(nobody.text).to.include('noRecordings');
  });

  it('takes what lies in a Scalelite spool', async () => {
    const spool = join(archive.folder, 'spool');
    mkdirSync(spool);
    writeFileSync(join(spool, `${ID}.tar`), await recordingTar(ID));
    writeFileSync(join(spool, '.half.tar.Xy12'), 'half');
    writeFileSync(join(spool, 'large.tar'), Buffer.alloc(30_000));
    await archive.start({ spool, maxImportSize: '20000' });
    await until(
      'it is listed',
      async () => (await archive.rig.call('getRecordings', { recordID: ID })).text.includes(ID),
      15_000,
    );
    expect(existsSync(join(spool, `${ID}.tar`))).to.equal(false);
    expect(existsSync(join(spool, '.half.tar.Xy12'))).to.equal(true);
    const list = (): Promise<unknown> => archive.rig.admin('GET', 'recordings/failed');
    const metrics = async (): Promise<string> => (await archive.rig.send('/metrics')).text;
    await until('the other is listed', async () => JSON.stringify(await list()).includes('spool/large.tar'));
    expect(JSON.stringify(await list())).to.include('more than recordings.maxImportSize (20000 bytes)');
    expect(await metrics()).to.include('ballast_recording_imports_failed 1');
    await archive.rig.admin('DELETE', 'recordings/failed/spool%2Flarge.tar');
    expect(existsSync(join(spool, 'large.tar'))).to.equal(false);
    expect(await metrics()).to.include('ballast_recording_imports_failed 0');
  });

  it('tells the front end that a recording is ready', async () => {
    await receiving(async (url, told) => {
      await archive.start();
      const meta = `<bbb-recording-ready-url>${url}</bbb-recording-ready-url>`;
      await archive.importTar(await recordingTar(ID, ['presentation'], { meta }));
      await until('the front end was told', () => told.length === 1);
      expect(decodeJwt(told[0] ?? '')).to.include({ meeting_id: 'room-1', record_id: ID });
    });
  });

  it('deletes recordings whose time is over, after showing which', async () => {
    await archive.start({ keepFor: '90d' });
    await archive.importTar(await recordingTar(ID));
    const young = recordIdOf('young', Date.now());
    await archive.importTar(await recordingTar(young, ['presentation'], { endTime: Date.now() }));
    const dry = (await archive.rig.admin('POST', 'recordings/expire?dryRun=true')) as {
      readonly expired: readonly { readonly recordId: string }[];
    };
    expect(dry.expired.map(({ recordId }) => recordId)).to.deep.equal([ID]);
    expect((await archive.rig.call('getRecordings', { recordID: ID })).element('recordID')).to.equal(ID);
    await archive.rig.admin('POST', 'recordings/expire');
    expect((await archive.rig.call('getRecordings', { recordID: ID })).messageKey).to.equal('noRecordings');
    expect((await archive.rig.call('getRecordings', { recordID: young })).element('recordID')).to.equal(
      young,
    );
    expect(existsSync(join(archive.folder, 'recordings', 'published', 'presentation', ID))).to.equal(false);
  });
});

/** Runs `work` while a front end's receiver of recording-ready calls listens, with what it was told. */
async function receiving(work: (url: string, told: readonly string[]) => Promise<void>): Promise<void> {
  const told: string[] = [];
  const receiver: Server = createServer((request, response) => {
    void text(request).then((body) => {
      told.push(new URLSearchParams(body).get('signed_parameters') ?? '');
      response.end();
    });
  });
  receiver.listen(0, '127.0.0.1');
  await once(receiver, 'listening');
  try {
    await work(`http://127.0.0.1:${(receiver.address() as AddressInfo).port}/ready`, told);
  } finally {
    receiver.closeAllConnections();
    receiver.close();
  }
}
