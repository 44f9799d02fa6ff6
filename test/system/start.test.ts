import { readFileSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect } from 'chai';
import { parse, parseAllDocuments } from 'yaml';
import { until } from '../support/app-rig.js';
import { RunningBallast } from './running-ballast.js';
import { SystemRig } from './system-rig.js';

interface WrittenConfig {
  readonly secrets: readonly string[];
  readonly admin: { readonly tokens: readonly { readonly token: string }[] };
  readonly metrics: { readonly ingest: { readonly tokens: readonly string[] } };
}

describe('system: a new installation', function () {
  this.timeout(60_000);
  const rig = new SystemRig();
  let ballast: RunningBallast;

  before(async () => {
    await rig.addSims(2);
    const { code, stdout } = await rig.command(['init']);
    expect(code).to.equal(0);
    expect(stdout).to.include('ballast serve');
    const config = parse(readFileSync(join(rig.folder, 'ballast.yaml'), 'utf8')) as WrittenConfig;
    const [secret = '', token = '', ingestToken = ''] = [
      ...config.secrets,
      ...config.admin.tokens.map((admin) => admin.token),
      ...config.metrics.ingest.tokens,
    ];
    for (const fresh of [secret, token, ingestToken]) {
      expect(fresh).to.match(/^[0-9a-f]{64}$/);
      expect(stdout).to.not.include(fresh);
      rig.keepOutOfLogs(fresh);
    }
    const cluster = join(rig.folder, 'cluster.yaml');
    const documents = rig.sims.map(
      ({ id, url, secret: serverSecret }) =>
        `---\nkind: Server\nid: ${id}\nurl: ${url}\nsecret: ${serverSecret}\n`,
    );
    writeFileSync(cluster, readFileSync(cluster, 'utf8') + documents.join(''));
    expect(parseAllDocuments(readFileSync(cluster, 'utf8'))).to.have.length.above(1);

    // The defaults as they are, but for the port.
    const process = rig.start(['serve', '--apply', 'cluster.yaml'], { env: { BALLAST_LISTEN_PORT: '0' } });
    const where = await process.listening();
    const tokens = { read: token, operate: token, admin: token };
    ballast = new RunningBallast(rig, process, { ...rig.access, ...where, secret, tokens, ingestToken });
  });
  after(() => rig.stop());

  it('keeps its files to their owner and never overwrites them', async () => {
    const read = (): string => readFileSync(join(rig.folder, 'ballast.yaml'), 'utf8');
    const before = read();
    for (const name of ['ballast.yaml', 'cluster.yaml']) {
      expect(statSync(join(rig.folder, name)).mode & 0o777, name).to.equal(0o600);
    }
    const again = await rig.command(['init']);
    expect(again.code).to.equal(1);
    expect(again.stderr).to.include('Nothing was written');
    expect(read()).to.equal(before);
  });

  it('answers /health at once and /ready after the first poll', async () => {
    expect((await ballast.send(`${ballast.url}/health`)).text).to.equal('{"status":"ok"}\n');
    await until('/ready', async () => (await ballast.send(`${ballast.url}/ready`)).status === 200, 30_000);
  });

  it('serves a meeting from create to end with its defaults', async () => {
    const { attendee, moderator } = ballast.access.passwords;
    const created = await ballast.create('first-room');
    expect(created.element('meetingID')).to.equal('first-room');
    expect(created.headers['content-type']).to.equal('text/xml;charset=utf-8');
    expect(created.headers['x-request-id']).to.be.a('string');

    const running = await ballast.call('isMeetingRunning', { meetingID: 'first-room' });
    expect(running.element('running')).to.equal('false');
    const join = await ballast.call('join', {
      meetingID: 'first-room',
      fullName: 'Ä B',
      password: moderator,
    });
    expect(join.status).to.equal(302);
    const serverId = await ballast.serverOf('first-room');
    const location = String(join.headers.location);
    expect(location).to.match(new RegExp(`^${rig.sim(serverId).url}/join\\?`));
    const entered = await ballast.send(location);
    expect([entered.status, entered.headers.location]).to.satisfy(
      ([status, target]: [number, string]) => status === 302 && target.includes('sessionToken='),
    );

    expect((await ballast.call('isMeetingRunning', { meetingID: 'first-room' })).element('running')).to.equal(
      'true',
    );
    const info = await ballast.call('getMeetingInfo', { meetingID: 'first-room' });
    expect(info.element('participantCount')).to.equal('1');
    expect(info.element('attendeePW')).to.equal(attendee);
    const list = await ballast.call('getMeetings');
    expect(list.text).to.include('<meetingID>first-room</meetingID>');
    const end = await ballast.call('end', { meetingID: 'first-room', password: moderator });
    expect(end.returnCode).to.equal('SUCCESS');
    expect((await ballast.call('getMeetings')).text).to.not.include('first-room');
    expect((await ballast.call('getMeetingInfo', { meetingID: 'first-room' })).messageKey).to.equal(
      'notFound',
    );
  });

  for (const algorithm of ['sha1', 'sha256', 'sha384', 'sha512'] as const) {
    it(`takes calls signed with ${algorithm}`, async () => {
      expect((await ballast.call('getMeetings', '', { algorithm })).returnCode).to.equal('SUCCESS');
      const wrong = await ballast.call('getMeetings', '', { algorithm, secret: 'not-the-secret' });
      expect([wrong.status, wrong.messageKey]).to.deep.equal([200, 'checksumError']);
    });
  }

  it('tells its version in every form of the root', async () => {
    for (const path of ['/bigbluebutton', '/bigbluebutton/', '/bigbluebutton/api', '//bigbluebutton/api/']) {
      const { status, text } = await ballast.send(ballast.url + path);
      expect([path, status, text.includes('<version>2.0</version>')]).to.deep.equal([path, 200, true]);
    }
  });
});

describe('system: a start with the wrong source of metrics', function () {
  this.timeout(60_000);
  const rig = new SystemRig();
  after(() => rig.stop());

  it('is ready all the same, and places meetings', async () => {
    await rig.addSims(2);
    const influxdb = { url: 'http://127.0.0.1:9', token: rig.secret('influx'), org: 'o', bucket: 'b' };
    const ballast = await rig.serve({ settings: { metrics: { source: 'influxdb', influxdb } } });
    await ballast.create('room');
    expect((await ballast.server('bbb1')).cpu).to.equal(undefined);
  });
});
