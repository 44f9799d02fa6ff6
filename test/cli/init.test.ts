import { mkdtempSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect } from 'chai';
import { parseCluster } from '../../src/admin/cluster-document.js';
import { loadConfig } from '../../src/config/load-config.js';
import { FakeTerminal } from '../support/fake-terminal.js';

describe('ballast init', () => {
  let folder: string;
  let terminal: FakeTerminal;
  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), 'ballast-init-'));
    terminal = new FakeTerminal(folder);
  });
  afterEach(() => {
    rmSync(folder, { recursive: true, force: true });
  });

  const load = (dir: string) => loadConfig({ file: join(dir, 'ballast.yaml'), env: {}, cwd: folder });

  it('writes a configuration that loads without warnings, with fresh secrets each time', async () => {
    expect(await terminal.run(['init', '--dir', 'one'])).to.equal(0);
    expect(await terminal.run(['init', '--dir', 'two/deep'])).to.equal(0);
    const [one, two] = [load(join(folder, 'one')), load(join(folder, 'two/deep'))];
    expect(one.warnings).to.deep.equal([]);
    expect(one.config.admin.tokens[0]?.scope).to.equal('admin');
    expect(one.config.secrets).not.to.deep.equal(two.config.secrets);
    const secrets = [
      ...one.config.secrets,
      one.config.admin.tokens[0]?.token,
      ...one.config.metrics.ingest.tokens,
    ];
    expect(new Set(secrets).size).to.equal(3);
  });

  it('tells of every scope, of recordings and callbacks, in lines that load once uncommented', async () => {
    await terminal.run(['init']);
    const path = join(folder, 'ballast.yaml');
    const text = readFileSync(path, 'utf8');
    for (const scope of ['read', 'operate', 'admin', 'import'])
      expect(text).to.match(new RegExp(`# .*\\b${scope}\\b`));
    writeFileSync(path, text.replace(/^# (publicUrl|adminListen|recordings|callbacks): /gm, '$1: '));
    const { config, warnings } = load(folder);
    expect(warnings).to.deep.equal([]);
    expect(config.recordings.mode).to.equal('archive');
    expect(config.callbacks.allowPrivateTargets).to.equal(true);
  });

  it('writes a cluster file that applies as it is, and whose examples apply once uncommented', async () => {
    await terminal.run(['init']);
    const text = readFileSync(join(folder, 'cluster.yaml'), 'utf8');
    const source = { kind: 'request' } as const;
    expect(parseCluster(text, source)).to.deep.equal({ servers: [], tenants: [] });
    const examples = text
      .slice(text.indexOf('# kind: Server'))
      .replace(/^# /gm, '')
      .replace('secret: ...', 'secret: abc')
      .replace('secrets: [...]', 'secrets: [abc]');
    const { servers, tenants } = parseCluster(examples, source);
    expect(servers.map(({ id }) => id)).to.deep.equal(['bbb1']);
    expect(tenants.map(({ id }) => id)).to.deep.equal(['school-a']);
  });

  it('makes both files readable by their owner only, and prints no secret', async () => {
    await terminal.run(['init', '--json']);
    const { files } = JSON.parse(terminal.printed) as { files: string[] };
    expect(files).to.deep.equal([join(folder, 'ballast.yaml'), join(folder, 'cluster.yaml')]);
    for (const file of files) expect(statSync(file).mode & 0o777).to.equal(0o600);
    expect(terminal.printed).not.to.include(load(folder).config.secrets[0]);
  });

  it('overwrites nothing: it names the file that is there and exits with 1', async () => {
    writeFileSync(join(folder, 'cluster.yaml'), 'mine');
    expect(await terminal.run(['init'])).to.equal(1);
    expect(terminal.complained).to.include(join(folder, 'cluster.yaml'));
    expect(readdirSync(folder)).to.deep.equal(['cluster.yaml']);
    expect(readFileSync(join(folder, 'cluster.yaml'), 'utf8')).to.equal('mine');
  });

  it('exits with 1 where the folder cannot be made', async () => {
    writeFileSync(join(folder, 'file'), '');
    expect(await terminal.run(['init', '--dir', 'file/sub'])).to.equal(1);
    expect(terminal.complained).to.match(/^ballast: Cannot write to .*file\/sub/);
  });
});
