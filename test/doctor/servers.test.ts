import { readFileSync } from 'node:fs';
import { createServer as createTls } from 'node:https';
import { createServer } from 'node:http';
import { createServer as createTcp } from 'node:net';
import { expect } from 'chai';
import type { ServerDefinition } from '../../src/pool/server.js';
import type { SimServer } from '../../src/sim/sim-server.js';
import { listen } from '../support/bbb-sockets.js';
import { definitionOf, DOCTOR_POLL_MS, DoctorRig, faultLines, noteLines } from '../support/doctor-rig.js';

describe('doctor, looking at servers', () => {
  let rig: DoctorRig;
  beforeEach(() => {
    rig = new DoctorRig();
  });
  afterEach(() => rig.stop());

  async function lookAt(...servers: readonly (SimServer | ServerDefinition)[]) {
    rig.configure();
    await rig.store(...servers);
    return rig.look();
  }

  /** A listener of its own, stopped with the rig. */
  async function listening(server: Parameters<typeof listen>[0], protocol: 'http' | 'https' = 'http') {
    const opened = await listen(server, protocol);
    rig.keep({ stop: () => opened.close() });
    return opened.address;
  }

  it('finds nothing wrong with servers that answer, and says what it learnt of each', async () => {
    const [first, second] = [await rig.sim('bbb1'), await rig.sim('bbb2', { clockSkewMs: -30_000 })];
    const report = await lookAt(first, second);
    expect(faultLines(report)).to.deep.equal([]);
    expect(report.isHealthy).to.equal(true);
    expect(report.servers.map(({ id }) => id)).to.deep.equal(['bbb1', 'bbb2']);
    const [one, two] = report.servers;
    expect(one).to.include({ state: 'ok', isReachable: true, isSecretRight: true, apiVersion: '2.0' });
    expect(one).to.include({ url: first.url, adminState: 'enabled', bbbVersion: undefined });
    expect(one?.answerMs).to.be.within(0, DOCTOR_POLL_MS);
    expect(one?.clockSkewSeconds).to.be.within(-10, 10);
    expect(two?.clockSkewSeconds).to.be.within(-40, -20);
  });

  it('reads the version of BigBlueButton where it is revealed', async () => {
    const document =
      '<response><returncode>SUCCESS</returncode><version>2.0</version><apiVersion>2.1</apiVersion>' +
      '<bbbVersion>3.0.4</bbbVersion></response>';
    const list = '<response><returncode>SUCCESS</returncode><meetings></meetings></response>';
    const address = await listening(
      createServer((request, response) => {
        response.end(request.url?.includes('getMeetings') === true ? list : document);
      }),
    );
    const report = await lookAt(definitionOf(address));
    expect(report.servers[0]).to.include({ bbbVersion: '3.0.4', apiVersion: '2.1', state: 'ok' });
  });

  it('tells a wrong secret from a server that is gone', async () => {
    const sim = await rig.sim('bbb1');
    const report = await lookAt(definitionOf(sim, { secret: 'not-its-secret' }));
    expect(report.servers[0]).to.include({ isReachable: true, isSecretRight: false, state: 'fault' });
    expect(faultLines(report)).to.have.length(1);
    expect(faultLines(report)[0]).to.match(/^bbb1: it refuses our secret.* → .*bbb-conf --secret/);
    expect(report.isHealthy).to.equal(false);
  });

  it('names a refused port, a hanging, a breaking and a flooding server', async () => {
    const sims = await Promise.all(['bbb1', 'bbb2', 'bbb3'].map((id) => rig.sim(id)));
    const [refusing, hanging, breaking] = sims;
    await refusing?.refuse();
    hanging?.faults.set('*', { kind: 'hang' });
    breaking?.faults.set('*', { kind: 'reset' });
    const report = await lookAt(...sims);
    expect(report.servers.map(({ failure }) => failure)).to.deep.equal(['refused', 'timeout', 'reset']);
    expect(report.servers.map(({ isSecretRight }) => isSecretRight)).to.deep.equal(sims.map(() => undefined));
    const [first, second, third] = faultLines(report);
    expect(first).to.match(/^bbb1: .* cannot be reached: nothing listens there \(ECONNREFUSED\) → .*nginx/);
    expect(second).to.match(/^bbb2: .* gave no answer within 2 s → .*firewall/);
    expect(third).to.match(/^bbb3: .* broke the connection off/);
  });

  it('names a name nobody knows', async () => {
    const report = await lookAt(
      definitionOf({ id: 'bbb1', url: 'http://bbb1.invalid/bigbluebutton/api', secret: 'a-secret-of-it' }),
    );
    expect(report.servers[0]?.failure).to.be.oneOf(['refused', 'timeout']);
    expect(faultLines(report)[0]).to.include('bbb1.invalid');
  });

  it('names what answers without being BigBlueButton', async () => {
    const sims = await Promise.all(['bbb1', 'bbb2', 'bbb3', 'bbb4'].map((id) => rig.sim(id)));
    sims[0]?.faults.set('*', { kind: 'html' });
    sims[1]?.faults.set('*', { kind: 'status', status: 502 });
    sims[2]?.faults.set('*', { kind: 'status', status: 404 });
    sims[3]?.faults.set('getMeetings', { kind: 'failed', key: 'apiNotEnabled' });
    const [html, gateway, path, disabled] = faultLines(await lookAt(...sims));
    expect(html).to.match(/not as a BigBlueButton server .* → .*login page/);
    expect(gateway).to.match(/answers HTTP 502 → .*bbb-conf --restart/);
    expect(path).to.match(/answers HTTP 404 → .*\/bigbluebutton\/api/);
    expect(disabled).to.match(/FAILED \(apiNotEnabled\)/);
  });

  it('puts a certificate that is not trusted into words', async () => {
    const file = (name: string): string =>
      readFileSync(new URL(`../support/tls/${name}.pem`, import.meta.url), 'utf8');
    const address = await listening(
      createTls({ key: file('key'), cert: file('cert') }, (_request, response) => {
        response.end('<response><returncode>SUCCESS</returncode><meetings></meetings></response>');
      }),
      'https',
    );
    const plain = await rig.sim('bbb2');
    const noTls = { ...definitionOf(plain), url: plain.url.replace('http:', 'https:') };
    const trusted = definitionOf({ ...address, id: 'bbb3' }, { allowInsecureTls: true });
    const report = await lookAt(definitionOf(address), noTls, trusted);
    expect(report.servers.map(({ state }) => state)).to.deep.equal(['fault', 'fault', 'ok']);
    const [selfSigned, handshake] = faultLines(report);
    expect(selfSigned).to.match(
      /^bbb1: .* cannot be trusted: its certificate is signed by itself .* → .*tls\.caFile/,
    );
    expect(handshake).to.match(
      /^bbb2: .* no TLS connection can be made .* → .*openssl s_client -connect 127\.0\.0\.1:\d+$/,
    );
  });

  it('flags a clock that is off by more than a minute', async () => {
    const report = await lookAt(await rig.sim('bbb1', { clockSkewMs: 90_000 }));
    expect(report.servers[0]).to.include({ isReachable: true, isSecretRight: true, state: 'fault' });
    expect(faultLines(report)[0]).to.match(/^bbb1: its clock is [89]\d s ahead of ours.* → .*chronyc/);
  });

  it('takes what is wrong with a disabled server for a note', async () => {
    const sim = await rig.sim('bbb1');
    await sim.refuse();
    const report = await lookAt(definitionOf(sim, { adminState: 'disabled' }));
    expect(report.isHealthy).to.equal(true);
    expect(report.servers[0]).to.include({ state: 'note', isReachable: false, adminState: 'disabled' });
    expect(noteLines(report).join('\n')).to.match(/^bbb1: .*nothing listens there/m);
  });

  it('ends in time when hundreds of servers hang', async () => {
    const address = await listening(createTcp(() => undefined));
    const servers = Array.from({ length: 320 }, (_, at) => definitionOf({ ...address, id: `bbb${at}` }));
    rig.configure();
    await rig.store(...servers);
    const startedAt = performance.now();
    const report = await rig.look({ deadlineMs: DOCTOR_POLL_MS * 0.5 });
    expect(performance.now() - startedAt).to.be.below(5_000);
    expect(report.servers).to.have.length(320);
    expect(new Set(report.servers.map(({ state }) => state))).to.deep.equal(new Set(['fault']));
    const lines = faultLines(report);
    // 256 at once; the time was up before the turn of the others came.
    expect(lines.filter((line) => line.includes('was not asked'))).to.have.length(64);
    expect(lines.filter((line) => line.includes('within 2 s'))).to.have.length(256);
  });
});
