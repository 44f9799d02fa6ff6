import { existsSync, mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect } from 'chai';
import { startAdmin, TOKENS } from '../support/admin-rig.js';
import { FakeTerminal } from '../support/fake-terminal.js';

const SERVERS = `---
servers:
  bbb-a.example.org:
    url: https://bbb-a.example.org/bigbluebutton/api
    secret: 0123456789
    enabled: true
    load_multiplier: 2.0
  7f5c9d1e-ab5f-4bb1-9d65-6e31c0ee6a2f:
    secret: with-\${braces}
    url: https://bbb-b.example.org/bigbluebutton/api/
    enabled: false
    tag: big
    load: 12.5
    online: true
`;

const TENANTS = `id: 1f2e
\tname: school-a
\tsecrets: first:second
\tlrs_endpoint: https://lrs.example.org
id: 2f2e
\tname: default
\tsecrets: third
Total number of tenants: 2
Tenant: school-a
  id: 9
\tparam: muteOnStart
\tvalue: true
\toverride: true
  id: 10
\tparam: meta_server-tag
\tvalue: big!
\toverride: false
  id: 11
\tparam: meetingID
\tvalue: x
\toverride: true
Tenant: default
  No custom settings are configured
`;

describe('import-scalelite', () => {
  let folder: string;
  let terminal: FakeTerminal;
  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), 'ballast-import-'));
    terminal = new FakeTerminal(folder);
    writeFileSync(join(folder, 'servers.yml'), SERVERS);
    writeFileSync(join(folder, 'tenants.txt'), TENANTS);
  });
  afterEach(() => {
    rmSync(folder, { recursive: true, force: true });
  });

  const importInto = (out: string): Promise<number> =>
    terminal.run([
      ...['import-scalelite', '--servers', 'servers.yml', '--tenants', 'tenants.txt'],
      ...['--url-host', 'BBB.example.org', '--out', out],
    ]);

  it('sees that the two files were given the wrong way round, and quotes nothing of them', async () => {
    const table = 'TenantID, Name, Secrets\n1f2e, school-a, first:second\n';
    writeFileSync(join(folder, 'table.txt'), table);
    for (const file of ['tenants.txt', 'table.txt']) {
      expect(await terminal.run(['import-scalelite', '--servers', file])).to.equal(1);
      expect(terminal.complained).to.include('--servers looks like the list of tenants');
    }
    expect(
      await terminal.run(['import-scalelite', '--servers', 'servers.yml', '--tenants', 'servers.yml']),
    ).to.equal(1);
    expect(terminal.complained).to.include('--tenants looks like the list of servers');
    writeFileSync(join(folder, 'broken.txt'), 'servers:\n\ta: hush\n\tb: hush\n\tc: hush\n');
    expect(await terminal.run(['import-scalelite', '--servers', 'broken.txt'])).to.equal(1);
    expect(terminal.complained).to.match(
      /^ballast: the export of servers is no YAML: [^;]* \(and \d+ more like it\)\.$/m,
    );
    expect(terminal.complained).not.to.match(/hush|first|0123456789/);
  });

  it('writes a cluster file that a running Ballast takes, secrets and all', async () => {
    expect(await importInto('cluster.yaml')).to.equal(0);
    expect(statSync(join(folder, 'cluster.yaml')).mode & 0o777).to.equal(0o600);
    expect(terminal.printed).to.equal('');
    expect(terminal.complained).to.match(/^2 servers and 2 tenants carried over\.\n/);
    const admin = await startAdmin([]);
    try {
      const env = { BALLAST_URL: admin.url.replace('/admin/v1', '/'), BALLAST_TOKEN: TOKENS.admin };
      const client = new FakeTerminal(folder, { env });
      expect(await client.run(['apply', 'cluster.yaml', '--dry-run', '--json'])).to.equal(0);
      const { changes } = JSON.parse(client.printed) as { changes: { action: string; id: string }[] };
      expect(changes.map(({ action, id }) => `${action} ${id}`)).to.have.members([
        'create bbb-a.example.org',
        'create 7f5c9d1e-ab5f-4bb1-9d65-6e31c0ee6a2f',
        'create school-a',
        'create default-tenant',
      ]);
      expect(await client.run(['apply', 'cluster.yaml'])).to.equal(0);
      expect(admin.pool.server('bbb-a.example.org')?.definition).to.include({
        secret: '0123456789',
        loadMultiplier: 2,
        adminState: 'enabled',
      });
      expect(admin.pool.server('7f5c9d1e-ab5f-4bb1-9d65-6e31c0ee6a2f')?.definition).to.deep.include({
        secret: 'with-${braces}',
        url: 'https://bbb-b.example.org/bigbluebutton/api',
        tags: ['big'],
        adminState: 'cordoned',
      });
    } finally {
      await admin.stop();
    }
  });

  it('carries hosts, secrets and settings of tenants over and says what it cannot, without a secret', async () => {
    await importInto('cluster.yaml');
    const text = readFileSync(join(folder, 'cluster.yaml'), 'utf8');
    expect(text).to.include('hosts:\n  - school-a.bbb.example.org\nsecrets:\n  - first\n  - second\n');
    expect(text).to.match(
      /create:\n\s+default:\n\s+meta_server-tag: big!\n\s+force:\n\s+muteOnStart: "true"/,
    );
    expect(text).to.match(/join:\n\s+force:\n\s+muteOnStart: "true"/);
    for (const note of [
      '7f5c9d1e-ab5f-4bb1-9d65-6e31c0ee6a2f: Scalelite gives a tagged server only meetings',
      'tenant school-a: its setting meetingID is left out',
      'tenant school-a: lrs_endpoint are not carried over',
      'tenant default is default-tenant now',
    ]) {
      expect(terminal.complained).to.include(note);
    }
    expect(terminal.complained).not.to.match(/first|second|third|0123456789|braces/);
  });

  it('leaves out what a cluster file cannot hold, says why and exits 1', async () => {
    terminal.stdin = JSON.stringify([
      { id: 'bbb1', url: 'ftp://bbb1', secret: 'hidden', load_multiplier: '1.0', online: 'online' },
      { id: 'bbb2', url: 'https://bbb2', secret: 'hidden', state: 'disabled', tag: null },
      { id: 'bbb3', url: 'https://bbb2/', secret: 'hidden', load_multiplier: '-1' },
      { id: 'bbb4', url: 'https://bbb4' },
      { url: 'https://bbb5.example.org/bigbluebutton/api', secret: 'hidden' },
    ]);
    expect(await terminal.run(['import-scalelite', '--servers', '-', '--json'])).to.equal(1);
    const answer = JSON.parse(terminal.printed) as { cluster: string; leftOut: string[]; servers: number };
    expect(answer.servers).to.equal(2);
    expect(answer.cluster).to.match(/id: bbb2\nurl: https:\/\/bbb2\nsecret: hidden\nstate: disabled\n/);
    expect(answer.cluster).to.include('id: bbb5.example.org\n');
    expect(answer.leftOut).to.have.length(3);
    expect(answer.leftOut.join('\n'))
      .to.match(/server bbb1: url: .*https:\/\//)
      .and.include('server bbb3: it has the URL of server bbb2')
      .and.include('server bbb4: it has no secret')
      .and.not.include('hidden');
  });

  it('reads the older list of tenants and what later versions print through their logger', async () => {
    const log = (line: string): string => `I, [2025-03-03T08:00:00.123456 #1]  INFO -- : ${line}`;
    writeFileSync(join(folder, 'servers.yml'), log(SERVERS));
    writeFileSync(
      join(folder, 'tenants.txt'),
      'TenantID, Name, Secrets\n1, one, a:b\nTotal number of tenants: 1\n',
    );
    const command = ['import-scalelite', '--servers', 'servers.yml', '--tenants', 'tenants.txt'];
    expect(await terminal.run(command)).to.equal(0);
    expect(terminal.printed).to.include('id: one\nsecrets:\n  - a\n  - b\n');
    expect(terminal.complained).to.include('The tenants have no host names; give --url-host');
    writeFileSync(join(folder, 'tenants.txt'), ['id: 1', '\tname: two', '\tsecrets: c'].map(log).join('\n'));
    expect(await terminal.run(command)).to.equal(0);
    expect(terminal.printed).to.include('id: two\nsecrets:\n  - c\n');
    writeFileSync(join(folder, 'tenants.txt'), '[{"id":"1","name":"three","secrets":"d"}]');
    expect(await terminal.run(command)).to.equal(0);
    expect(terminal.printed).to.include('id: three\nsecrets:\n  - d\n');
  });

  it('overwrites nothing, and quotes nothing of a file it cannot read', async () => {
    writeFileSync(join(folder, 'cluster.yaml'), 'mine');
    expect(await importInto('cluster.yaml')).to.equal(1);
    expect(terminal.complained).to.include('nothing is overwritten');
    expect(readFileSync(join(folder, 'cluster.yaml'), 'utf8')).to.equal('mine');
    writeFileSync(join(folder, 'servers.yml'), 'servers: [secret: {hidden\n');
    expect(await importInto('new.yaml')).to.equal(1);
    expect(terminal.complained).to.include('the export of servers is no YAML').and.not.include('hidden');
    writeFileSync(join(folder, 'servers.yml'), 'hidden');
    expect(await importInto('new.yaml')).to.equal(1);
    expect(terminal.complained).to.include('holds no list or mapping "servers"').and.not.include('hidden');
    expect(existsSync(join(folder, 'new.yaml'))).to.equal(false);
    expect(await terminal.run(['import-scalelite'])).to.equal(2);
    const both = ['import-scalelite', '--servers', '-', '--tenants', '-'];
    expect(await terminal.run(both)).to.equal(2);
  });
});
