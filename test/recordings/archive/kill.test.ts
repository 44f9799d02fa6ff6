import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { expect } from 'chai';
import { archiveRig, metadataXml, recordIdOf, tarOf } from '../../support/archive-rig.js';

const TSX = pathToFileURL(createRequire(import.meta.url).resolve('tsx')).href;
const CHILD = fileURLToPath(new URL('../../support/archive-child.ts', import.meta.url));
const FILES = 60;
const KILLS = 2;
/** Of those that it takes to bring all in, so that some are left for each run. */
const MOST_STEPS = 9;

/** Names of three recordings, each a tar of many files: an import takes a while. */
const NAMES = ['a', 'b', 'c'];

describe('a process killed hard while it imports recordings', function () {
  this.timeout(60_000);
  let folder: string;
  let tars: string;

  beforeEach(async () => {
    folder = mkdtempSync(join(tmpdir(), 'ballast-archive-kill-'));
    tars = join(folder, 'tars');
    mkdirSync(tars);
    for (const name of NAMES) writeFileSync(join(tars, `${name}.tar`), await tarOfMany(name));
  });

  afterEach(() => {
    rmSync(folder, { recursive: true });
  });

  const tarOfMany = (name: string): Promise<Buffer> => {
    const id = recordIdOf(name);
    const files: Record<string, string> = { [`presentation/${id}/metadata.xml`]: metadataXml(id) };
    for (let at = 0; at < FILES; at++)
      files[`presentation/${id}/slides/${at}.svg`] = `${name} ${at}`.repeat(200);
    return tarOf(files);
  };

  /** Runs until it was killed after so many steps, or to its end. */
  const run = async (mostSteps: number): Promise<unknown> => {
    const argv = ['--import', TSX, CHILD, folder, tars, String(mostSteps)];
    const child = spawn(process.execPath, argv, { stdio: 'inherit' });
    const [code, signal] = (await once(child, 'exit')) as [number | null, NodeJS.Signals | null];
    return signal ?? code;
  };

  it('ends with every recording whole, and nothing left over', async () => {
    for (let kill = 0; kill < KILLS; kill++) {
      expect(await run(1 + Math.floor(Math.random() * MOST_STEPS))).to.equal('SIGKILL');
    }
    expect(await run(Infinity)).to.equal(0);
    const rig = await archiveRig({ root: folder });
    try {
      const { root } = rig.folders;
      for (const name of NAMES) {
        const slides = join(rig.folders.format(true, 'presentation', recordIdOf(name)), 'slides');
        expect(readdirSync(slides)).to.have.length(FILES);
        expect(readFileSync(join(slides, '7.svg'), 'utf8')).to.equal(`${name} 7`.repeat(200));
      }
      for (const left of ['incoming', 'imports', 'work', 'failed', 'trash'])
        expect(readdirSync(join(root, left)), left).to.deep.equal([]);
      const ids = NAMES.map((name) => recordIdOf(name));
      const listed = await rig.store.recordings.findRecordings(ids);
      expect(listed.map(({ recordId }) => recordId).sort()).to.deep.equal(ids.sort());
    } finally {
      await rig.stop();
    }
  });
});
