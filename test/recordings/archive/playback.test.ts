import { expect } from 'chai';
import { existsSync, mkdirSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { ArchiveApp } from '../../support/archive-app.js';
import { recordIdOf, recordingTar } from '../../support/archive-rig.js';

const ID = recordIdOf('room');

describe('Playback of the archive', function () {
  this.timeout(20_000);
  let archive: ArchiveApp;

  beforeEach(() => {
    archive = new ArchiveApp();
  });

  afterEach(async () => {
    await archive.stop();
  });

  it('plays published files with ranges, conditions and types, and nothing else', async () => {
    await archive.start();
    await archive.importTar(await recordingTar(ID, ['presentation', 'video']));
    const file = `/presentation/${ID}/video/webcams.webm`;
    const whole = await archive.rig.send(file);
    expect(whole.status).to.equal(200);
    expect(whole.headers).to.include({ 'content-type': 'video/webm', 'x-content-type-options': 'nosniff' });
    expect(whole.headers).to.include({ 'content-length': '5000', 'accept-ranges': 'bytes' });
    expect(whole.headers['cache-control']).to.equal('public, max-age=300');
    const part = await archive.rig.send(file, { headers: { range: 'bytes=10-19' } });
    expect(part.status).to.equal(206);
    expect(part.headers['content-range']).to.equal('bytes 10-19/5000');
    const beyond = await archive.rig.send(file, { headers: { range: 'bytes=9000-' } });
    expect(beyond.status).to.equal(416);
    expect(beyond.headers['content-range']).to.equal('bytes */5000');
    const again = await archive.rig.send(file, { headers: { 'if-none-match': String(whole.headers.etag) } });
    expect(again.status).to.equal(304);
    const head = await archive.rig.send(file, { method: 'HEAD' });
    expect([head.status, head.text]).to.deep.equal([200, '']);
    expect((await archive.rig.send(file, { method: 'POST', body: 'x' })).status).to.equal(405);
    const root = join(archive.folder, 'recordings', 'published', 'presentation', ID);
    symlinkSync('/etc/passwd', join(root, 'passwd.txt'));
    mkdirSync(join(root, '.git'));
    writeFileSync(join(root, '.git', 'config'), 'secret');
    writeFileSync(join(root, 'slide.svg'), '<svg/>');
    writeFileSync(join(root, 'index.html'), '<p>page</p>');
    const bare = await archive.rig.send(`/presentation/${ID}`);
    expect([bare.status, bare.headers.location]).to.deep.equal([302, `/presentation/${ID}/`]);
    expect((await archive.rig.send(`/presentation/${ID}/`)).text).to.equal('<p>page</p>');
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
      const answer = await archive.rig.send(path);
      expect(answer.status, path).to.equal(404);
      expect(answer.text, path).to.equal('There is no such recording, or it is not published.\n');
    }
    const picture = await archive.rig.send(`/presentation/${ID}/slide.svg`);
    expect(picture.headers['content-security-policy']).to.equal("script-src 'none'");
    const moved = await archive.rig.send(`/playback/video/${ID}/`);
    expect([moved.status, moved.headers.location]).to.deep.equal([302, `/video/${ID}/`]);
    expect(
      (await archive.rig.call('publishRecordings', { recordID: ID, publish: false })).returnCode,
    ).to.equal('SUCCESS');
    expect((await archive.rig.send(file)).status).to.equal(404);
    expect((await archive.rig.call('getRecordings', { recordID: ID })).element('state')).to.equal(
      'unpublished',
    );
    await archive.rig.call('publishRecordings', { recordID: ID, publish: true });
    expect((await archive.rig.send(file)).status).to.equal(200);
    expect((await archive.rig.call('deleteRecordings', { recordID: ID })).returnCode).to.equal('SUCCESS');
    expect((await archive.rig.send(file)).status).to.equal(404);
    expect(existsSync(root)).to.equal(false);
  });

  it('opens a protected recording by its signed link only, and one format by its cookie', async () => {
    await archive.start({ protect: true });
    await archive.importTar(await recordingTar(ID, ['presentation', 'video']));
    const file = `/presentation/${ID}/content.txt`;
    expect((await archive.rig.send(file)).status).to.equal(404);
    const list = await archive.rig.call('getRecordings', { recordID: ID });
    expect(list.element('protected')).to.equal('true');
    expect(list.text).not.to.include('<preview>');
    const link = /<url>https:\/\/bbb\.example\.org(\/recording\/[^<]*\/presentation\?token=[^<]*)</.exec(
      list.text,
    )?.[1];
    expect(link).to.be.a('string');
    const path = link ?? '';
    const opened = await archive.rig.send(path, { headers: { 'x-forwarded-proto': 'https' } });
    expect([opened.status, opened.headers.location]).to.deep.equal([302, `/playback/presentation/2.3/${ID}`]);
    const given = String(opened.headers['set-cookie']);
    expect(given).to.match(
      /; Path=\/presentation\/[0-9a-f-]+; Max-Age=21600; HttpOnly; Secure; SameSite=None$/,
    );
    const cookie = given.split(';', 1)[0] ?? '';
    const played = await archive.rig.send(file, { headers: { cookie: `a=b; ${cookie}` } });
    expect([played.status, played.headers['cache-control']]).to.deep.equal([200, 'private, no-cache']);
    const value = cookie.split('=')[1] ?? '';
    const other = `ballast_video_${ID}=${value}`;
    expect(
      (await archive.rig.send(`/video/${ID}/content.txt`, { headers: { cookie: other } })).status,
    ).to.equal(404);
    expect((await archive.rig.send(path.replace('/presentation?', '/video?'))).status).to.equal(404);
    expect((await archive.rig.send(`/recording/${ID}/presentation?token=${value}`)).status).to.equal(404);
    expect((await archive.rig.send(path.slice(0, -1) + (path.endsWith('A') ? 'B' : 'A'))).status).to.equal(
      404,
    );
    await archive.rig.call('updateRecordings', { recordID: ID, protect: false, meta_course: 'Maths' });
    expect((await archive.rig.send(file)).status).to.equal(200);
    expect((await archive.rig.call('getRecordings', { meta_course: 'Maths' })).element('recordID')).to.equal(
      ID,
    );
  });

  it('gives the cookie and redirects the path that playbackUrl has, and takes its word for HTTPS', async () => {
    await archive.start({ protect: true, playbackUrl: 'https://play.example.org/rec/' });
    await archive.importTar(await recordingTar(ID, ['video']));
    const list = await archive.rig.call('getRecordings', { recordID: ID });
    const link = /<url>https:\/\/play\.example\.org\/rec(\/[^<]*)</.exec(list.text)?.[1] ?? '';
    // The proxy in front takes the path off and says nothing of HTTPS.
    const opened = await archive.rig.send(link, { headers: { 'x-forwarded-host': 'play.example.org' } });
    expect([opened.status, opened.headers.location]).to.deep.equal([302, `/rec/video/${ID}/`]);
    expect(String(opened.headers['set-cookie'])).to.include(`Path=/rec/video/${ID};`).and.include('Secure');
  });

  it('leaves the files to nginx where it is told so', async () => {
    await archive.start({ accelRedirect: '/ballast-recordings/' });
    await archive.importTar(await recordingTar(ID));
    const answer = await archive.rig.send(`/presentation/${ID}/content.txt`);
    expect(answer.headers['x-accel-redirect']).to.equal(`/ballast-recordings/presentation/${ID}/content.txt`);
    expect([answer.status, answer.text]).to.deep.equal([200, '']);
    expect((await archive.rig.send(`/presentation/${ID}/nothing`)).headers).not.to.have.property(
      'x-accel-redirect',
    );
  });
});
