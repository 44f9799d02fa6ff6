import { createHash } from 'node:crypto';
import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';
import { expect } from 'chai';
import { until } from '../../support/app-rig.js';
import { metadataXml, recordIdOf, tarOf } from '../../support/archive-rig.js';
import { BallastProcess } from '../../support/ballast-process.js';

const TOKEN = 'token-of-servers-with-recordings';
const FILES = 60;
const KILLS = 3;

/** Names of three recordings, each a tar of many files: an import takes a while. */
const NAMES = ['a', 'b', 'c'];

describe('a balancer killed hard while it imports recordings', function () {
  this.timeout(120_000);
  let folder: string;
  let ballast: BallastProcess | undefined;
  let url: string;

  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), 'ballast-archive-kill-'));
    const config = {
      listen: { port: 0 },
      publicUrl: 'https://bbb.example.org',
      store: 'sqlite:ballast.db',
      secrets: ['secret-of-the-front-end'],
      admin: { tokens: [{ name: 'servers', token: TOKEN, scope: 'operate' }] },
      metrics: { source: 'none' },
      recordings: { mode: 'archive', directory: 'recordings' },
    };
    writeFileSync(join(folder, 'ballast.yaml'), JSON.stringify(config));
  });

  afterEach(async () => {
    await ballast?.stop('SIGKILL');
    rmSync(folder, { recursive: true });
  });

  const start = async (): Promise<void> => {
    ballast = new BallastProcess({
      argv: ['serve', '--config', 'ballast.yaml'],
      cwd: folder,
      isFromSource: true,
    });
    ({ url } = await ballast.listening());
  };

  const ask = async (
    query: string,
    body?: Buffer,
  ): Promise<{ readonly step: string; readonly offset: number }> => {
    const response = await fetch(`${url}/admin/v1/recordings/import?${query}`, {
      method: body === undefined ? 'GET' : 'POST',
      headers: { authorization: `Bearer ${TOKEN}` },
      body: body ?? null,
      signal: AbortSignal.timeout(10_000),
    });
    if (!response.ok) throw new Error(`${response.status} ${await response.text()}`);
    return (await response.json()) as { readonly step: string; readonly offset: number };
  };

  /** As a server sends it: in pieces, from where the last one ended. */
  const send = async (tar: Buffer): Promise<void> => {
    const sum = createHash('sha256').update(tar).digest('hex');
    const size = Math.ceil(tar.length / 4);
    let { step, offset } = await ask(`sha256=${sum}`);
    while (step === 'arriving') {
      const piece = tar.subarray(offset, offset + size);
      ({ step, offset } = await ask(`sha256=${sum}&size=${tar.length}&offset=${offset}`, piece));
    }
  };

  const tarOfMany = (name: string): Promise<Buffer> => {
    const id = recordIdOf(name);
    const files: Record<string, string> = { [`presentation/${id}/metadata.xml`]: metadataXml(id) };
    for (let at = 0; at < FILES; at++)
      files[`presentation/${id}/slides/${at}.svg`] = `${name} ${at}`.repeat(200);
    return tarOf(files);
  };

  it('ends with every recording whole, and nothing left over', async () => {
    const tars = await Promise.all(NAMES.map(tarOfMany));
    for (let kill = 0; kill < KILLS; kill++) {
      await start();
      const sending = (async () => {
        for (const tar of tars) await send(tar);
      })();
      // It is killed in the middle of whatever it does then; the servers' calls fail.
      sending.catch(() => undefined);
      await wait(30 + Math.random() * 250);
      await ballast?.stop('SIGKILL');
      await sending.catch(() => undefined);
    }
    await start();
    for (const tar of tars) await send(tar);
    for (const tar of tars) {
      const sum = createHash('sha256').update(tar).digest('hex');
      await until('it is imported', async () => (await ask(`sha256=${sum}`)).step === 'done', 30_000);
    }
    const root = join(folder, 'recordings');
    for (const name of NAMES) {
      const slides = join(root, 'published', 'presentation', recordIdOf(name), 'slides');
      expect(readdirSync(slides)).to.have.length(FILES);
      expect(readFileSync(join(slides, '7.svg'), 'utf8')).to.equal(`${name} 7`.repeat(200));
    }
    await until('nothing is left', () =>
      ['incoming', 'imports', 'work', 'failed', 'trash'].every(
        (name) => readdirSync(join(root, name)).length === 0,
      ),
    );
    const response = await fetch(`${url}/admin/v1/recordings`, {
      headers: { authorization: `Bearer ${TOKEN}` },
    });
    const { recordings } = (await response.json()) as {
      readonly recordings: readonly { recordId: string }[];
    };
    expect(recordings.map(({ recordId }) => recordId).sort()).to.deep.equal(
      NAMES.map((name) => recordIdOf(name)).sort(),
    );
  });
});
