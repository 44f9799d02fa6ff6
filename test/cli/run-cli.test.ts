import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { expect } from 'chai';
import type { Programs } from '../../src/cli/programs.js';
import { FakeTerminal } from '../support/fake-terminal.js';

describe('runCli', () => {
  const terminal = (env: Record<string, string> = {}): FakeTerminal => new FakeTerminal('.', { env });

  const wrong: readonly (readonly string[])[] = [
    [],
    ['frobnicate'],
    ['server'],
    ['server', 'lst'],
    ['server', 'cordon'],
    ['server', 'list', 'extra', '--token', 't'],
    ['serve', '--nonsense'],
    ['server', 'add', 'a', 'http://a', '--token', 't'],
    ['server', 'add', 'a', 'http://a', '--secret', 's', '--state', 'sleepy'],
    ['server', 'add', 'a', 'http://a', '--secret', 's', '--max-meetings', '-3'],
    ['server', 'list'],
    ['server', 'list', '--token', 't', '--url', 'not a url'],
    ['explain', 'm', '--limit', '0'],
    ['sim-server', '--count', 'many'],
    ['demo', '--seconds', '5'],
  ];
  for (const argv of wrong) {
    it(`calls "ballast ${argv.join(' ')}" a wrong usage: exit 2, and says what is wrong`, async () => {
      const at = terminal();
      expect(await at.run(argv)).to.equal(2);
      expect(at.complained).not.to.equal('');
      expect(at.printed).to.equal('');
    });
  }

  it('prints help and version on standard output and exits with 0', async () => {
    const at = terminal();
    for (const argv of [['--help'], ['help', 'server'], ['server', 'add', '--help'], ['--version']]) {
      expect(await at.run(argv)).to.equal(0);
      expect(at.printed).not.to.equal('');
      expect(at.complained).to.equal('');
    }
    expect(at.printed).to.match(/^\d+\.\d+\.\d+\n$/);
  });

  it('says what to do when nothing listens there', async () => {
    const at = terminal({ BALLAST_URL: 'http://127.0.0.1:1', BALLAST_TOKEN: 't' });
    expect(await at.run(['server', 'list'])).to.equal(1);
    expect(at.complained).to.match(/^ballast: Cannot reach http:\/\/127\.0\.0\.1:1 .*ballast serve/);
  });

  it('says so when what answers is no Ballast, and carries the token nowhere else', async () => {
    let tokensSeen = 0;
    const server = createServer((request, response) => {
      if (request.headers.authorization !== undefined) tokensSeen += 1;
      if (request.url === '/admin/v1/servers') response.writeHead(302, { location: '/elsewhere' }).end();
      else response.end('<html>');
    });
    server.listen(0, '127.0.0.1');
    await once(server, 'listening');
    const at = terminal({ BALLAST_TOKEN: 't' });
    const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
    expect(await at.run(['server', 'list', '--url', url])).to.equal(1);
    expect(at.complained).to.include('not as the admin API');
    expect(await at.run(['tenant', 'list', '--url', url])).to.equal(1);
    expect(at.complained).to.include('without JSON');
    expect(tokensSeen).to.equal(2);
    server.closeAllConnections();
    server.close();
  });

  it('runs the demo and exits as the demo does', async () => {
    const runs: object[] = [];
    const runDemo = (options: object) => Promise.resolve(runs.push(options));
    expect(await terminal().run(['demo', '--once', '--seconds', '5'], { runDemo })).to.equal(1);
    expect(runs).to.deep.equal([{ once: true, seconds: 5 }]);
  });

  it('runs the demo through an InfluxDB named by the variables Telegraf reads', async () => {
    const runs: object[] = [];
    const runDemo = (options: object) => Promise.resolve(runs.push(options) - 1);
    const at = terminal();
    expect(await at.run(['demo', '--influxdb'], { runDemo })).to.equal(2);
    expect(at.complained).to.include('INFLUX_URL, INFLUX_TOKEN, INFLUX_ORG, INFLUX_BUCKET');
    Object.assign(at.env, {
      INFLUX_URL: 'user:hunter2@influx:8086',
      INFLUX_TOKEN: 't',
      INFLUX_ORG: 'o',
      INFLUX_BUCKET: 'b',
    });
    expect(await at.run(['demo', '--influxdb'], { runDemo })).to.equal(2);
    expect(at.complained).to.include('INFLUX_URL is no URL').and.not.include('hunter2');
    at.env.INFLUX_URL = 'http://influx:8086';
    expect(await at.run(['demo', '--influxdb'], { runDemo })).to.equal(0);
    const influxdb = { url: 'http://influx:8086', token: 't', org: 'o', bucket: 'b' };
    expect(runs).to.deep.equal([{ once: false, influxdb }]);
  });

  it('runs simulated servers until a signal, and stops them', async () => {
    const at = terminal();
    let isStopped = false;
    const runSimServers = (options: { count: number; secret: string; print: (line: string) => void }) => {
      options.print(`bbb1 http://127.0.0.1:1/bigbluebutton/api secret ${options.secret}`);
      setImmediate(() => {
        at.signal();
      });
      const stop = async () => {
        isStopped = true;
      };
      return Promise.resolve({ servers: [], stop });
    };
    expect(await at.run(['sim-server', '--secret', 's'], { runSimServers })).to.equal(0);
    expect(at.printed).to.equal('bbb1 http://127.0.0.1:1/bigbluebutton/api secret s\n');
    expect(isStopped).to.equal(true);
  });

  it('prints the secret of simulated servers as JSON only where it was not taken from the environment', async () => {
    const at = terminal();
    const runSimServers: Programs['runSimServers'] = ({ secret }) => {
      setImmediate(() => {
        at.signal();
      });
      const servers = [{ id: 'bbb1', url: 'http://127.0.0.1:1/bigbluebutton/api', secret }];
      return Promise.resolve({ servers, stop: () => Promise.resolve() });
    };
    expect(await at.run(['sim-server', '--json', '--secret', 'given'], { runSimServers })).to.equal(0);
    expect(JSON.parse(at.printed)).to.have.nested.property('servers[0].secret', 'given');
    at.env.SIM_SECRET = 'from-env';
    expect(await at.run(['sim-server', '--json'], { runSimServers })).to.equal(0);
    const { servers } = JSON.parse(at.printed) as { servers: object[] };
    expect(servers).to.deep.equal([{ id: 'bbb1', url: 'http://127.0.0.1:1/bigbluebutton/api' }]);
  });

  it('takes the secret of simulated servers, and where their samples go, from the environment', async () => {
    const at = terminal();
    const runs: Parameters<Programs['runSimServers']>[0][] = [];
    const runSimServers: Programs['runSimServers'] = (options) => {
      runs.push(options);
      setImmediate(() => {
        at.signal();
      });
      return Promise.resolve({ servers: [], stop: () => Promise.resolve() });
    };
    at.env.SIM_SECRET = 'from-env';
    const argv = ['sim-server', '--first', '3', '--host', '0.0.0.0', '--public-host', 'bbb3', '--empty'];
    expect(await at.run([...argv, '--influxdb'], { runSimServers })).to.equal(2);
    expect(at.complained).to.include('INFLUX_URL, INFLUX_TOKEN, INFLUX_ORG, INFLUX_BUCKET');
    Object.assign(at.env, {
      INFLUX_URL: 'http://influx:8086',
      INFLUX_TOKEN: 't',
      INFLUX_ORG: 'o',
      INFLUX_BUCKET: 'b',
    });
    expect(await at.run([...argv, '--influxdb', '--ingest-url', 'http://x'], { runSimServers })).to.equal(2);
    expect(await at.run([...argv, '--influxdb'], { runSimServers })).to.equal(0);
    expect(runs).to.have.length(1);
    expect(runs[0]).to.include({
      ...{ first: 3, secret: 'from-env', secretPlace: 'of SIM_SECRET', hasAttendees: false },
      ...{ host: '0.0.0.0', publicHost: 'bbb3', ingestUrl: 'http://influx:8086', ingestToken: 't' },
      ...{ ingestOrg: 'o', ingestBucket: 'b' },
    });
  });

  it('runs a simulated front end until a signal, with a secret from the environment', async () => {
    const at = terminal();
    const runs: Omit<Parameters<Programs['runSimTraffic']>[0], 'print'>[] = [];
    const runSimTraffic: Programs['runSimTraffic'] = ({ print, ...options }) => {
      runs.push(options);
      print('creates 0');
      setImmediate(() => {
        at.signal();
      });
      return Promise.resolve({ stop: () => Promise.resolve() });
    };
    const argv = ['sim-traffic', '--api-url', 'http://ballast:8080/bigbluebutton/api'];
    expect(await at.run(argv, { runSimTraffic })).to.equal(2);
    expect(at.complained).to.include('FRONT_END_SECRET');
    at.env.FRONT_END_SECRET = 'from-env';
    expect(await at.run(['sim-traffic', '--api-url', 'u:hunter2@ballast:8080'], { runSimTraffic })).to.equal(
      2,
    );
    expect(at.complained).to.include('--api-url is no URL').and.not.include('hunter2');
    expect(await at.run(argv, { runSimTraffic })).to.equal(0);
    expect(runs).to.deep.equal([{ apiUrl: argv[2], secret: 'from-env', speed: 6 }]);
    expect(at.printed).to.equal('creates 0\n');
    const callbacksUrl = 'http://sim-traffic:8095';
    expect(await at.run([...argv, '--callbacks-url', callbacksUrl], { runSimTraffic })).to.equal(0);
    expect(runs.at(-1)).to.include({ callbacksUrl });
    expect(await at.run([...argv, '--callbacks-url', 'sim-traffic'], { runSimTraffic })).to.equal(2);
  });
});
