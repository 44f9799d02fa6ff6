import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect } from 'chai';
import { startSimServer, type SimServer } from '../../src/sim/sim-server.js';
import { FakeTerminal } from '../support/fake-terminal.js';
import { elementText, rawRequest } from '../support/sim-client.js';

const SECRET = 'a-secret-with-${braces}';

describe('telegraf-url', () => {
  let folder: string;
  let server: SimServer;
  let terminal: FakeTerminal;
  before(async () => {
    folder = mkdtempSync(join(tmpdir(), 'ballast-telegraf-url-'));
    server = await startSimServer({ id: 'bbb1', secret: SECRET });
  });
  beforeEach(() => {
    terminal = new FakeTerminal(folder, { env: { BBB_SECRET: SECRET } });
  });
  after(async () => {
    await server.stop();
    rmSync(folder, { recursive: true, force: true });
  });

  function writeCluster(fields: object, name = 'cluster.yaml'): void {
    writeFileSync(join(folder, name), JSON.stringify([{ kind: 'Server', id: 'bbb1', ...fields }]));
  }

  async function returnCode(url: string): Promise<string | undefined> {
    return elementText((await rawRequest(url)).text, 'returncode');
  }

  it('prints a URL the server answers, and nothing else; the secret is not in it', async () => {
    writeCluster({ url: server.url, secret: '${BBB_SECRET}' });
    expect(await terminal.run(['telegraf-url', 'bbb1', '--cluster', 'cluster.yaml'])).to.equal(0);
    expect(terminal.printed).to.match(
      /^http:\/\/127\.0\.0\.1:\d+\/bigbluebutton\/api\/getMeetings\?checksum=[0-9a-f]{64}\n$/,
    );
    expect(terminal.complained).to.equal('');
    expect(await returnCode(terminal.printed.trim())).to.equal('SUCCESS');
    const again = terminal.printed;
    await terminal.run(['telegraf-url', 'bbb1', '--cluster', 'cluster.yaml']);
    expect(terminal.printed).to.equal(again);
  });

  it('reads the secret from a file beside the cluster file, the URL however it was written, and prints JSON', async () => {
    writeFileSync(join(folder, 'bbb1.secret'), `${SECRET}\n`);
    writeCluster({ url: `${server.origin}/bigbluebutton/`, secretFile: 'bbb1.secret' });
    expect(await terminal.run(['telegraf-url', 'bbb1', '--cluster', 'cluster.yaml', '--json'])).to.equal(0);
    const answer = JSON.parse(terminal.printed) as { server: string; url: string };
    expect(answer.server).to.equal('bbb1');
    expect(await returnCode(answer.url)).to.equal('SUCCESS');
  });

  it('takes the cluster file from standard input', async () => {
    terminal.stdin = `kind: Server\nid: bbb1\nurl: ${server.url}\nsecret: \${BBB_SECRET}\n`;
    expect(await terminal.run(['telegraf-url', 'bbb1', '--cluster', '-'])).to.equal(0);
    expect(await returnCode(terminal.printed.trim())).to.equal('SUCCESS');
  });

  it('is answered FAILED when the secret is another', async () => {
    writeCluster({ url: server.url, secret: 'another' });
    expect(await terminal.run(['telegraf-url', 'bbb1', '--cluster', 'cluster.yaml'])).to.equal(0);
    expect(await returnCode(terminal.printed.trim())).to.equal('FAILED');
  });

  it('names the servers there are when it does not know the one asked for', async () => {
    writeCluster({ url: server.url, secret: SECRET.replace('${', '$$${') });
    expect(await terminal.run(['telegraf-url', 'bbb2', '--cluster', 'cluster.yaml'])).to.equal(1);
    expect(terminal.complained).to.equal(
      'ballast: There is no server bbb2 in cluster.yaml; it lists bbb1.\n',
    );
  });

  it('says what is wrong with the file, the secret or the usage, and prints no URL', async () => {
    expect(await terminal.run(['telegraf-url', 'bbb1', '--cluster', 'none.yaml'])).to.equal(1);
    expect(terminal.complained).to.match(/^ballast: Cannot read none\.yaml: /);
    writeCluster({ url: server.url, secret: '${NOT_SET}' });
    expect(await terminal.run(['telegraf-url', 'bbb1', '--cluster', 'cluster.yaml'])).to.equal(1);
    expect(terminal.complained).to.include('NOT_SET');
    expect(await terminal.run(['telegraf-url', 'bbb1'])).to.equal(2);
    expect(terminal.complained).to.include('--cluster');
    expect(terminal.printed).to.equal('');
  });
});
