import { cp, mkdir, mkdtemp, readdir, readFile, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { expect } from 'chai';
import { runCommand } from './install/run-command.js';
import { EngineProcess } from './rig/engine-process.js';
import { freeLoopbackPort } from './rig/loopback-port.js';
import { readDockerfile, type Stage, wordsOf } from './stack/dockerfile.js';

const ROOT = fileURLToPath(new URL('../..', import.meta.url));
/** better-sqlite3 is compiled, which takes two minutes on an idle machine. */
const BUILD_MS = 20 * 60_000;

describe('Dockerfile, its steps run in empty folders', function () {
  this.timeout(30_000);
  let build: Stage;
  let final: Stage;
  let text: string;
  let folder: string;
  /** Stand-ins for the root of each stage. */
  let built: string;
  let image: string;

  before(async function () {
    this.timeout(BUILD_MS);
    text = await readFile(join(ROOT, 'Dockerfile'), 'utf8');
    const [first, last, ...more] = readDockerfile(text);
    if (first === undefined || last === undefined || more.length > 0)
      throw new Error('two stages are wanted');
    [build, final] = [first, last];
    folder = await mkdtemp(join(tmpdir(), 'ballast-image-'));
    [built, image] = [join(folder, 'build'), join(folder, 'image')];
    await carryOut(build, built);
    await carryOut(final, image);
  });
  after(() => rm(folder, { recursive: true, force: true }));

  /** Does what a builder does with COPY, WORKDIR and RUN; only files that .dockerignore lets through are there. */
  async function carryOut({ instructions }: Stage, root: string): Promise<void> {
    let workDir = root;
    const local = (path: string): string =>
      path.startsWith('/') ? join(root, path) : join(workDir, path.replace(/^\.\/?/, ''));
    for (const { keyword, rest } of instructions) {
      if (keyword === 'WORKDIR') {
        workDir = local(rest);
        await mkdir(workDir, { recursive: true });
      } else if (keyword === 'COPY') {
        const [, stage, names = ''] = /^(?:--from=(\S+) )?(.*)$/.exec(rest) ?? [];
        const words = names.split(' ');
        const target = words.pop() ?? '.';
        for (const word of words) {
          const source = stage === undefined ? join(await context(), word) : join(built, word);
          const isFile = (await stat(source)).isFile();
          const at = isFile ? join(local(target), word.split('/').at(-1) ?? '') : local(target);
          await mkdir(dirname(at), { recursive: true });
          await cp(source, at, { recursive: true, verbatimSymlinks: true });
        }
        // What apt-get installs is here already, or the engines could not have been built.
      } else if (keyword === 'RUN' && !rest.startsWith('apt-get ')) {
        // Absolute paths of the image, in this folder.
        await mkdir(join(root, 'usr/local/bin'), { recursive: true });
        const script = rest.replace(/ (\/(?:app|data|usr)\b)/g, ` ${root}$1`);
        const env = { NODE_ENV: '', CI: 'true' };
        await runCommand({
          ...{ command: '/bin/sh', args: ['-euc', script], cwd: workDir, env },
          timeoutMs: BUILD_MS,
        });
      }
    }
  }

  /** The repository as .dockerignore shows it to the builder. */
  async function context(): Promise<string> {
    const at = join(folder, 'context');
    const ignored = (await readFile(join(ROOT, '.dockerignore'), 'utf8')).split('\n');
    const shown = ignored.filter((line) => line.startsWith('!')).map((line) => line.slice(1));
    expect(ignored).to.include('*');
    for (const name of shown) await cp(join(ROOT, name), join(at, name), { recursive: true });
    return at;
  }

  it('ends with a small folder without what only building needs', async () => {
    const modules = await readdir(join(image, 'app/node_modules'));
    expect(modules).to.include.members(['better-sqlite3', 'express', 'undici']);
    expect(modules).not.to.include.members(['typescript']);
    expect(modules).not.to.include.members(['mocha']);
    expect((await readdir(join(image, 'app'))).sort()).to.deep.equal([
      'dist',
      'node_modules',
      'package.json',
    ]);
    const kibibytes = Number(
      (
        await runCommand({
          ...{ command: 'du', args: ['-sk', join(image, 'app')], timeoutMs: 20_000 },
        })
      ).split('\t')[0],
    );
    expect(kibibytes / 1_024).to.be.below(120);
  });

  it('starts as its entry point says, is healthy by its own check, and ends with 0', async () => {
    const entry = wordsOf(find(final, 'ENTRYPOINT'));
    const command = wordsOf(find(final, 'CMD'));
    const port = await freeLoopbackPort();
    const config = join(folder, 'ballast.yaml');
    await writeFile(
      config,
      JSON.stringify({
        listen: { host: '127.0.0.1', port },
        store: `sqlite:${join(image, 'data', 'ballast.db')}`,
        secrets: ['secret-of-the-test-of-the-image'],
        metrics: { source: 'none' },
      }),
    );
    const [, program = ''] = entry;
    const ballast = new EngineProcess({
      name: 'ballast',
      path: process.execPath,
      args: [join(image, program), ...command, '--config', config],
      cwd: join(image, 'data'),
      env: { NODE_ENV: 'production' },
    });
    const [, check = ''] = / CMD (\[.*)$/.exec(find(final, 'HEALTHCHECK')) ?? [];
    const [, ...args] = wordsOf(check);
    const isHealthy = async (): Promise<boolean> =>
      runCommand({
        command: process.execPath,
        args: args.map((argument) => argument.replace(':8080/', `:${port}/`)),
        timeoutMs: 10_000,
      }).then(
        () => true,
        () => false,
      );
    try {
      expect(await isHealthy()).to.equal(false);
      await ballast.ready(isHealthy);
    } finally {
      await ballast.stop();
    }
    expect(await ballast.ended).to.equal(0);
  });

  it('has the command line on its path', async () => {
    const link = join(image, 'usr/local/bin/ballast');
    const printed = await runCommand({ command: link, args: ['--version'], timeoutMs: 20_000 });
    const { version } = JSON.parse(await readFile(join(ROOT, 'package.json'), 'utf8')) as { version: string };
    expect(printed.trim()).to.equal(version);
  });

  it('runs as a user without rights, on a pinned major version of Node that the package takes', () => {
    expect(find(final, 'USER')).to.equal('node');
    expect([build.image, final.image]).to.deep.equal(['node:24-slim', 'node:24-slim']);
    expect(final.instructions.map(({ keyword }) => keyword)).not.to.include('ADD');
    expect(text).not.to.match(/secret|token|password/i);
  });
});

function find({ instructions }: Stage, keyword: string): string {
  const found = instructions.filter((instruction) => instruction.keyword === keyword);
  if (found.length !== 1 || found[0] === undefined) throw new Error(`one ${keyword} is wanted`);
  return found[0].rest;
}
