import { createServer } from 'node:http';
import { createServer as createTcp } from 'node:net';
import { expect } from 'chai';
import { startApp, type App } from '../../src/app.js';
import { loadConfig } from '../../src/config/load-config.js';
import { localUrl } from '../../src/doctor/check-balancer.js';
import { until } from '../support/app-rig.js';
import { listen } from '../support/bbb-sockets.js';
import { definitionOf, DoctorRig, faultLines, noteLines } from '../support/doctor-rig.js';
import { RecordingLogger } from '../support/recording-logger.js';

const INGEST_TOKEN = 'token-that-telegraf-writes-with';

describe('doctor, asking the running balancer', () => {
  let rig: DoctorRig;
  beforeEach(async () => {
    rig = new DoctorRig();
    rig.configure();
    await rig.store(definitionOf(await rig.sim('bbb1')), definitionOf(await rig.sim('bbb2')));
  });
  afterEach(() => rig.stop());

  /** The configuration of a balancer at that port. */
  function at(port: number, settings: Readonly<Record<string, unknown>> = {}): void {
    const metrics = { source: 'ingest', ingest: { tokens: [INGEST_TOKEN] } };
    rig.configure({ listen: { host: '127.0.0.1', port }, metrics, ...settings });
  }

  /** Starts a balancer on the rig's store; its admin side listens on another port. */
  async function running(): Promise<App> {
    at(0, { adminListen: { host: '127.0.0.1', port: 0 } });
    const { config } = loadConfig({ file: rig.configFile, env: {}, cwd: rig.folder });
    const app = rig.keep(await startApp(config, { logger: new RecordingLogger() }));
    await app.firstPoll;
    const adminListen = { host: '127.0.0.1', port: portOf(app.adminUrl) };
    at(portOf(app.url), { adminListen });
    return app;
  }

  async function write(app: App, lines: string): Promise<void> {
    const answer = await fetch(`${app.adminUrl}/api/v2/write?precision=ms`, {
      method: 'POST',
      headers: { authorization: `Token ${INGEST_TOKEN}` },
      body: lines,
    });
    expect(answer.status).to.equal(204);
  }

  async function otherProgram(answer: string, status = 200): Promise<void> {
    const other = await listen(
      createServer((_request, response) => response.writeHead(status).end(answer)),
      'http',
    );
    rig.keep({ stop: () => other.close() });
    at(portOf(other.address.url));
  }

  it('sees in the running balancer which samples its ingest has', async () => {
    const app = await running();
    const now = Date.now();
    const point = (tags: string): string =>
      [
        `cpu,cpu=cpu-total,${tags} usage_idle=70 ${now}`,
        `mem,${tags} available_percent=40 ${now}`,
        `net,interface=eth0,${tags} bytes_sent=1000i,bytes_recv=1000i ${now - 10_000}`,
        `net,interface=eth0,${tags} bytes_sent=2000i,bytes_recv=2000i ${now}`,
      ].join('\n');
    await write(app, `${point('host=one,server=bbb1')}\n${point('host=stranger')}`);
    await until('the sample is there', async () => {
      const report = await rig.look();
      return report.servers[0]?.sampleAgeSeconds !== undefined;
    });
    const report = await rig.look();
    expect(report.things[2]).to.include({ name: 'source', summary: 'ingest, samples of 1 of 2 servers' });
    expect(report.things[3]).to.include({ name: 'balancer', state: 'ok' });
    expect(report.servers[0]).to.include({ id: 'bbb1', state: 'ok' });
    expect(report.servers[0]?.sampleAgeSeconds).to.be.within(0, 60);
    expect(faultLines(report)).to.have.length(1);
    expect(faultLines(report)[0]).to.match(/^bbb2: no samples of it/);
  });

  it('notes that the balancer does not run, and that samples cannot be seen then', async () => {
    at(1);
    const report = await rig.look();
    expect(report.isHealthy).to.equal(true);
    expect(noteLines(report).join('\n'))
      .to.match(
        /^source: samples of the embedded ingest cannot be seen: the balancer does not answer → start it/m,
      )
      .and.match(
        /^balancer: the balancer does not run: nothing listens at http:\/\/127\.0\.0\.1:1 → start it/m,
      );
  });

  it("names an operator's side that does not answer while the balancer runs", async () => {
    const app = await running();
    at(portOf(app.url), { adminListen: { host: '127.0.0.1', port: 1 } });
    const report = await rig.look();
    expect(report.things[3]).to.include({ name: 'balancer', state: 'fault' });
    expect(faultLines(report)[0]).to.match(
      /^balancer: .* at http:\/\/127\.0\.0\.1:1 \(adminListen\) it does not answer.* → restart it/,
    );
  });

  it('takes a token that the running balancer does not know for a fault', async () => {
    const app = await running();
    at(portOf(app.url), {
      adminListen: { host: '127.0.0.1', port: portOf(app.adminUrl) },
      admin: { tokens: [{ name: 'new', token: 'a-token-of-another-configuration', scope: 'admin' }] },
    });
    const report = await rig.look();
    expect(faultLines(report)[0]).to.match(
      /^source: .*does not know admin\.tokens\[0\].*\(401\) → restart it/,
    );
    expect(JSON.stringify(report)).not.to.include('a-token-of-another-configuration');
  });

  it('names another program at its port, and another version of Ballast', async () => {
    await otherProgram('<html>Welcome</html>');
    expect(faultLines(await rig.look())[0]).to.match(
      /^balancer: what answers at .* is no Ballast → another program/,
    );
    await otherProgram('{"status":"ok"}', 404);
    expect(faultLines(await rig.look()).join('\n')).to.match(/^source: .*another version of Ballast/m);
    const raw = await listen(
      createTcp((socket) => socket.end('SSH-2.0\r\n')),
      'http',
    );
    rig.keep({ stop: () => raw.close() });
    at(portOf(raw.address.url));
    expect(faultLines(await rig.look())[0]).to.match(/is no Ballast/);
  });

  it('says what a balancer that is not ready lacks', async () => {
    const other = await listen(
      createServer((request, response) => {
        const isHealth = request.url === '/health';
        const body = isHealth ? { status: 'ok' } : { status: 'not ready', missing: ['store', 'first poll'] };
        response.writeHead(isHealth ? 200 : 503).end(JSON.stringify(body));
      }),
      'http',
    );
    rig.keep({ stop: () => other.close() });
    at(portOf(other.address.url), { metrics: { source: 'none' } });
    expect(faultLines(await rig.look())[0]).to.match(/^balancer: .* is not ready \(store, first poll\)/);
  });

  it('gives up on a balancer that hangs', async () => {
    const other = await listen(
      createTcp(() => undefined),
      'http',
    );
    rig.keep({ stop: () => other.close() });
    at(portOf(other.address.url));
    const report = await rig.look({ deadlineMs: 600 });
    expect(faultLines(report)[0]).to.match(/^balancer: what listens at .* gave no answer.* → restart/);
  });

  it('knows where a balancer answers on its own host', () => {
    const url = (host: string): string => localUrl({ host, port: 8080 });
    expect(url('0.0.0.0')).to.equal('http://127.0.0.1:8080');
    expect(url('::')).to.equal('http://[::1]:8080');
    expect(url('::1')).to.equal('http://[::1]:8080');
    expect(url('10.0.0.4')).to.equal('http://10.0.0.4:8080');
  });

  it('cannot ask a balancer without a port or a token, and says so', async () => {
    at(0);
    expect(noteLines(await rig.look()).join('\n')).to.match(/^balancer: listen\.port is 0/m);
    at(1, { admin: { tokens: [] } });
    expect(noteLines(await rig.look()).join('\n')).to.match(/no admin token .* → add one to admin\.tokens/);
  });
});

function portOf(url: string): number {
  return Number(new URL(url).port);
}
