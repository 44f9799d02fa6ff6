import { expect } from 'chai';
import { ConfigRig } from '../support/config-rig.js';

const SECRET = 'a-secret-of-the-default-tenant';
const MINIMAL = `secrets: [${SECRET}]\n`;

/** Every key of the documented interface, with values other than the defaults where there are any. */
const CONTRACT = `
listen: { host: 0.0.0.0, port: 0 }
adminListen: { host: 127.0.0.1, port: 9091 }
publicUrl: https://bbb.example.org/
trustProxy: [loopback, 10.0.0.0/8]
store: postgres://user:password@host/db
secrets: [${SECRET}, the-next-secret-of-the-tenant]
admin: { tokens: [ { name: ops, token: 0123456789abcdef0123, scope: operate } ] }
poll: { interval: 1s, timeout: 500ms, offlineAfter: 5, onlineAfter: 1, concurrency: 8 }
metrics:
  source: influxdb
  window: 2m
  refresh: 1s
  maxAge: 5m
  influxdb: { url: http://influx:8086, token: t, org: o, bucket: b }
  influxql: { url: http://influx:8086, database: d, username: u, password: p }
  prometheus: { url: http://prometheus:9090, token: t }
  ingest: { tokens: [ingest-token-0123456789] }
placement: { policy: round-robin, tolerance: 0, ramp: 5m, defaultMeetingSize: 20, whenFull: refuse, spareTag: reserve,
             limits: { cpu: 0.5, memory: 0.6, network: 0.7 } }
callbacks: { allowPrivateTargets: true }
recordings: { refresh: 5s }
log: { level: debug, format: text }
`;

describe('loadConfig', () => {
  let rig: ConfigRig;
  beforeEach(() => {
    rig = new ConfigRig();
  });
  afterEach(() => {
    rig.remove();
  });

  it('takes every key of the interface', () => {
    const { config } = rig.load(CONTRACT);
    expect(config.listen).to.deep.equal({ host: '0.0.0.0', port: 0 });
    expect(config.adminListen).to.deep.equal({ host: '127.0.0.1', port: 9091 });
    expect(config.publicUrl).to.equal('https://bbb.example.org');
    expect(config.trustProxy).to.equal('loopback, 10.0.0.0/8');
    expect(config.poll).to.deep.equal({
      intervalMs: 1000,
      timeoutMs: 500,
      offlineAfter: 5,
      onlineAfter: 1,
      concurrency: 8,
    });
    expect(config.metrics.influxql).to.deep.equal({
      url: 'http://influx:8086',
      database: 'd',
      username: 'u',
      password: 'p',
      token: undefined,
    });
    expect(config.placement.limits).to.deep.equal({ cpu: 0.5, memory: 0.6, network: 0.7 });
    expect(config.recordings.refreshMs).to.equal(5000);
  });

  it('takes the defaults of the interface when only a secret is given', () => {
    const { config, warnings } = rig.load(undefined, { BALLAST_SECRETS: SECRET });
    expect(warnings).to.deep.equal([]);
    expect(config).to.deep.include({
      trustProxy: 'loopback',
      store: 'sqlite:./data/ballast.db',
      secrets: [SECRET],
    });
    expect(config.adminListen).to.equal(undefined);
    expect(config.create).to.deep.equal({
      deadlineMs: 12_000,
      firstTryMs: 5000,
      documentsDeadlineMs: 60_000,
      documentsFirstTryMs: 30_000,
      retryableKeys: ['apiNotEnabled', 'maxConcurrent'],
    });
    expect(config.metrics).to.deep.include({ source: 'ingest', windowMs: 60_000, maxAgeMs: 120_000 });
    expect(config.body.maxBytes).to.be.greaterThan(64 * 2 ** 20);
  });

  it('reads the same from JSON, also JSON indented with tabs', () => {
    const json = JSON.stringify({ secrets: [SECRET], poll: { interval: '3s' } }, undefined, '\t');
    expect(rig.load(json).config).to.deep.equal(rig.load(`${MINIMAL}poll: { interval: 3s }`).config);
  });

  it('freezes the result to its leaves', () => {
    const { config } = rig.load(CONTRACT);
    expect(config).to.be.frozen;
    expect(config.placement.limits).to.be.frozen;
    expect(config.admin.tokens[0]).to.be.frozen;
  });

  it('lets the environment win over the file', () => {
    const env = {
      BALLAST_POLL_OFFLINE_AFTER: '7',
      BALLAST_SECRETS: 'one-secret-0123456789, two-secret-0123456789',
    };
    const { config } = rig.load(`${MINIMAL}poll: { offlineAfter: 2, onlineAfter: 4 }`, env);
    expect(config.poll).to.deep.include({ offlineAfter: 7, onlineAfter: 4 });
    expect(config.secrets).to.deep.equal(['one-secret-0123456789', 'two-secret-0123456789']);
  });

  it('reads objects and whole sections from the environment as JSON', () => {
    const tokens = [{ name: 'ops', token: 'a-token-for-the-operators', scope: 'read' }];
    const env = {
      BALLAST_ADMIN_TOKENS: JSON.stringify(tokens),
      BALLAST_LISTEN: '{"port":0}',
      BALLAST_STORE: '',
    };
    const { config } = rig.load(MINIMAL, env);
    expect(config.admin.tokens).to.deep.equal(tokens);
    expect(config.listen).to.deep.equal({ host: '127.0.0.1', port: 0 });
  });

  it('replaces ${VAR} in texts of the file, and leaves $${ as a plain ${', () => {
    const { config } = rig.load('secrets: ["${S}-tail", "$${S}-0123456789abcdef"]', {
      S: 'from-the-environment',
    });
    expect(config.secrets).to.deep.equal(['from-the-environment-tail', '${S}-0123456789abcdef']);
  });

  it('does not replace ${VAR} in the environment: a secret may hold it', () => {
    const { config } = rig.load(undefined, { BALLAST_SECRETS: 'abc${S}defghijklmnop' });
    expect(config.secrets).to.deep.equal(['abc${S}defghijklmnop']);
  });

  it('reads secrets from files, relative to the configuration file', () => {
    rig.write('secrets.txt', 'first-secret-0123456789\r\n\nsecond-secret-0123456789\n');
    rig.write('token.txt', 'token-from-a-file-0123456789\n');
    const { config } = rig.load(
      'secretsFile: secrets.txt\nadmin: { tokens: [ { name: a, tokenFile: token.txt, scope: read } ] }',
    );
    expect(config.secrets).to.deep.equal(['first-secret-0123456789', 'second-secret-0123456789']);
    expect(config.admin.tokens[0]?.token).to.equal('token-from-a-file-0123456789');
  });

  it('reads a file named in the environment instead of the value in the file', () => {
    rig.write('s', 'secret-from-a-mounted-file\n');
    const { config } = rig.load(MINIMAL, { BALLAST_SECRETS_FILE: 's' });
    expect(config.secrets).to.deep.equal(['secret-from-a-mounted-file']);
  });

  it('warns of short secrets and tokens, and takes them', () => {
    const { config, warnings } = rig.load(
      'secrets: [x]\nadmin: { tokens: [ { name: a, token: b, scope: admin } ] }',
    );
    expect(config.secrets).to.deep.equal(['x']);
    expect(warnings).to.have.length(2);
    expect(warnings.join()).to.match(/secrets\[0\].*shorter.*admin\.tokens\[0\]\.token.*shorter/);
  });

  it('warns of times that defeat one another', () => {
    const { warnings } = rig.load(`${MINIMAL}create: { deadline: 3s }\nmetrics: { maxAge: 5s }`);
    expect(warnings.join('\n')).to.include('create.firstTry (5s) is longer than create.deadline (3s)');
    expect(warnings.join('\n')).to.include('metrics.refresh (10s) is longer than metrics.maxAge (5s)');
  });

  it('ignores variables an orchestrator sets, and the ones of the command line', () => {
    const env = { BALLAST_SERVICE_HOST: '10.0.0.1', BALLAST_URL: 'http://x', BALLAST_TOKEN: 'y' };
    expect(rig.load(MINIMAL, env).warnings).to.deep.equal([
      'BALLAST_SERVICE_HOST in the environment names no setting and is ignored',
    ]);
  });
});
