import { hostname } from 'node:os';
import { fileURLToPath } from 'node:url';
import { expect } from 'chai';
import type { ServerView } from '../../src/admin/views.js';
import { SimHost } from '../../src/sim/sim-host.js';
import { AppRig, RIG_ADMIN_TOKEN, until } from '../support/app-rig.js';
import { startInfluxdb2 } from './rig/influxdb2.js';
import { runTelegrafOnce, startTelegraf, type Telegraf } from './rig/telegraf.js';

const CONFIG = fileURLToPath(new URL('../../telegraf/telegraf.conf', import.meta.url));
const NOWHERE = { INFLUX_URL: 'http://127.0.0.1:1', INFLUX_TOKEN: 'none' };
const INGEST = { source: 'ingest', refresh: '1s' };
const NO_LOAD = { meetings: 0, attendees: 0, listeners: 0, voice: 0, video: 0, streams: 0 };
/** What 1.37 says of itself, whatever the file: that 1.38 will be strict about variables, and what --test is. */
const ABOUT_ITSELF =
  /Strict environment variable handling will be the new default|Outputs are not used in testing mode/;

interface Point {
  readonly measurement: string;
  readonly tags: Readonly<Record<string, string>>;
  /** Names with the type the line shows: `float`, `int` or `string`. */
  readonly fields: Readonly<Record<string, string>>;
}

describe('telegraf.conf with the real Telegraf', function () {
  this.timeout(60_000);
  const started: { stop(): Promise<void> }[] = [];
  afterEach(async () => {
    for (const each of started.splice(0).reverse()) await each.stop();
  });

  function keep<T extends { stop(): Promise<void> }>(each: T): T {
    started.push(each);
    return each;
  }

  for (const args of [[], ['--strict-env-handling']]) {
    const how = args.length === 0 ? 'lenient' : 'strict';
    it(`measures what placement needs, without a complaint, ${how} about variables`, async () => {
      const env = { ...NOWHERE, SERVER_ID: 'bbb1' };
      const output = await runTelegrafOnce('--test', { configFiles: [CONFIG], env, args });
      expect(complaints(output)).to.deep.equal([]);
      const points = pointsOf(output);
      for (const { tags } of points) expect(tags).to.include({ host: hostname(), server: 'bbb1' });
      const cpu = points.filter(({ measurement }) => measurement === 'cpu');
      expect(cpu.map(({ tags }) => tags.cpu)).to.deep.equal(['cpu-total']);
      expect(cpu[0]?.fields.usage_idle).to.equal('float');
      expect(fieldsOf(points, 'mem').available_percent).to.equal('float');
      expect(fieldsOf(points, 'system').n_cpus).to.equal('int');
      expect(fieldsOf(points, 'disk').used_percent).to.equal('float');
      expect(fieldsOf(points, 'internal_agent').metrics_dropped).to.equal('int');
      const interfaces = points.filter(({ measurement }) => measurement === 'net');
      expect(interfaces.length).to.be.above(0);
      for (const { fields, tags } of interfaces) {
        expect(fields).to.include({ bytes_sent: 'int', bytes_recv: 'int', speed: 'int' });
        expect(tags.interface).not.to.match(/^(?:lo|all|docker|veth|br-)/);
      }
    });
  }

  it('sends no server tag where no SERVER_ID is set: samples go by the host name', async () => {
    const points = pointsOf(await runTelegrafOnce('--test', { configFiles: [CONFIG], env: NOWHERE }));
    expect(points.length).to.be.above(5);
    for (const { tags } of points) {
      expect(tags).to.include({ host: hostname() });
      expect(tags).not.to.have.property('server');
    }
  });

  it('does not start without INFLUX_URL or INFLUX_TOKEN, and names the variable', async () => {
    for (const [name, env] of [
      ['INFLUX_URL', { INFLUX_TOKEN: 'none', INFLUX_URL: '' }],
      ['INFLUX_TOKEN', { INFLUX_URL: 'http://127.0.0.1:1', INFLUX_TOKEN: '' }],
    ] as const) {
      const words = await runTelegrafOnce('--test', { configFiles: [CONFIG], env }).then(
        () => 'it started',
        String,
      );
      expect(words).to.match(new RegExp(`required variable ${name} is missing a value: set it to`));
    }
  });

  it('is what simulated hosts write: measurements, tags, names and types of fields', async () => {
    const env = { ...NOWHERE, SERVER_ID: 'bbb1' };
    const real = pointsOf(await runTelegrafOnce('--test', { configFiles: [CONFIG], env }));
    const host = new SimHost({ id: 'bbb1', cores: 4, memoryGiB: 8, networkMbit: 1_000, load: () => NO_LOAD });
    const simulated = pointsOf(host.lines(Date.now()));
    expect(simulated).to.have.length(6);
    for (const { measurement, tags, fields } of simulated) {
      const alike = real.find(
        (point) =>
          point.measurement === measurement && Object.keys(fields).every((name) => name in point.fields),
      );
      if (alike === undefined)
        expect.fail(`Telegraf sends no ${measurement} with ${Object.keys(fields).join(', ')}`);
      expect(Object.keys(tags)).to.deep.equal(Object.keys(alike.tags));
      expect(alike.fields).to.include(fields);
    }
  });

  it('fills an InfluxDB 2 with every round, tagged with the server', async () => {
    const influxdb = keep(await startInfluxdb2());
    const telegraf = keep(
      await startTelegraf({
        configFiles: [CONFIG],
        args: ['--strict-env-handling'],
        env: {
          INFLUX_URL: influxdb.url,
          INFLUX_TOKEN: influxdb.token,
          INFLUX_ORG: influxdb.org,
          INFLUX_BUCKET: influxdb.bucket,
          SERVER_ID: 'bbb1',
          TELEGRAF_INTERVAL: '1s',
        },
      }),
    );
    const flux = `from(bucket: "${influxdb.bucket}") |> range(start: -1m)
      |> filter(fn: (r) => r._measurement == "cpu" and r._field == "usage_idle" and r.server == "bbb1")`;
    await until(
      'three rounds of CPU samples',
      async () => {
        const rows = (await influxdb.query(flux)).split('\n').filter((line) => line.includes('cpu-total'));
        return rows.length >= 3;
      },
      20_000,
    );
    expect(complaints(telegraf.output)).to.deep.equal([]);
  });

  it('fills the ingest of a balancer unchanged, and its servers show the load of this machine', async () => {
    const rig = keep(await AppRig.start({ servers: 2, settings: { metrics: INGEST } }));
    const run = async (env: Readonly<Record<string, string>>): Promise<Telegraf> =>
      keep(
        await startTelegraf({
          configFiles: [CONFIG],
          args: ['--strict-env-handling'],
          env: {
            INFLUX_URL: rig.app.adminUrl,
            INFLUX_TOKEN: RIG_ADMIN_TOKEN,
            TELEGRAF_INTERVAL: '1s',
            ...env,
          },
        }),
      );
    const telegraf = await run({ SERVER_ID: 'bbb1' });
    const views = async (): Promise<readonly ServerView[]> =>
      ((await rig.admin('GET', 'servers')) as { servers: readonly ServerView[] }).servers;
    await until(
      'CPU, memory and network of bbb1',
      async () => {
        const view = (await views()).find(({ id }) => id === 'bbb1');
        return [view?.cpu, view?.memory, view?.networkBytesPerSecond].every((value) => value !== undefined);
      },
      20_000,
    );
    const [first, second] = await views();
    expect(first?.cpu).to.be.within(0, 1);
    expect(first?.memory).to.be.within(0.005, 1);
    expect(first?.networkBytesPerSecond).to.be.at.least(0);
    expect(first?.sampleAgeSeconds).to.be.below(15);
    expect(second?.cpu).to.equal(undefined);
    expect(complaints(telegraf.output)).to.deep.equal([]);
  });

  it('says so in its log when the token is wrong', async () => {
    const rig = keep(await AppRig.start({ servers: 1, settings: { metrics: INGEST } }));
    const env = { INFLUX_URL: rig.app.adminUrl, INFLUX_TOKEN: 'wrong', TELEGRAF_INTERVAL: '1s' };
    const telegraf = keep(await startTelegraf({ configFiles: [CONFIG], env }));
    await until('an error with 401', () => /E! .*401/.test(telegraf.output), 20_000);
  });
});

/** Lines of a warning or an error, but for what Telegraf says of itself. */
function complaints(output: string): readonly string[] {
  return output.split('\n').filter((line) => / [WE]! /.test(line) && !ABOUT_ITSELF.test(line));
}

/** Points of what `--test` prints, or of plain line protocol. */
function pointsOf(output: string): readonly Point[] {
  return output.split('\n').flatMap((line) => {
    const match = /^(?:> )?([a-z_]+),(\S+) (.*) (\d{19})$/.exec(line);
    if (match === null) return [];
    const [, measurement = '', tags = '', fields = ''] = match;
    const pairs = fields.matchAll(/(\w+)=("[^"]*"|[^,]+)/g);
    return [
      {
        measurement,
        tags: Object.fromEntries(tags.split(',').map((tag) => tag.split('=', 2) as [string, string])),
        fields: Object.fromEntries([...pairs].map(([, name = '', value = '']) => [name, typeOf(value)])),
      },
    ];
  });
}

/** outputs.influxdb_v2 sends unsigned numbers as signed ones unless told otherwise; `--test` shows them as they are. */
function typeOf(value: string): string {
  if (value.startsWith('"')) return 'string';
  return /[iu]$/.test(value) ? 'int' : 'float';
}

/** All fields of a measurement, over its points. */
function fieldsOf(points: readonly Point[], measurement: string): Readonly<Record<string, string>> {
  const fields = points.filter((point) => point.measurement === measurement).map((point) => point.fields);
  return Object.assign({}, ...fields) as Record<string, string>;
}
