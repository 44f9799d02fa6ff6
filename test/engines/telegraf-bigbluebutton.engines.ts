import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { expect } from 'chai';
import { startSimServer, type SimServer } from '../../src/sim/sim-server.js';
import type { SimMeeting } from '../../src/sim/state/sim-meeting.js';
import { until } from '../support/app-rig.js';
import { FakeTerminal } from '../support/fake-terminal.js';
import { callBbb, elementText } from '../support/sim-client.js';
import { type Influxdb2, startInfluxdb2 } from './rig/influxdb2.js';
import { startTelegraf, type Telegraf } from './rig/telegraf.js';

const configFile = (name: string): string =>
  fileURLToPath(new URL(`../../telegraf/${name}`, import.meta.url));
const SECRET = 'secret-of-bbb1';
const COUNTS = ['attendees', 'breakouts', 'listeners', 'meetings', 'video', 'voice'];

describe('bigbluebutton.conf with the real Telegraf', function () {
  this.timeout(60_000);
  let server: SimServer;
  let influxdb: Influxdb2;
  let folder: string;
  let telegraf: Telegraf | undefined;
  before(async () => {
    folder = mkdtempSync(join(tmpdir(), 'ballast-telegraf-'));
    influxdb = await startInfluxdb2();
    server = await startSimServer({ id: 'bbb1', secret: SECRET });
  });
  afterEach(async () => {
    await telegraf?.stop();
    telegraf = undefined;
  });
  after(async () => {
    await server.stop();
    await influxdb.stop();
    rmSync(folder, { recursive: true, force: true });
  });

  /** What `ballast telegraf-url` prints for the server, with that secret in the cluster file. */
  async function urlWith(secret: string): Promise<string> {
    const document = { kind: 'Server', id: 'bbb1', url: server.url, secret };
    writeFileSync(join(folder, 'cluster.yaml'), JSON.stringify([document]));
    const terminal = new FakeTerminal(folder);
    expect(await terminal.run(['telegraf-url', 'bbb1', '--cluster', 'cluster.yaml'])).to.equal(0);
    return terminal.printed.trim();
  }

  async function run(url: string, serverId: string): Promise<Telegraf> {
    telegraf = await startTelegraf({
      configFiles: [configFile('telegraf.conf'), configFile('bigbluebutton.conf')],
      args: ['--strict-env-handling'],
      env: {
        INFLUX_URL: influxdb.url,
        INFLUX_TOKEN: influxdb.token,
        INFLUX_ORG: influxdb.org,
        INFLUX_BUCKET: influxdb.bucket,
        SERVER_ID: serverId,
        BBB_GETMEETINGS_URL: url,
        TELEGRAF_INTERVAL: '1s',
      },
    });
    return telegraf;
  }

  /** The newest value of each field of `bigbluebutton`; also asserts what tags its series have. */
  async function newest(serverId: string): Promise<Readonly<Record<string, string>>> {
    const csv = await influxdb.query(`from(bucket: "${influxdb.bucket}") |> range(start: -5m)
      |> filter(fn: (r) => r._measurement == "bigbluebutton" and r.server == "${serverId}")
      |> last() |> group() |> toString() |> keep(columns: ["_field", "_value"])`);
    const rows = csv.split(/\r?\n/).filter((line) => line.startsWith(',') && !line.startsWith(',result'));
    return Object.fromEntries(rows.map((row) => row.split(',').slice(3, 5) as [string, string]));
  }

  async function meeting(meetingId: string, query = ''): Promise<SimMeeting> {
    const { text } = await callBbb(server, 'create', `meetingID=${meetingId}&name=Room${query}`);
    const created = server.meetings.findInternal(elementText(text, 'internalMeetingID') ?? '');
    return created ?? expect.fail(text);
  }

  it('brings the counts of BigBlueButton into InfluxDB; people in breakout rooms count once', async () => {
    const running = await run(await urlWith(SECRET), 'bbb1');
    await until('counts of an empty server', async () => (await newest('bbb1')).meetings === '0', 15_000);
    expect(await newest('bbb1')).to.deep.equal({
      returncode: 'SUCCESS',
      ...Object.fromEntries(COUNTS.map((name) => [name, '0'])),
    });
    const main = await meeting('main');
    const other = await meeting('other');
    const breakout = await meeting(
      'inner-1',
      `&isBreakout=true&parentMeetingID=${main.internalId}&sequence=1`,
    );
    server.meetings.setAttendees(main, 7);
    server.meetings.setAttendees(other, 4, { isListeningOnly: false, hasJoinedVoice: true, hasVideo: true });
    server.meetings.setAttendees(breakout, 3);
    await until('counts of three rooms', async () => (await newest('bbb1')).attendees === '11', 15_000);
    expect(await newest('bbb1')).to.deep.equal({
      returncode: 'SUCCESS',
      attendees: '11',
      breakouts: '1',
      meetings: '2',
      listeners: '10',
      voice: '4',
      video: '4',
    });
    expect(running.output.split('\n').filter((line) => / [WE]! /.test(line))).to.deep.equal([]);
  });

  it('says FAILED and counts nothing when the secret is wrong', async () => {
    await run(await urlWith('another-secret'), 'bbb2');
    await until('a return code', async () => (await newest('bbb2')).returncode !== undefined, 15_000);
    expect(await newest('bbb2')).to.deep.equal({ returncode: 'FAILED' });
  });

  it('sends no checksum into InfluxDB', async () => {
    const csv = await influxdb.query(`from(bucket: "${influxdb.bucket}") |> range(start: -5m)
      |> filter(fn: (r) => r._measurement == "bigbluebutton") |> limit(n: 1)`);
    expect(csv)
      .to.include('returncode')
      .and.not.match(/checksum|http:/);
  });

  it('leaves the samples of the host alone while BigBlueButton does not answer, and says so in its log', async () => {
    const url = await urlWith(SECRET);
    await server.refuse();
    const running = await run(url, 'bbb3');
    await until('an error of the input', () => running.output.includes('E! [inputs.http]'), 15_000);
    const flux = `from(bucket: "${influxdb.bucket}") |> range(start: -5m)
      |> filter(fn: (r) => r._measurement == "cpu" and r.server == "bbb3")`;
    await until('CPU samples', async () => (await influxdb.query(flux)).includes('usage_idle'), 15_000);
    expect(await newest('bbb3')).to.deep.equal({});
  });
});
