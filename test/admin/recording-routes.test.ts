import { expect } from 'chai';
import { createHash } from 'node:crypto';
import { existsSync, readdirSync, rmSync } from 'node:fs';
import { connect } from 'node:net';
import { join } from 'node:path';
import { Readable } from 'node:stream';
import { request } from 'undici';
import { RIG_ADMIN_TOKEN, until, type RigAnswer } from '../support/app-rig.js';
import { ArchiveApp, BEARER } from '../support/archive-app.js';
import { recordIdOf, recordingTar, tarOf } from '../support/archive-rig.js';

const ID = recordIdOf('room');

describe('POST recordings/import', function () {
  this.timeout(20_000);
  let archive: ArchiveApp;

  beforeEach(() => {
    archive = new ArchiveApp();
  });

  afterEach(async () => {
    await archive.stop();
  });

  it('takes a recording in pieces, goes on where the sender was cut, and shows it to the front end', async () => {
    await archive.start();
    const tar = await recordingTar(ID, ['presentation', 'video']);
    const id = createHash('sha256').update(tar).digest('hex');
    const piece = (offset: number, end: number): Promise<RigAnswer> =>
      archive.send(
        `?sha256=${id}&size=${tar.length}&offset=${offset}&name=${ID}.tar`,
        tar.subarray(offset, end),
      );
    expect(JSON.parse((await piece(0, 4000)).text)).to.include({ step: 'arriving', offset: 4000 });
    expect((await piece(0, 4000)).status).to.equal(409);
    expect(await archive.rig.admin('GET', `recordings/import?sha256=${id}`)).to.include({ offset: 4000 });
    const last = await piece(4000, tar.length);
    expect(last.status, last.text).to.equal(200);
    await until('it is imported', async () => (await archive.stateOf(id)) === 'done');
    const list = await archive.rig.call('getRecordings', { meetingID: 'room-1' });
    expect(list.returnCode).to.equal('SUCCESS');
    expect(list.element('recordID')).to.equal(ID);
    expect(list.text).to.include(`<url>https://bbb.example.org/playback/presentation/2.3/${ID}</url>`);
    expect(list.text).to.include(`<url>https://bbb.example.org/video/${ID}/</url>`);
    expect(list.text).to.include(`>https://bbb.example.org/presentation/${ID}/thumb-1.png</image>`);
    expect(list.element('meetingName')).to.equal('Fred&#39;s Room &amp; more');
    // Sent once more: known, and not read.
    expect(JSON.parse((await piece(0, 10)).text)).to.include({ step: 'done' });
    const view = (await archive.rig.admin('GET', 'recordings')) as { readonly recordings: readonly object[] };
    expect(view.recordings).to.have.length(1);
  });

  it('keeps what came of a piece that was cut, without an error of its own', async () => {
    await archive.start();
    const tar = await recordingTar(ID);
    const id = createHash('sha256').update(tar).digest('hex');
    const { hostname, port } = new URL(archive.rig.app.url);
    const socket = connect(Number(port), hostname);
    const target = `/admin/v1/recordings/import?sha256=${id}&size=${tar.length}&offset=0`;
    const head = [`POST ${target} HTTP/1.1`, 'Host: x', `Authorization: Bearer ${RIG_ADMIN_TOKEN}`];
    socket.write(`${[...head, `Content-Length: ${tar.length}`].join('\r\n')}\r\n\r\n`);
    socket.write(tar.subarray(0, 5000));
    const status = async (): Promise<number> =>
      ((await archive.rig.admin('GET', `recordings/import?sha256=${id}`)) as { readonly offset: number })
        .offset;
    await until('a part has come', async () => (await status()) === 5000);
    socket.destroy();
    await until('the sender was missed', () =>
      archive.rig.logger.lines.some((line) => line.includes('admin change')),
    );
    expect(archive.rig.logger.lines.filter((line) => line.includes('admin request failed'))).to.deep.equal(
      [],
    );
    const query = `?sha256=${id}&size=${tar.length}&offset=5000`;
    expect((await archive.send(query, tar.subarray(5000))).status).to.equal(200);
  });

  it('refuses what is damaged, too large or sent without the scope, and says why', async () => {
    await archive.start({ maxImportSize: '20000' });
    const tar = await recordingTar(ID);
    const wrong = '0'.repeat(64);
    const damaged = await archive.send(`?sha256=${wrong}&size=${tar.length}`, tar);
    expect(damaged.status).to.equal(422);
    expect(damaged.text).to.include('another SHA-256');
    expect((await archive.send('', Buffer.alloc(30_000))).status).to.equal(413);
    const path = '/admin/v1/recordings/import';
    const nobody = await archive.rig.send(path, {
      method: 'POST',
      body: tar,
      headers: { authorization: 'Bearer x' },
    });
    expect(nobody.status).to.equal(401);
    expect(existsSync(join(archive.folder, 'recordings', 'incoming', `${wrong}.part`))).to.equal(false);
  });

  it('tells a sender that is refused in the middle why, also one that gave no length', async () => {
    await archive.start({ maxImportSize: '20000' });
    const answer = await request(`${archive.rig.app.url}/admin/v1/recordings/import`, {
      method: 'POST',
      headers: BEARER,
      body: Readable.from([Buffer.alloc(15_000), Buffer.alloc(15_000)]),
    });
    expect(answer.statusCode).to.equal(413);
    expect(await answer.body.json()).to.include({
      detail: 'more has come than recordings.maxImportSize (20000 bytes)',
    });
    const line = archive.rig.logger.entries.find(({ message }) => message === 'admin change');
    expect(line?.fields).to.include({ address: '127.0.0.1' });
    expect(archive.rig.logger.lines.filter((it) => it.startsWith('error'))).to.deep.equal([]);
  });

  it('lists what could not be imported, in the metrics as well, and tries it again on request', async () => {
    await archive.start();
    const metrics = async (): Promise<string> => (await archive.rig.send('/metrics')).text;
    const answer = await archive.send('?name=lecture.tar', Buffer.alloc(1024, 'x'));
    const { id } = JSON.parse(answer.text) as { readonly id: string };
    await until('it has failed', async () => (await archive.stateOf(id)) === 'failed');
    const { failed } = (await archive.rig.admin('GET', 'recordings/failed')) as {
      readonly failed: readonly { readonly name: string; readonly reason: string }[];
    };
    expect(failed[0]).to.include({ name: `${id.slice(0, 12)}-lecture.tar` });
    expect(failed[0]?.reason).to.include('cannot be unpacked');
    await until('one is counted', async () =>
      (await metrics()).includes('ballast_recording_imports_failed 1'),
    );
    await archive.rig.admin('POST', `recordings/failed/${failed[0]?.name ?? ''}/retry`);
    await until('it has failed again', async () => (await archive.stateOf(id)) === 'failed');
    await until('both are counted', async () =>
      (await metrics()).includes('ballast_recording_imports_total{outcome="failed"} 2'),
    );
  });

  it('drops what could not be imported, and misses a file that somebody has removed', async () => {
    await archive.start();
    const list = async (): Promise<readonly { readonly name: string }[]> =>
      ((await archive.rig.admin('GET', 'recordings/failed')) as { failed: { name: string }[] }).failed;
    for (const [letter, change] of [
      ['x', (name: string) => archive.rig.admin('DELETE', `recordings/failed/${name}`)],
      [
        'y',
        async (name: string) => {
          rmSync(join(archive.folder, 'recordings', 'failed', name));
        },
      ],
    ] as const) {
      const answer = await archive.send('?name=lecture.tar', Buffer.alloc(1024, letter));
      const { id } = JSON.parse(answer.text) as { readonly id: string };
      await until('it has failed', async () => (await archive.stateOf(id)) === 'failed');
      const [{ name } = { name: '' }] = await list();
      await change(name);
      expect(await list()).to.deep.equal([]);
      const metrics = (await archive.rig.send('/metrics')).text;
      expect(metrics).to.include('ballast_recording_imports_failed 0');
      const path = `/admin/v1/recordings/failed/${name}/retry`;
      const again = await archive.rig.send(path, { method: 'POST', headers: BEARER });
      expect(again.status).to.equal(letter === 'x' ? 404 : 409);
    }
  });

  it('refuses an empty body, keeps nothing of it, and names in the log what was refused', async () => {
    await archive.start();
    const nothing = createHash('sha256').digest('hex');
    for (const query of ['?name=lecture.tar', `?sha256=${nothing}&size=0`]) {
      const answer = await archive.send(query, Buffer.alloc(0));
      expect(answer.status).to.equal(422);
      expect(answer.text).to.include('it is empty');
    }
    expect(await archive.rig.admin('GET', 'recordings/failed')).to.deep.equal({ failed: [] });
    for (const folder of ['incoming', 'imports', 'failed'])
      expect(readdirSync(join(archive.folder, 'recordings', folder)), folder).to.deep.equal([]);
    const lines = archive.rig.logger.entries.filter(({ message }) => message === 'admin change');
    expect(lines.map(({ fields }) => fields.target)).to.deep.equal(['lecture.tar', 'recording.tar']);
  });

  it('writes nothing outside its archive.folder, whatever a tar holds', async () => {
    await archive.start();
    const answer = await archive.send('', await tarOf({ '../../escaped': 'x' }));
    const { id } = JSON.parse(answer.text) as { readonly id: string };
    await until('it has failed', async () => (await archive.stateOf(id)) === 'failed');
    expect(existsSync(join(archive.folder, 'escaped'))).to.equal(false);
  });
});
