import { chmod, mkdir, mkdtemp, readdir, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect } from 'chai';
import { takeBuilderLock } from './builder-lock.js';
import type { Engine } from './engine.js';
import { engineFaults, engineTable } from './engine-report.js';
import { engineFolder, type Environment, findEngine, recipeFingerprint } from './find-engine.js';
import { installEngine } from './install-engine.js';
import { type InstallDeps, installEngines } from './install-engines.js';

const ENGINE: Engine = {
  name: 'influxd',
  version: '2.7.12',
  variable: 'BALLAST_TEST_INFLUXD',
  commands: ['influxd'],
  versionArgs: ['version'],
  recipe: { kind: 'debian', package: 'no-such-package-anywhere', file: 'usr/bin/influxd' },
  takes: 'a moment',
};

describe('the engines of the tests', () => {
  let folder = '';
  let env: Environment = {};
  let printed: string[] = [];

  beforeEach(async () => {
    folder = await mkdtemp(join(tmpdir(), 'ballast-install-'));
    env = {
      PATH: [join(folder, 'old'), join(folder, 'bin')].join(':'),
      XDG_CACHE_HOME: join(folder, 'cache'),
    };
    printed = [];
  });

  afterEach(async () => {
    await rm(folder, { recursive: true, force: true });
  });

  async function program(path: string, version: string): Promise<string> {
    await mkdir(join(path, '..'), { recursive: true });
    await writeFile(path, `#!/bin/sh\necho "InfluxDB v${version} (git: none)"\n`);
    await chmod(path, 0o755);
    return path;
  }

  async function cached(engine: Engine, recipe: string): Promise<string> {
    const path = await program(join(engineFolder(engine, env), 'influxd'), engine.version);
    await writeFile(join(engineFolder(engine, env), 'recipe'), recipe);
    return path;
  }

  function deps(over: Partial<InstallDeps> = {}): InstallDeps {
    return {
      env,
      install: async (engine) => {
        await cached(engine, recipeFingerprint(engine.recipe));
      },
      missingTools: async () => [],
      print: (line) => printed.push(line),
      now: () => 0,
      ...over,
    };
  }

  it('takes the one its variable names, whatever its version', async () => {
    const path = await program(join(folder, 'mine', 'influxd'), '2.1.0');
    await program(join(folder, 'bin', 'influxd'), '2.7.12');
    const found = await findEngine(ENGINE, { ...env, BALLAST_TEST_INFLUXD: path });
    expect(found).to.deep.equal({ path, version: '2.1.0', by: 'variable' });
  });

  it('builds nothing instead of what a variable names in vain', async () => {
    const named = { ...env, BALLAST_TEST_INFLUXD: join(folder, 'nowhere') };
    const install = async (): Promise<void> => expect.fail('it was built');
    const [outcome] = await installEngines([ENGINE], deps({ env: named, install }));
    expect(outcome?.found).to.equal(undefined);
    expect(outcome?.fault).to.contain('BALLAST_TEST_INFLUXD names').and.to.contain('nowhere');
  });

  it('passes over one on the PATH that is too old or of another make', async () => {
    await program(join(folder, 'old', 'influxd'), '1.6.7~rc0');
    const path = await program(join(folder, 'bin', 'influxd'), '2.7.12');
    expect(await findEngine(ENGINE, env)).to.deep.equal({ path, version: '2.7.12', by: 'PATH' });
  });

  it('takes the one in the cache, unless its recipe has changed since', async () => {
    const path = await cached(ENGINE, recipeFingerprint(ENGINE.recipe));
    expect(await findEngine(ENGINE, env)).to.deep.equal({ path, version: '2.7.12', by: 'cache' });
    await cached(ENGINE, recipeFingerprint({ ...ENGINE.recipe, file: 'elsewhere' } as Engine['recipe']));
    expect(await findEngine(ENGINE, env)).to.equal(undefined);
  });

  it('keeps an older version in the cache apart', async () => {
    await cached({ ...ENGINE, version: '2.7.11' }, recipeFingerprint(ENGINE.recipe));
    expect(await findEngine(ENGINE, env)).to.equal(undefined);
  });

  it('builds what is missing once, and says so first', async () => {
    const [built] = await installEngines([ENGINE], deps());
    expect(built?.isBuilt).to.equal(true);
    expect(printed).to.deep.equal(['influxd 2.7.12: not here, making it takes a moment …']);
    const [again] = await installEngines([ENGINE], deps());
    expect(again?.isBuilt).to.equal(false);
    expect(again?.found?.by).to.equal('cache');
  });

  it('waits for another builder and takes what that one built', async () => {
    await mkdir(join(folder, 'cache', 'ballast-engines'), { recursive: true });
    const lock = await takeBuilderLock(join(folder, 'cache', 'ballast-engines', '.lock'), 5_000);
    const installing = installEngines([ENGINE], deps());
    // Nothing tells that it has looked and waits now; whichever comes first, it must not build.
    await cached(ENGINE, recipeFingerprint(ENGINE.recipe));
    await lock.release();
    const [outcome] = await installing;
    expect(outcome?.isBuilt).to.equal(false);
    expect(outcome?.found?.by).to.equal('cache');
  });

  it('gives up a lock that is not released in time', async () => {
    const file = join(folder, 'lock');
    const lock = await takeBuilderLock(file, 5_000);
    const second = await takeBuilderLock(file, 1).then(
      () => 'held twice',
      (error: unknown) => String(error),
    );
    expect(second).to.contain('another process has held');
    await lock.release();
    await (await takeBuilderLock(file, 5_000)).release();
  });

  it('goes on to the next engine after one that cannot be built, and tells why and what to do', async () => {
    const other: Engine = { ...ENGINE, name: 'telegraf', variable: 'BALLAST_TEST_TELEGRAF' };
    const install: InstallDeps['install'] = async (engine) => {
      if (engine.name === 'influxd') throw new Error('go build ended with exit code 1:\nout of disk');
      await cached(engine, recipeFingerprint(engine.recipe));
    };
    const outcomes = await installEngines([ENGINE, other], deps({ install }));
    expect(engineTable(outcomes)[1]).to.match(/^influxd +- +MISSING +0\.0 +-$/);
    expect(engineTable(outcomes)[2]).to.match(/^telegraf +2\.7\.12 +built +0\.0 +\/.*influxd$/);
    const faults = engineFaults(outcomes).join('\n');
    expect(faults).to.contain('out of disk').and.to.contain('BALLAST_TEST_INFLUXD=/path/to/influxd');
    expect(faults).to.not.contain('TELEGRAF');
  });

  it('names missing tools instead of a failed build', async () => {
    const missingTools = async (): Promise<readonly string[]> => ['Go 1.24 or later is needed'];
    const [outcome] = await installEngines([ENGINE], deps({ missingTools }));
    expect(outcome?.fault).to.equal('Go 1.24 or later is needed');
    expect(printed).to.deep.equal([]);
  });

  it('leaves nothing in the cache of a build that failed or was killed', async () => {
    const cache = join(folder, 'cache', 'ballast-engines');
    await mkdir(join(cache, '.building-influxd-killed', 'work'), { recursive: true });
    const unbuildable: Engine = {
      ...ENGINE,
      recipe: { kind: 'go-install', target: 'no such target', tags: [], ldflags: '' },
    };
    const failed = await installEngine(unbuildable, env).then(
      () => 'built',
      (error: unknown) => String(error),
    );
    expect(failed).to.match(/^Error: go (install|cannot be run)/);
    expect(await readdir(cache)).to.deep.equal([]);
  });
});
