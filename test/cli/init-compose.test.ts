import {
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseEnv } from 'node:util';
import { expect } from 'chai';
import { parseCluster } from '../../src/admin/cluster-document.js';
import { COMPOSE_VARIABLES } from '../../src/cli/compose-variables.js';
import { loadConfig } from '../../src/config/load-config.js';
import { FakeTerminal } from '../support/fake-terminal.js';

const SECRETS = COMPOSE_VARIABLES.filter(({ value }) => value === 'secret').map(({ name }) => name);

describe('ballast init --compose', () => {
  let folder: string;
  let terminal: FakeTerminal;
  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), 'ballast-init-'));
    terminal = new FakeTerminal(folder);
  });
  afterEach(() => {
    rmSync(folder, { recursive: true, force: true });
  });

  const init = async (...more: string[]): Promise<number> => terminal.run(['init', '--compose', ...more]);
  const variables = (dir = folder): Record<string, string | undefined> =>
    parseEnv(readFileSync(join(dir, '.env'), 'utf8'));
  /** As the container sees it: what docker-compose.yml passes on of `.env`. */
  const load = (): ReturnType<typeof loadConfig> =>
    loadConfig({
      file: join(folder, 'ballast.yaml'),
      env: {
        ...variables(),
        INFLUX_URL: 'http://influxdb:8086',
        INFLUX_ORG: 'ballast',
        INFLUX_BUCKET: 'ballast',
      },
      cwd: folder,
    });

  it('writes a fresh secret for each that is needed, long enough, and no two the same', async () => {
    expect(await init()).to.equal(0);
    expect(await init('--dir', 'other')).to.equal(0);
    const all = [variables(), variables(join(folder, 'other'))].flatMap((env) =>
      SECRETS.map((name) => env[name] ?? ''),
    );
    expect(all.every((secret) => /^[0-9a-f]{64}$/.test(secret))).to.equal(true);
    expect(new Set(all).size).to.equal(2 * SECRETS.length);
  });

  it('writes a configuration that takes its secrets from there, without a warning', async () => {
    await init();
    const { config, warnings } = load();
    const env = variables();
    expect(warnings).to.deep.equal([]);
    expect(config.secrets).to.deep.equal([env.FRONT_END_SECRET]);
    expect(config.admin.tokens).to.deep.equal([{ name: 'ops', token: env.ADMIN_TOKEN, scope: 'admin' }]);
    expect(config.metrics).to.deep.include({
      source: 'influxdb',
      influxdb: { url: 'http://influxdb:8086', token: env.INFLUX_TOKEN, org: 'ballast', bucket: 'ballast' },
    });
    expect(config.adminListen).to.deep.equal({ host: '0.0.0.0', port: 8081 });
    for (const file of ['ballast.yaml', 'cluster.yaml']) {
      const text = readFileSync(join(folder, file), 'utf8');
      for (const secret of SECRETS) expect(text).not.to.include(env[secret]);
    }
  });

  it('writes the simulated servers of docker-compose.yml with --demo, and else an empty cluster', async () => {
    await init();
    const read = (env: Record<string, string | undefined>) =>
      parseCluster(readFileSync(join(folder, 'cluster.yaml'), 'utf8'), {
        kind: 'file',
        directory: folder,
        env,
      });
    expect(read({})).to.deep.equal({ servers: [], tenants: [] });
    expect(variables()).not.to.have.any.keys('COMPOSE_PROFILES', 'TELEGRAF_SERVER_ID');
    for (const file of ['.env', 'ballast.yaml', 'cluster.yaml']) rmSync(join(folder, file));
    await init('--demo');
    const { servers } = read(variables());
    expect(servers.map(({ id }) => id)).to.deep.equal(['bbb1', 'bbb2', 'bbb3', 'bbb4', 'bbb5']);
    expect(servers.every(({ secret }) => secret === variables().SIM_SECRET)).to.equal(true);
    expect(variables()).to.include({ COMPOSE_PROFILES: 'demo', TELEGRAF_SERVER_ID: 'bbb5' });
    expect(load().warnings).to.deep.equal([]);
  });

  it('makes all three readable by their owner only, tells who that is, and prints no secret', async () => {
    await init();
    const printed = terminal.printed;
    for (const file of ['.env', 'ballast.yaml', 'cluster.yaml']) {
      expect(statSync(join(folder, file)).mode & 0o777, file).to.equal(0o600);
    }
    const { uid, gid } = statSync(join(folder, 'ballast.yaml'));
    expect(variables().CONTAINER_USER).to.equal(`${uid}:${gid}`);
    // No container of Ballast runs as root, whoever wrote the files, and no account of the host gets to read them.
    const own = { uid: process.getuid?.(), gid: process.getgid?.() };
    expect({ uid, gid }).to.deep.equal(own.uid === 0 ? { uid: 10_001, gid: 10_001 } : own);
    expect(printed).to.include(`runs as ${uid}:${gid}`);
    for (const secret of SECRETS) expect(printed).not.to.include(variables()[secret]);
    expect(printed).to.include('docker compose up -d');
  });

  it('overwrites nothing: a .env that is there is named, and no file is written', async () => {
    writeFileSync(join(folder, '.env'), 'MINE=1\n');
    expect(await init()).to.equal(1);
    expect(terminal.complained).to.include(join(folder, '.env'));
    expect(readdirSync(folder)).to.deep.equal(['.env']);
    expect(readFileSync(join(folder, '.env'), 'utf8')).to.equal('MINE=1\n');
  });

  it('leaves nothing of what it wrote where a later file cannot be written', async () => {
    symlinkSync(join(folder, 'missing', 'env'), join(folder, '.env'));
    expect(await init()).to.equal(1);
    expect(terminal.complained).to.match(/^ballast: Cannot write to /);
    expect(readdirSync(folder)).to.deep.equal(['.env']);
  });

  it('says so where docker-compose.yml is not beside what it wrote', async () => {
    await init('--dir', 'other');
    expect(terminal.printed).to.include(`docker-compose.yml is not in ${join(folder, 'other')}`);
    writeFileSync(join(folder, 'docker-compose.yml'), 'services: {}\n');
    await init();
    expect(terminal.printed).not.to.include('docker-compose.yml is not in');
  });

  it('takes --demo only with --compose', async () => {
    expect(await terminal.run(['init', '--demo'])).to.equal(2);
    expect(readdirSync(folder)).to.deep.equal([]);
  });
});
