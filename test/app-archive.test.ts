import { createHash } from 'node:crypto';
import { once } from 'node:events';
import { existsSync, mkdirSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { createServer, type Server } from 'node:http';
import { connect, type AddressInfo } from 'node:net';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import { expect } from 'chai';
import { decodeJwt } from 'jose';
import { makeFolder } from './store/open-test-store.js';
import { AppRig, RIG_ADMIN_TOKEN, until, type RigAnswer } from './support/app-rig.js';
import { metadataXml, recordIdOf, recordingTar, tarOf } from './support/archive-rig.js';

const ID = recordIdOf('room');
const BEARER = { authorization: `Bearer ${RIG_ADMIN_TOKEN}` };

describe('App with an archive of recordings', function () {
  this.timeout(20_000);
  let folder: string;
  let rig: AppRig;

  const start = async (recordings: Readonly<Record<string, unknown>> = {}): Promise<void> => {
    rig = await AppRig.start({
      servers: 1,
      tenants: [
        { id: 'school', secrets: ['school-secret'], hosts: ['school.example'] },
        { id: 'college', secrets: ['college-secret'] },
      ],
      settings: {
        publicUrl: 'https://bbb.example.org',
        trustProxy: 'loopback',
        callbacks: { allowPrivateTargets: true, serverHooks: false },
        recordings: { mode: 'archive', directory: join(folder, 'recordings'), ...recordings },
      },
    });
  };

  beforeEach(() => {
    folder = makeFolder();
  });

  afterEach(async () => {
    await rig.stop();
    rmSync(folder, { recursive: true });
  });

  const send = (query: string, body: Buffer): Promise<RigAnswer> =>
    rig.send(`/admin/v1/recordings/import${query}`, { method: 'POST', body, headers: BEARER });

  const stateOf = async (id: string): Promise<string> =>
    ((await rig.admin('GET', `recordings/import?sha256=${id}`)) as { readonly step: string }).step;

  const importTar = async (tar: Buffer): Promise<void> => {
    const answer = await send('', tar);
    expect(answer.status, answer.text).to.equal(200);
    const { id } = JSON.parse(answer.text) as { readonly id: string };
    await until('the import is over', async () => ['done', 'failed'].includes(await stateOf(id)));
    expect(await stateOf(id)).to.equal('done');
  };

  it('takes a recording in pieces, goes on where the sender was cut, and shows it to the front end', async () => {
    await start();
    const tar = await recordingTar(ID, ['presentation', 'video']);
    const id = createHash('sha256').update(tar).digest('hex');
    const piece = (offset: number, end: number): Promise<RigAnswer> =>
      send(`?sha256=${id}&size=${tar.length}&offset=${offset}&name=${ID}.tar`, tar.subarray(offset, end));
    expect(JSON.parse((await piece(0, 4000)).text)).to.include({ step: 'arriving', offset: 4000 });
    expect((await piece(0, 4000)).status).to.equal(409);
    expect(await rig.admin('GET', `recordings/import?sha256=${id}`)).to.include({ offset: 4000 });
    const last = await piece(4000, tar.length);
    expect(last.status, last.text).to.equal(200);
    await until('it is imported', async () => (await stateOf(id)) === 'done');
    const list = await rig.call('getRecordings', { meetingID: 'room-1' });
    expect(list.returnCode).to.equal('SUCCESS');
    expect(list.element('recordID')).to.equal(ID);
    expect(list.text).to.include(`<url>https://bbb.example.org/playback/presentation/2.3/${ID}</url>`);
    expect(list.text).to.include(`<url>https://bbb.example.org/video/${ID}/</url>`);
    expect(list.text).to.include(`>https://bbb.example.org/presentation/${ID}/thumb-1.png</image>`);
    expect(list.element('meetingName')).to.equal('Fred&#39;s Room &amp; more');
    // Sent once more: known, and not read.
    expect(JSON.parse((await piece(0, 10)).text)).to.include({ step: 'done' });
    const view = (await rig.admin('GET', 'recordings')) as { readonly recordings: readonly object[] };
    expect(view.recordings).to.have.length(1);
  });

  it('keeps what came of a piece that was cut, without an error of its own', async () => {
    await start();
    const tar = await recordingTar(ID);
    const id = createHash('sha256').update(tar).digest('hex');
    const { hostname, port } = new URL(rig.app.url);
    const socket = connect(Number(port), hostname);
    const target = `/admin/v1/recordings/import?sha256=${id}&size=${tar.length}&offset=0`;
    const head = [`POST ${target} HTTP/1.1`, 'Host: x', `Authorization: Bearer ${RIG_ADMIN_TOKEN}`];
    socket.write(`${[...head, `Content-Length: ${tar.length}`].join('\r\n')}\r\n\r\n`);
    socket.write(tar.subarray(0, 5000));
    const status = async (): Promise<number> =>
      ((await rig.admin('GET', `recordings/import?sha256=${id}`)) as { readonly offset: number }).offset;
    await until('a part has come', async () => (await status()) === 5000);
    socket.destroy();
    await until('the sender was missed', () =>
      rig.logger.lines.some((line) => line.includes('admin change')),
    );
    expect(rig.logger.lines.filter((line) => line.includes('admin request failed'))).to.deep.equal([]);
    const query = `?sha256=${id}&size=${tar.length}&offset=5000`;
    expect((await send(query, tar.subarray(5000))).status).to.equal(200);
  });

  it('refuses what is damaged, too large or sent without the scope, and says why', async () => {
    await start({ maxImportSize: '20000' });
    const tar = await recordingTar(ID);
    const wrong = '0'.repeat(64);
    const damaged = await send(`?sha256=${wrong}&size=${tar.length}`, tar);
    expect(damaged.status).to.equal(422);
    expect(damaged.text).to.include('another SHA-256');
    expect((await send('', Buffer.alloc(30_000))).status).to.equal(413);
    const path = '/admin/v1/recordings/import';
    const nobody = await rig.send(path, {
      method: 'POST',
      body: tar,
      headers: { authorization: 'Bearer x' },
    });
    expect(nobody.status).to.equal(401);
    expect(existsSync(join(folder, 'recordings', 'incoming', `${wrong}.part`))).to.equal(false);
  });

  it('lists what could not be imported, in the metrics as well, and tries it again on request', async () => {
    await start();
    const metrics = async (): Promise<string> => (await rig.send('/metrics')).text;
    const answer = await send('?name=lecture.tar', Buffer.alloc(1024, 'x'));
    const { id } = JSON.parse(answer.text) as { readonly id: string };
    await until('it has failed', async () => (await stateOf(id)) === 'failed');
    const { failed } = (await rig.admin('GET', 'recordings/failed')) as {
      readonly failed: readonly { readonly name: string; readonly reason: string }[];
    };
    expect(failed[0]).to.include({ name: `${id.slice(0, 12)}-lecture.tar` });
    expect(failed[0]?.reason).to.include('cannot be unpacked');
    await until('one is counted', async () =>
      (await metrics()).includes('ballast_recording_imports_failed 1'),
    );
    await rig.admin('POST', `recordings/failed/${failed[0]?.name ?? ''}/retry`);
    await until('it has failed again', async () => (await stateOf(id)) === 'failed');
    await until('both are counted', async () =>
      (await metrics()).includes('ballast_recording_imports_total{outcome="failed"} 2'),
    );
  });

  it('plays published files with ranges, conditions and types, and nothing else', async () => {
    await start();
    await importTar(await recordingTar(ID, ['presentation', 'video']));
    const file = `/presentation/${ID}/video/webcams.webm`;
    const whole = await rig.send(file);
    expect(whole.status).to.equal(200);
    expect(whole.headers).to.include({ 'content-type': 'video/webm', 'x-content-type-options': 'nosniff' });
    expect(whole.headers).to.include({ 'content-length': '5000', 'accept-ranges': 'bytes' });
    expect(whole.headers['cache-control']).to.equal('public, max-age=300');
    const part = await rig.send(file, { headers: { range: 'bytes=10-19' } });
    expect(part.status).to.equal(206);
    expect(part.headers['content-range']).to.equal('bytes 10-19/5000');
    const beyond = await rig.send(file, { headers: { range: 'bytes=9000-' } });
    expect(beyond.status).to.equal(416);
    expect(beyond.headers['content-range']).to.equal('bytes */5000');
    const again = await rig.send(file, { headers: { 'if-none-match': String(whole.headers.etag) } });
    expect(again.status).to.equal(304);
    const head = await rig.send(file, { method: 'HEAD' });
    expect([head.status, head.text]).to.deep.equal([200, '']);
    expect((await rig.send(file, { method: 'POST', body: 'x' })).status).to.equal(405);
    const root = join(folder, 'recordings', 'published', 'presentation', ID);
    symlinkSync('/etc/passwd', join(root, 'passwd.txt'));
    mkdirSync(join(root, '.git'));
    writeFileSync(join(root, '.git', 'config'), 'secret');
    writeFileSync(join(root, 'slide.svg'), '<svg/>');
    writeFileSync(join(root, 'index.html'), '<p>page</p>');
    const bare = await rig.send(`/presentation/${ID}`);
    expect([bare.status, bare.headers.location]).to.deep.equal([302, `/presentation/${ID}/`]);
    expect((await rig.send(`/presentation/${ID}/`)).text).to.equal('<p>page</p>');
    for (const path of [
      `/presentation/${ID}/nothing.png`,
      `/presentation/${ID}/passwd.txt`,
      `/presentation/${ID}/.git/config`,
      `/presentation/${ID}/video/`,
      `/presentation/${ID}/..%2f..%2f..%2fballast.db`,
      `/presentation/${ID}/video%2f..%2fx`,
      `/presentation/${ID}/a%00b`,
      `/presentation/${ID}/%ff`,
      `/presentation/${ID}/${'x'.repeat(3000)}`,
      `/podcast/${ID}/audio.ogg`,
      `/presentation/${recordIdOf('nobody')}/metadata.xml`,
    ]) {
      const answer = await rig.send(path);
      expect(answer.status, path).to.equal(404);
      expect(answer.text, path).to.equal('There is no such recording, or it is not published.\n');
    }
    const picture = await rig.send(`/presentation/${ID}/slide.svg`);
    expect(picture.headers['content-security-policy']).to.equal("script-src 'none'");
    const moved = await rig.send(`/playback/video/${ID}/`);
    expect([moved.status, moved.headers.location]).to.deep.equal([302, `/video/${ID}/`]);
    expect((await rig.call('publishRecordings', { recordID: ID, publish: false })).returnCode).to.equal(
      'SUCCESS',
    );
    expect((await rig.send(file)).status).to.equal(404);
    expect((await rig.call('getRecordings', { recordID: ID })).element('state')).to.equal('unpublished');
    await rig.call('publishRecordings', { recordID: ID, publish: true });
    expect((await rig.send(file)).status).to.equal(200);
    expect((await rig.call('deleteRecordings', { recordID: ID })).returnCode).to.equal('SUCCESS');
    expect((await rig.send(file)).status).to.equal(404);
    expect(existsSync(root)).to.equal(false);
  });

  it('opens a protected recording by its signed link only, and one format by its cookie', async () => {
    await start({ protect: true });
    await importTar(await recordingTar(ID, ['presentation', 'video']));
    const file = `/presentation/${ID}/content.txt`;
    expect((await rig.send(file)).status).to.equal(404);
    const list = await rig.call('getRecordings', { recordID: ID });
    expect(list.element('protected')).to.equal('true');
    expect(list.text).not.to.include('<preview>');
    const link = /<url>https:\/\/bbb\.example\.org(\/recording\/[^<]*\/presentation\?token=[^<]*)</.exec(
      list.text,
    )?.[1];
    expect(link).to.be.a('string');
    const path = link ?? '';
    const opened = await rig.send(path, { headers: { 'x-forwarded-proto': 'https' } });
    expect([opened.status, opened.headers.location]).to.deep.equal([302, `/playback/presentation/2.3/${ID}`]);
    const given = String(opened.headers['set-cookie']);
    expect(given).to.match(
      /; Path=\/presentation\/[0-9a-f-]+; Max-Age=21600; HttpOnly; Secure; SameSite=None$/,
    );
    const cookie = given.split(';', 1)[0] ?? '';
    const played = await rig.send(file, { headers: { cookie: `a=b; ${cookie}` } });
    expect([played.status, played.headers['cache-control']]).to.deep.equal([200, 'private, no-cache']);
    const value = cookie.split('=')[1] ?? '';
    const other = `ballast_video_${ID}=${value}`;
    expect((await rig.send(`/video/${ID}/content.txt`, { headers: { cookie: other } })).status).to.equal(404);
    expect((await rig.send(path.replace('/presentation?', '/video?'))).status).to.equal(404);
    expect((await rig.send(`/recording/${ID}/presentation?token=${value}`)).status).to.equal(404);
    expect((await rig.send(path.slice(0, -1) + (path.endsWith('A') ? 'B' : 'A'))).status).to.equal(404);
    await rig.call('updateRecordings', { recordID: ID, protect: false, meta_course: 'Maths' });
    expect((await rig.send(file)).status).to.equal(200);
    expect((await rig.call('getRecordings', { meta_course: 'Maths' })).element('recordID')).to.equal(ID);
  });

  it('gives the cookie and redirects the path that playbackUrl has, and takes its word for HTTPS', async () => {
    await start({ protect: true, playbackUrl: 'https://play.example.org/rec/' });
    await importTar(await recordingTar(ID, ['video']));
    const list = await rig.call('getRecordings', { recordID: ID });
    const link = /<url>https:\/\/play\.example\.org\/rec(\/[^<]*)</.exec(list.text)?.[1] ?? '';
    // The proxy in front takes the path off and says nothing of HTTPS.
    const opened = await rig.send(link, { headers: { 'x-forwarded-host': 'play.example.org' } });
    expect([opened.status, opened.headers.location]).to.deep.equal([302, `/rec/video/${ID}/`]);
    expect(String(opened.headers['set-cookie'])).to.include(`Path=/rec/video/${ID};`).and.include('Secure');
  });

  it('finds a tenant recording by the metadata that the list shows', async () => {
    await start();
    const own = recordIdOf('school-room');
    await importTar(await recordingTar(own, ['presentation'], { meetingId: 'school--lesson' }));
    const found = await rig.call('getRecordings', { meta_meetingId: 'lesson' }, { tenant: 'school' });
    expect(found.element('recordID')).to.equal(own);
    const none = await rig.call('getRecordings', { meta_meetingId: 'school--lesson' }, { tenant: 'school' });
    expect(none.messageKey).to.equal('noRecordings');
  });

  it('keeps tenants apart', async () => {
    await start();
    const own = recordIdOf('school-room');
    await importTar(await recordingTar(own, ['presentation'], { meetingId: 'school--lesson' }));
    const scoped = recordIdOf('college-room');
    await importTar(await recordingTar(scoped, ['presentation'], { meetingId: 'college--lesson' }));
    const list = await rig.call('getRecordings', { meetingID: 'lesson' }, { tenant: 'school' });
    expect(list.element('recordID')).to.equal(own);
    expect(list.element('meetingID')).to.equal('lesson');
    expect(list.text).not.to.include('school--');
    expect(list.text).to.include(`https://school.example/playback/presentation/2.3/${own}`);
    expect((await rig.call('getRecordings')).messageKey).to.equal('noRecordings');
    const at = async (path: string, host: string): Promise<number> =>
      (await rig.send(path, { headers: { 'x-forwarded-host': host } })).status;
    const path = (id: string): string => `/presentation/${id}/content.txt`;
    expect(await at(path(own), 'school.example')).to.equal(200);
    expect(await at(path(own), 'bbb.example.org')).to.equal(404);
    expect(await at(`/t/school${path(own)}`, 'bbb.example.org')).to.equal(200);
    expect(await at(`/t/college${path(own)}`, 'bbb.example.org')).to.equal(404);
    expect(await at(path(scoped), 'bbb.example.org')).to.equal(200);
    expect(await at(path(scoped), 'school.example')).to.equal(404);
  });

  it('lists the text tracks that came with a recording, and says that it takes no others', async () => {
    await start();
    const captions = JSON.stringify([{ locale: 'de_DE', localeName: 'Deutsch' }, { locale: '../x' }]);
    const extra = { [`presentation/${ID}/captions.json`]: captions };
    const metadata = { [`presentation/${ID}/metadata.xml`]: metadataXml(ID) };
    await importTar(await tarOf({ ...metadata, ...extra }));
    const list = await rig.call('getRecordingTextTracks', { recordID: ID });
    const href = `https://bbb.example.org/presentation/${ID}/caption_de_DE.vtt`;
    const track = { href, kind: 'subtitles', label: 'Deutsch', lang: 'de_DE', source: 'live' };
    expect(JSON.parse(list.text)).to.deep.equal({ response: { returncode: 'SUCCESS', tracks: [track] } });
    const query = { recordID: ID, kind: 'subtitles', lang: 'de', label: 'x' };
    const contentType = 'multipart/form-data; boundary=b';
    const put = await rig.call('putRecordingTextTrack', query, {
      method: 'POST',
      body: '--b--',
      contentType,
    });
    expect(put.text).to.include('upload_text_track_failed');
    const nobody = await rig.call('getRecordingTextTracks', { recordID: recordIdOf('nobody') });
    expect(nobody.text).to.include('noRecordings');
  });

  it('leaves the files to nginx where it is told so', async () => {
    await start({ accelRedirect: '/ballast-recordings/' });
    await importTar(await recordingTar(ID));
    const answer = await rig.send(`/presentation/${ID}/content.txt`);
    expect(answer.headers['x-accel-redirect']).to.equal(`/ballast-recordings/presentation/${ID}/content.txt`);
    expect([answer.status, answer.text]).to.deep.equal([200, '']);
    expect((await rig.send(`/presentation/${ID}/nothing`)).headers).not.to.have.property('x-accel-redirect');
  });

  it('takes what lies in a Scalelite spool', async () => {
    const spool = join(folder, 'spool');
    mkdirSync(spool);
    writeFileSync(join(spool, `${ID}.tar`), await recordingTar(ID));
    writeFileSync(join(spool, '.half.tar.Xy12'), 'half');
    await start({ spool });
    await until(
      'it is listed',
      async () => (await rig.call('getRecordings', { recordID: ID })).text.includes(ID),
      15_000,
    );
    expect(existsSync(join(spool, `${ID}.tar`))).to.equal(false);
    expect(existsSync(join(spool, '.half.tar.Xy12'))).to.equal(true);
  });

  it('tells the front end that a recording is ready', async () => {
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
      await start();
      const url = `http://127.0.0.1:${(receiver.address() as AddressInfo).port}/ready`;
      const meta = `<bbb-recording-ready-url>${url}</bbb-recording-ready-url>`;
      await importTar(await recordingTar(ID, ['presentation'], { meta }));
      await until('the front end was told', () => told.length === 1);
      expect(decodeJwt(told[0] ?? '')).to.include({ meeting_id: 'room-1', record_id: ID });
    } finally {
      receiver.closeAllConnections();
      receiver.close();
    }
  });

  it('deletes recordings whose time is over, after showing which', async () => {
    await start({ keepFor: '90d' });
    await importTar(await recordingTar(ID));
    const young = recordIdOf('young', Date.now());
    await importTar(await recordingTar(young, ['presentation'], { endTime: Date.now() }));
    const dry = (await rig.admin('POST', 'recordings/expire?dryRun=true')) as {
      readonly expired: readonly { readonly recordId: string }[];
    };
    expect(dry.expired.map(({ recordId }) => recordId)).to.deep.equal([ID]);
    expect((await rig.call('getRecordings', { recordID: ID })).element('recordID')).to.equal(ID);
    await rig.admin('POST', 'recordings/expire');
    expect((await rig.call('getRecordings', { recordID: ID })).messageKey).to.equal('noRecordings');
    expect((await rig.call('getRecordings', { recordID: young })).element('recordID')).to.equal(young);
    expect(existsSync(join(folder, 'recordings', 'published', 'presentation', ID))).to.equal(false);
  });

  it('writes nothing outside its folder, whatever a tar holds', async () => {
    await start();
    const answer = await send('', await tarOf({ '../../escaped': 'x' }));
    const { id } = JSON.parse(answer.text) as { readonly id: string };
    await until('it has failed', async () => (await stateOf(id)) === 'failed');
    expect(existsSync(join(folder, 'escaped'))).to.equal(false);
  });
});
