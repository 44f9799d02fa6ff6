import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { expect } from 'chai';
import { cannedSourceServer } from '../support/canned-source-server.js';

const child = fileURLToPath(new URL('deliver-until-killed.ts', import.meta.url));

/** Lets a process deliver until it printed so many keys, then kills it hard; without a count it ends by itself. Returns the keys. */
async function live(spec: string, url: string, count?: number): Promise<readonly string[]> {
  const mode = count === undefined ? [] : ['add'];
  const running = spawn(process.execPath, ['--import', 'tsx', child, spec, url, ...mode], {
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  let printed = '';
  let complaint = '';
  running.stderr.setEncoding('utf8').on('data', (text: string) => (complaint += text));
  running.stdout.setEncoding('utf8').on('data', (text: string) => {
    printed += text;
    if (count !== undefined && printed.split('\n').length > count) running.kill('SIGKILL');
  });
  const [code, signal] = (await once(running, 'close')) as [number | null, string | null];
  expect(signal ?? code, complaint).to.equal(count === undefined ? 0 : 'SIGKILL');
  // The last line may be cut; what ends in a line break was in the outbox.
  return printed.split('\n').slice(0, -1);
}

describe('callbacks: kill -9', () => {
  it('loses none that was taken, and keeps the order of each lane', async function () {
    this.timeout(60_000);
    const folder = mkdtempSync(join(tmpdir(), 'ballast-outbox-'));
    const target = await cannedSourceServer();
    const paths: string[] = [];
    target.answer = (request, response) => {
      paths.push((request.url ?? '').slice(1).replace(/\?.*/, ''));
      response.end();
    };
    try {
      const spec = `sqlite:${join(folder, 'ballast.db')}`;
      const taken: string[] = [];
      for (const count of [40, 120]) taken.push(...(await live(spec, target.url, count)));
      await live(spec, target.url);
      const arrived = [...new Set(paths)];
      expect(taken.length).to.be.at.least(160);
      expect(taken.filter((key) => !arrived.includes(key))).to.deep.equal([]);
      for (const lane of ['lane-0', 'lane-1', 'lane-2']) {
        const wanted = taken.filter((key) => key.startsWith(lane));
        expect(arrived.filter((key) => wanted.includes(key))).to.deep.equal(wanted);
      }
    } finally {
      await target.close();
      rmSync(folder, { recursive: true });
    }
  });
});
