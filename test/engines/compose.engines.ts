import { copyFile, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { expect } from 'chai';
import { lazyPrograms } from '../../src/cli/programs.js';
import { FakeTerminal } from '../support/fake-terminal.js';
import { readComposeProject } from './stack/compose-project.js';

const FILE = fileURLToPath(new URL('../../docker-compose.yml', import.meta.url));

describe('docker-compose.yml, read as docker compose reads it', function () {
  this.timeout(30_000);
  let folder: string;
  beforeEach(async () => {
    folder = await mkdtemp(join(tmpdir(), 'ballast-compose-'));
    await copyFile(FILE, join(folder, 'docker-compose.yml'));
  });
  afterEach(() => rm(folder, { recursive: true, force: true }));

  const init = async (...more: string[]): Promise<void> => {
    const code = await new FakeTerminal(folder).run(['init', '--compose', ...more], lazyPrograms());
    expect(code).to.equal(0);
  };
  const refusal = async (): Promise<string> =>
    readComposeProject(folder).then(
      () => 'taken',
      (error: unknown) => String(error),
    );

  it('conforms to the specification, with the .env of `ballast init --compose`', async () => {
    await init();
    const { services } = await readComposeProject(folder);
    const names = ['alertmanager', 'ballast', 'grafana', 'influxdb', 'prometheus', 'telegraf'];
    expect(Object.keys(services).sort()).to.deep.equal(names);
    expect(services.ballast?.user).to.match(/^[1-9]\d*:\d+$/);
    const ports = Object.values(services).flatMap((service) => service.ports);
    expect(ports.map(({ host_ip }) => host_ip)).to.deep.equal(ports.map(() => '127.0.0.1'));
    expect(ports.map(({ published }) => published).sort()).to.deep.equal(
      ['3000', '8080', '8081', '8086', '9090', '9093'].sort(),
    );
  });

  it('runs simulated servers and traffic as well with that of --demo', async () => {
    await init('--demo');
    const { services } = await readComposeProject(folder);
    expect(Object.keys(services)).to.include.members(['bbb1', 'bbb2', 'bbb3', 'bbb4', 'bbb5', 'sim-traffic']);
    expect(services.telegraf?.environment.SERVER_ID).to.equal('bbb5');
  });

  it('says what to do where there is no .env', async () => {
    expect(await refusal()).to.include(
      'required variable INFLUX_TOKEN is missing a value: run ballast init --compose',
    );
  });

  for (const [title, from, to, words] of [
    ['a misspelt key', 'mem_limit: 1g', 'memory_limt: 1g', /memory_limt/],
    ['a word that is no text', "'http://127.0.0.1:3000/api/health'", '{ a: b }', /healthcheck/],
    ['a dependency that is not there', 'alertmanager: { condition', 'nobody: { condition', /nobody/],
    ['a volume that is not declared', 'prometheus-data:/prometheus', 'other-data:/prometheus', /other-data/],
  ] as const) {
    it(`is refused with ${title}`, async () => {
      await init();
      const text = await readFile(FILE, 'utf8');
      const broken = text.replace(from, to);
      expect(broken).not.to.equal(text);
      await writeFile(join(folder, 'docker-compose.yml'), broken);
      expect(await refusal()).to.match(words);
    });
  }
});
