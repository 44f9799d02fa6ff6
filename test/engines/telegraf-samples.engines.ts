import { cpus } from 'node:os';
import { fileURLToPath } from 'node:url';
import { expect } from 'chai';
import { createSampleSource } from '../../src/app-metrics.js';
import type { HostSample, SampleSource } from '../../src/metrics/load-table.js';
import { ConfigRig } from '../support/config-rig.js';
import { type Influxdb2, startInfluxdb2 } from './rig/influxdb2.js';
import { pollUntil } from './rig/poll-until.js';
import { startTelegraf, type Telegraf } from './rig/telegraf.js';

const CONFIG = fileURLToPath(new URL('../../telegraf/telegraf.conf', import.meta.url));
const WAIT_MS = 20_000;

describe('samples of the real Telegraf, read from a real InfluxDB by Ballast', function () {
  this.timeout(60_000);
  let influxdb: Influxdb2;
  let telegraf: Telegraf;
  let source: SampleSource;
  before(async () => {
    influxdb = await startInfluxdb2();
    const { url, token, org, bucket } = influxdb;
    telegraf = await startTelegraf({
      configFiles: [CONFIG],
      args: ['--strict-env-handling'],
      env: {
        INFLUX_URL: url,
        INFLUX_TOKEN: token,
        INFLUX_ORG: org,
        INFLUX_BUCKET: bucket,
        SERVER_ID: 'bbb1',
        TELEGRAF_INTERVAL: '1s',
      },
    });
    // The number of cores is read once a minute: a source asked before the first round would not have it for that long.
    const flux = `from(bucket: "${bucket}") |> range(start: -1m)
      |> filter(fn: (r) => r._measurement == "system" and r._field == "n_cpus")`;
    await pollUntil(async () => (await influxdb.query(flux)).includes('n_cpus') || undefined, {
      what: 'number of cores in InfluxDB',
      timeoutMs: WAIT_MS,
    });
    const files = new ConfigRig();
    const { config } = files.load(
      JSON.stringify({
        secrets: ['secret-of-the-default-tenant'],
        metrics: { source: 'influxdb', window: '10s', influxdb: { url, token, org, bucket } },
      }),
    );
    files.remove();
    source = createSampleSource(config.metrics, { now: Date.now }) ?? expect.fail('no source was made');
  });
  after(async () => {
    await source.close?.();
    await telegraf.stop();
    await influxdb.stop();
  });

  async function read(host: string): Promise<HostSample | undefined> {
    const table = await source.read([{ serverId: 'bbb1', host }], AbortSignal.timeout(5_000));
    expect(table.faults ?? []).to.deep.equal([]);
    return table.samples.get('bbb1');
  }

  it('hold CPU, memory, network and the number of cores of this machine, each with its time', async () => {
    const sample = await pollUntil(
      async () => {
        const found = await read('elsewhere.example');
        return found?.networkBytesPerSecond === undefined || found.cpu === undefined ? undefined : found;
      },
      { what: 'sample with CPU and network', timeoutMs: WAIT_MS },
    );
    expect(sample.cpu).to.be.within(0, 1);
    expect(sample.memory).to.be.within(0.005, 0.999);
    expect(sample.networkBytesPerSecond).to.be.at.least(0);
    expect(sample.cpuCount).to.equal(cpus().length);
    expect(sample.matchedBy).to.equal('server');
    for (const at of [sample.sampledAt, sample.memorySampledAt, sample.networkSampledAt]) {
      expect(Date.now() - (at ?? 0)).to.be.within(-1_000, 15_000);
    }
  });

  it('belong to nobody when neither the tag server nor the tag host fits, which the table says', async () => {
    const table = await source.read([{ serverId: 'bbb9', host: 'bbb9.example' }], AbortSignal.timeout(5_000));
    expect(table.samples.size).to.equal(0);
    expect(table.strangers).to.include('server=bbb1');
  });
});
