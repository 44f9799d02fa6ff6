import { execFileSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { expect } from 'chai';
import { AppRig } from '../support/app-rig.js';
import { metadataXml, recordIdOf } from '../support/archive-rig.js';
import { runRuby } from './rig/ruby.js';

const SCRIPT = fileURLToPath(new URL('../../bigbluebutton/post_publish_ballast.rb', import.meta.url));
const TESTS = fileURLToPath(
  new URL('../../bigbluebutton/test/post_publish_ballast_test.rb', import.meta.url),
);
const ID = recordIdOf('room');
const TOKEN = 'token-of-servers';

describe('post_publish_ballast.rb', function () {
  this.timeout(60_000);
  let folder: string;
  let rig: AppRig;

  before(async () => {
    folder = mkdtempSync(join(tmpdir(), 'ballast-post-publish-'));
    rig = await AppRig.start({
      servers: 1,
      settings: {
        publicUrl: 'https://bbb.example.org',
        admin: { tokens: [{ name: 'servers', token: TOKEN, scope: 'import' }] },
        recordings: { mode: 'archive', directory: join(folder, 'recordings') },
      },
    });
  });

  after(async () => {
    await rig.stop();
    rmSync(folder, { recursive: true });
  });

  const publish = (format: string): void => {
    const path = join(folder, 'published', format, ID);
    mkdirSync(path, { recursive: true });
    writeFileSync(join(path, 'metadata.xml'), metadataXml(ID, { format }));
    writeFileSync(join(path, 'big.webm'), Buffer.alloc(3_000_000, format));
  };

  const run = async (
    ...args: readonly string[]
  ): Promise<{ readonly code: unknown; readonly output: string }> => {
    const config = join(folder, 'ballast.yml');
    const settings = {
      ...{ url: rig.app.url, token: TOKEN, piece_size: 1_000_000, attempts: 2, first_wait: 0.1 },
      published_dir: join(folder, 'published'),
      status_dir: join(folder, 'status'),
    };
    writeFileSync(config, JSON.stringify(settings));
    return runRuby([SCRIPT, '--config', config, ...args]);
  };

  it('passes its own tests', async () => {
    const { code, output } = await runRuby([TESTS]);
    expect(code, output).to.equal(0);
    expect(output).to.match(/\d+ runs, \d+ assertions, 0 failures, 0 errors, 0 skips/);
  });

  it('brings what a server has published into a real Ballast, where it is listed and played', async () => {
    publish('presentation');
    const first = await run('-m', ID, '-f', 'presentation');
    expect(first.code, first.output).to.equal(0);
    publish('video');
    const second = await run('--all');
    expect(second.code, second.output).to.equal(0);
    expect(second.output).to.include('1 of 1 sent');
    const list = await rig.call('getRecordings', { recordID: ID });
    expect(list.text.match(/<type>/g)).to.have.length(2);
    const played = await rig.send(`/video/${ID}/big.webm`);
    expect(played.bytes.equals(readFileSync(join(folder, 'published', 'video', ID, 'big.webm')))).to.equal(
      true,
    );
    expect((await run('--all')).output).to.include('0 of 0 sent');
    // Twice is once.
    expect((await run('-m', ID)).code).to.equal(0);
  });

  it('finishes a recording that had arrived whole when Ballast was ended', async () => {
    publish('podcast');
    const path = join('podcast', ID);
    // As the script packs it.
    const options =
      '--create --format=gnu --sort=name --owner=0 --group=0 --numeric-owner --file - --directory';
    const tar = execFileSync('tar', [...options.split(' '), join(folder, 'published'), '--', path], {
      maxBuffer: 10_000_000,
    });
    const sum = createHash('sha256').update(tar).digest('hex');
    writeFileSync(join(folder, 'recordings', 'incoming', `${sum}.part`), tar);
    const { code, output } = await run('-m', ID, '-f', 'podcast');
    expect(code, output).to.equal(0);
    expect(output).to.include('imported').and.not.include('again in');
    expect((await rig.send(`/podcast/${ID}/big.webm`)).status).to.equal(200);
  });

  it('exits with 1 and says why when Ballast is not there', async () => {
    const config = join(folder, 'nowhere.yml');
    const nowhere = { url: 'http://127.0.0.1:9', token: TOKEN, attempts: 2, first_wait: 0.1 };
    writeFileSync(config, JSON.stringify({ ...nowhere, published_dir: join(folder, 'published') }));
    const { code, output } = await runRuby([SCRIPT, '--config', config, '-m', ID]);
    expect(code).to.equal(1);
    expect(output).to.include('not sent: 127.0.0.1');
    expect(output).not.to.include(TOKEN);
  });
});
