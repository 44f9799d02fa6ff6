import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect } from 'chai';
import { meetingView, placementRecord, startAdmin, TOKENS } from '../support/admin-rig.js';
import { FakeTerminal } from '../support/fake-terminal.js';

describe('the command line against a running admin API', () => {
  let admin: Awaited<ReturnType<typeof startAdmin>>;
  let folder: string;
  let terminal: FakeTerminal;
  beforeEach(async () => {
    admin = await startAdmin(['bbb1', 'bbb2']);
    folder = mkdtempSync(join(tmpdir(), 'ballast-cli-'));
    const env = { BALLAST_URL: admin.url.replace('/admin/v1', '/'), BALLAST_TOKEN: TOKENS.admin };
    terminal = new FakeTerminal(folder, { env });
  });
  afterEach(async () => {
    await admin.stop();
    rmSync(folder, { recursive: true, force: true });
  });

  const stateOf = (id: string): unknown => admin.pool.server(id)?.definition.adminState;

  it('lists servers as aligned lines, and as JSON', async () => {
    expect(await terminal.run(['server', 'list'])).to.equal(0);
    const [heading = '', first = '', ...rest] = terminal.printed.trimEnd().split('\n');
    expect(heading).to.match(/^SERVER {2}STATE +HEALTH +LOAD/);
    expect(first.indexOf('enabled')).to.equal(heading.indexOf('STATE'));
    expect(rest).to.have.length(1);
    expect(await terminal.run(['server', 'list', '--json'])).to.equal(0);
    const { servers } = JSON.parse(terminal.printed) as { servers: { id: string }[] };
    expect(servers.map(({ id }) => id)).to.deep.equal(['bbb1', 'bbb2']);
  });

  it('changes the state of a server', async () => {
    expect(await terminal.run(['server', 'cordon', 'bbb1'])).to.equal(0);
    expect(stateOf('bbb1')).to.equal('cordoned');
    expect(await terminal.run(['server', 'uncordon', 'bbb1'])).to.equal(0);
    expect(stateOf('bbb1')).to.equal('enabled');
    expect(await terminal.run(['server', 'disable', 'bbb1'])).to.equal(0);
    expect(stateOf('bbb1')).to.equal('disabled');
    expect(await terminal.run(['server', 'enable', 'bbb1'])).to.equal(0);
    expect(stateOf('bbb1')).to.equal('enabled');
    expect(await terminal.run(['server', 'drain', 'bbb2'])).to.equal(0);
    expect(stateOf('bbb2')).to.be.oneOf(['cordoned', 'disabled']);
  });

  it('panics a server and says how many meetings ended', async () => {
    admin.meetings.push(meetingView('a', 'bbb1'), meetingView('b', 'bbb2'));
    expect(await terminal.run(['server', 'panic', 'bbb1'])).to.equal(0);
    expect(terminal.printed).to.equal('Server bbb1 was emptied: 1 meetings ended.\n');
  });

  it('adds a server with its secret from a file or from standard input, and removes it', async () => {
    writeFileSync(join(folder, 'secret'), 'its-secret\n');
    const options = [
      '--tag',
      'eu',
      'big',
      '--max-attendees',
      '200',
      '--load-multiplier',
      '1.5',
      '--state',
      'cordoned',
    ];
    const add = ['server', 'add', 'bbb9', 'https://bbb9.example.org/', '--secret-file', 'secret'];
    expect(await terminal.run([...add, ...options])).to.equal(0);
    expect(admin.pool.server('bbb9')?.definition).to.deep.include({
      url: 'https://bbb9.example.org/bigbluebutton/api',
      secret: 'its-secret',
      tags: ['eu', 'big'],
      adminState: 'cordoned',
      loadMultiplier: 1.5,
      limits: { attendees: 200 },
    });
    terminal.stdin = 'another\n';
    expect(await terminal.run(['server', 'add', 'bbb8', 'http://bbb8', '--secret-file', '-'])).to.equal(0);
    expect(admin.pool.server('bbb8')?.definition.secret).to.equal('another');
    expect(await terminal.run(['server', 'remove', 'bbb9'])).to.equal(0);
    expect(stateOf('bbb9')).to.equal(undefined);
  });

  it('lists and ends meetings', async () => {
    admin.meetings.push(meetingView('math', 'bbb1'), meetingView('art\u001b[2J', 'bbb2', 'school'));
    expect(await terminal.run(['meeting', 'list'])).to.equal(0);
    expect(terminal.printed).to.match(/school +art\?\[2J +bbb2 +running/);
    expect(await terminal.run(['meeting', 'list', '--server', 'bbb1', '--json'])).to.equal(0);
    expect((JSON.parse(terminal.printed) as { meetings: object[] }).meetings).to.have.length(1);
    expect(await terminal.run(['meeting', 'end', 'math'])).to.equal(0);
    expect(admin.ends).to.deep.equal(['default/math']);
  });

  it('lists tenants', async () => {
    expect(await terminal.run(['tenant', 'list'])).to.equal(0);
    expect(terminal.printed).to.match(/^TENANT .*\ndefault +1 +0 +0\n$/);
  });

  it('applies a cluster file: dry first, then for good, then nothing is left to change', async () => {
    writeFileSync(join(folder, 'key'), 'secret-from-a-file\n');
    writeFileSync(
      join(folder, 'cluster.yaml'),
      'kind: Server\nid: bbb7\nurl: https://bbb7.example.org\nsecretFile: key\n---\n' +
        'kind: Tenant\nid: school\nhosts: [school.example.org]\nsecrets: ["${SCHOOL}", "with $${ in it}"]\n',
    );
    terminal.env.SCHOOL = 'secret-from-the-environment';
    expect(await terminal.run(['apply', 'cluster.yaml', '--dry-run'])).to.equal(0);
    expect(terminal.printed).to.include('2 would change (dry run: nothing was done)');
    expect(stateOf('bbb7')).to.equal(undefined);
    expect(await terminal.run(['apply', 'cluster.yaml'])).to.equal(0);
    expect(terminal.printed).to.match(/create +Server +bbb7/);
    expect(admin.pool.server('bbb7')?.definition.secret).to.equal('secret-from-a-file');
    expect(admin.tenantStore.rows.get('school')?.secrets).to.deep.equal([
      'secret-from-the-environment',
      'with ${ in it}',
    ]);
    expect(await terminal.run(['apply', 'cluster.yaml'])).to.equal(0);
    expect(terminal.printed).to.equal('Nothing to change (2 as they are).\n');
    expect(await terminal.run(['apply', 'cluster.yaml', '--prune'])).to.equal(0);
    expect(admin.pool.servers().map(({ definition }) => definition.id)).to.deep.equal(['bbb7']);
  });

  it('prints every fault of a cluster file and exits with 1', async () => {
    terminal.stdin = 'kind: Server\nid: "a b"\nurl: nowhere\nsecret: x\n';
    expect(await terminal.run(['apply', '-'])).to.equal(1);
    expect(terminal.complained.split('\n').filter((line) => line.startsWith('  '))).to.have.length(2);
    expect(await terminal.run(['apply', 'none.yaml'])).to.equal(1);
    expect(terminal.complained).to.equal('ballast: Cannot read none.yaml: no such file.\n');
  });

  it('says that a token was refused, or is too small, or that the server is not there', async () => {
    expect(await terminal.run(['server', 'list', '--token', 'wrong'])).to.equal(1);
    expect(terminal.complained).to.include('The token was refused (401)');
    expect(await terminal.run(['server', 'cordon', 'bbb1', '--token', TOKENS.read])).to.equal(1);
    expect(terminal.complained).to.include('403');
    expect(await terminal.run(['server', 'cordon', 'nobody'])).to.equal(1);
    expect(terminal.complained).to.match(/nobody/);
  });

  it('explains a meeting by its ID, and a decision by its own', async () => {
    admin.placements.push(placementRecord('0b7e', 'room'), placementRecord('11aa', 'other'));
    expect(await terminal.run(['explain', 'room'])).to.equal(0);
    expect(terminal.printed).to.match(
      /^Meeting room .*\nbbb1 is the lightest\n15 people .*\n.*placement 0b7e\./,
    );
    expect(await terminal.run(['explain', '11aa'])).to.equal(0);
    expect(terminal.printed).to.match(/^Meeting other .*\n.*\n.*\n.*placement 11aa\./);
    expect(await terminal.run(['explain', '.'])).to.equal(1);
  });

  it('says so when no decision about a meeting is kept', async () => {
    expect(await terminal.run(['explain', 'room', '--limit', '1001'])).to.equal(2);
    expect(await terminal.run(['explain', 'unheard-of'])).to.equal(1);
    expect(terminal.complained).to.include('No decision about meeting unheard-of is kept');
  });
});
