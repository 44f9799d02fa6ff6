import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect } from 'chai';
import { ClusterError } from '../../src/admin/cluster-faults.js';
import type { Config } from '../../src/config/config.js';
import { fakeApp, FakeTerminal } from '../support/fake-terminal.js';

const CONFIG = 'secrets: [a-secret-of-the-default-tenant]\nlog: { format: text }\n';

describe('ballast serve', () => {
  let folder: string;
  let terminal: FakeTerminal;
  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), 'ballast-serve-'));
    terminal = new FakeTerminal(folder);
  });
  afterEach(() => {
    rmSync(folder, { recursive: true, force: true });
  });

  /** Resolves with the configuration once the app is asked to start. */
  function started(stopped?: Promise<void>) {
    let tell: (given: { config: Config; options: object }) => void = () => undefined;
    const asked = new Promise<{ config: Config; options: object }>((settle) => {
      tell = settle;
    });
    const startApp = (config: Config, options: object) => {
      tell({ config, options });
      return Promise.resolve(fakeApp(stopped));
    };
    return { asked, startApp };
  }

  it('takes ./ballast.yaml, says where it listens, and ends with 0 on a signal', async () => {
    writeFileSync(join(folder, 'ballast.yaml'), CONFIG);
    const { asked, startApp } = started();
    const code = terminal.run(['serve'], { startApp });
    expect((await asked).config.secrets).to.deep.equal(['a-secret-of-the-default-tenant']);
    await Promise.resolve();
    terminal.signal();
    expect(await code).to.equal(0);
    expect(terminal.printed).to.match(
      /listening url=http:\/\/127\.0\.0\.1:1234 adminUrl=http:\/\/127\.0\.0\.1:1235\n$/,
    );
    expect(terminal.listeners).to.equal(0);
  });

  it('runs from the environment alone, and announces itself in the form of the log', async () => {
    terminal.env.BALLAST_SECRETS = 'short';
    const { asked, startApp } = started();
    const code = terminal.run(['serve'], { startApp });
    await asked;
    terminal.signal();
    expect(await code).to.equal(0);
    expect(JSON.parse(terminal.printed)).to.deep.include({
      message: 'listening',
      url: 'http://127.0.0.1:1234',
    });
    expect(terminal.complained).to.match(/^warning: secrets\[0\] is shorter/);
  });

  it('hands the cluster file on as an absolute path', async () => {
    writeFileSync(join(folder, 'other.yaml'), CONFIG);
    const { asked, startApp } = started();
    const code = terminal.run(['serve', '--config', 'other.yaml', '--apply', 'c.yaml', '--prune'], {
      startApp,
    });
    expect((await asked).options).to.deep.equal({ clusterFile: join(folder, 'c.yaml'), prune: true });
    terminal.signal();
    expect(await code).to.equal(0);
  });

  it('ends at once with 1 on a second signal, though calls are still under way', async () => {
    writeFileSync(join(folder, 'ballast.yaml'), CONFIG);
    const { asked, startApp } = started(new Promise(() => undefined));
    const code = terminal.run(['serve'], { startApp });
    await asked;
    terminal.signal();
    terminal.signal();
    expect(await code).to.equal(1);
  });

  it('stops an app that was still starting when the signal came', async () => {
    writeFileSync(join(folder, 'ballast.yaml'), CONFIG);
    let isStopped = false;
    const startApp = async () => {
      terminal.signal();
      await Promise.resolve();
      const stop = async () => {
        isStopped = true;
      };
      return { ...fakeApp(), stop };
    };
    expect(await terminal.run(['serve'], { startApp })).to.equal(0);
    expect(isStopped).to.equal(true);
  });

  it('prints one line and no stack when the start fails, and exits with 1', async () => {
    writeFileSync(join(folder, 'ballast.yaml'), CONFIG);
    const fail = async (error: Error): Promise<string> => {
      expect(await terminal.run(['serve'], { startApp: () => Promise.reject(error) })).to.equal(1);
      return terminal.complained;
    };
    const busy = { code: 'EADDRINUSE', address: '127.0.0.1', port: 8080 };
    expect(await fail(Object.assign(new Error('listen EADDRINUSE'), busy))).to.equal(
      'ballast: 127.0.0.1:8080 is in use by another process; stop it, or take another port\n',
    );
    const missing = Object.assign(new Error('ENOENT: no such file or directory, open x'), { code: 'ENOENT' });
    expect(await fail(new Error('x cannot be read.', { cause: missing }))).to.equal(
      'ballast: x cannot be read (no such file)\n',
    );
    const deep = new Error('outer', { cause: new Error('inner\nwith lines', { cause: new Error('inner') }) });
    expect(await fail(deep)).to.equal('ballast: outer: inner with lines\n');
    expect(await fail(new ClusterError(['one', 'two']))).to.equal(
      'ballast: The cluster file cannot be applied:\n  one\n  two\n',
    );
  });

  it('tells all faults of the configuration and exits with 1', async () => {
    expect(await terminal.run(['serve'])).to.equal(1);
    expect(terminal.complained).to.include('ballast init');
    expect(await terminal.run(['serve', '--config', 'none.yaml'])).to.equal(1);
    expect(terminal.complained).to.include('no such file');
  });

  it('calls --prune without --apply a wrong usage', async () => {
    expect(await terminal.run(['serve', '--prune'])).to.equal(2);
    expect(terminal.complained).to.include('--apply');
  });
});
