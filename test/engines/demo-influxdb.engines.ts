import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect } from 'chai';
import { BallastProcess } from '../support/ballast-process.js';
import { type Influxdb2, startInfluxdb2 } from './rig/influxdb2.js';

describe('demo --influxdb with a real InfluxDB', function () {
  this.timeout(90_000);
  let influxdb: Influxdb2;
  let folder: string;
  before(async () => {
    folder = mkdtempSync(join(tmpdir(), 'ballast-demo-influxdb-'));
    influxdb = await startInfluxdb2({ org: 'school', bucket: 'bbb', token: 'token-of-the-demo' });
  });
  after(async () => {
    await influxdb.stop();
    rmSync(folder, { recursive: true, force: true });
  });

  async function demo(
    env: Readonly<Record<string, string>> = {},
  ): Promise<{ code: number | null; output: string }> {
    const named = {
      INFLUX_URL: influxdb.url,
      INFLUX_TOKEN: influxdb.token,
      INFLUX_ORG: influxdb.org,
      INFLUX_BUCKET: influxdb.bucket,
    };
    const process = new BallastProcess({
      argv: ['demo', '--once', '--seconds', '20', '--influxdb'],
      cwd: folder,
      env: { ...named, ...env },
      isFromSource: true,
    });
    const { code } = await process.ended;
    return { code, output: process.output };
  }

  it('places by what it reads from there, and no create fails', async () => {
    const { code, output } = await demo();
    expect(output).to.match(/^BBB API {3}http:\/\/127\.0\.0\.1:\d+\/bigbluebutton\/api\/\n/);
    expect(output).to.include(`${influxdb.url}, bucket bbb of school`);
    expect(output).to.match(/^demo-bbb1 +online +\d+ %/m);
    expect(output).to.include('lowest-load: ');
    expect(output).to.include('No create failed, no meeting was split.');
    expect(output).not.to.include('metrics source fails').and.not.include(influxdb.token);
    expect(code).to.equal(0);
    const csv = await influxdb.query(`from(bucket: "bbb") |> range(start: -5m)
      |> filter(fn: (r) => r._measurement == "system" and r._field == "n_cpus")
      |> last() |> group() |> sort(columns: ["server"]) |> keep(columns: ["server", "_value"])`);
    const cores = csv.match(/\d+,demo-bbb\d/g);
    expect(cores).to.deep.equal(['16,demo-bbb1', '8,demo-bbb2', '8,demo-bbb3', '4,demo-bbb4']);
  });

  for (const [name, env, words] of [
    ['a wrong token', { INFLUX_TOKEN: 'wrong' }, /INFLUX_TOKEN is wrong.*unauthorized/],
    [
      'a bucket that is not there',
      { INFLUX_BUCKET: 'none' },
      /INFLUX_ORG or INFLUX_BUCKET is wrong.*bucket "none" not found/,
    ],
    [
      'an organisation that is not there',
      { INFLUX_ORG: 'none' },
      /INFLUX_ORG or INFLUX_BUCKET is wrong.*organization name "none" not found/,
    ],
    ['nobody at the URL', { INFLUX_URL: 'http://127.0.0.1:9' }, /is it running, and is INFLUX_URL right/],
  ] as const) {
    it(`says in one line what is wrong with ${name}, and exits with 1`, async () => {
      const { code, output } = await demo(env);
      expect(output).to.match(words);
      expect(output.trimEnd().split('\n')).to.have.length(1);
      expect(code).to.equal(1);
    });
  }
});
