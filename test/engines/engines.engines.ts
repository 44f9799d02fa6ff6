import { existsSync } from 'node:fs';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect } from 'chai';
import { engineNamed } from './install/engines.js';
import { isVersionEnough } from './install/version.js';
import type { EngineServer } from './rig/engine-server.js';
import { startInfluxdb1 } from './rig/influxdb1.js';
import { startInfluxdb2 } from './rig/influxdb2.js';
import { startNodeExporter } from './rig/node-exporter.js';
import { pollUntil } from './rig/poll-until.js';
import { startPrometheus } from './rig/prometheus.js';
import { runTelegrafOnce, startTelegraf } from './rig/telegraf.js';

const WAIT_MS = 30_000;

/** Started in a test, stopped after it even when it fails. */
const started: { stop(): Promise<void> }[] = [];

function keep<T extends { stop(): Promise<void> }>(engine: T): T {
  started.push(engine);
  return engine;
}

function isRunning(pid: number): boolean {
  try {
    return process.kill(pid, 0);
  } catch {
    return false;
  }
}

function nanoseconds(ms: number): string {
  return `${ms}000000`;
}

async function expectGone(engine: EngineServer): Promise<void> {
  const { pid, folder, url } = engine;
  expect(isRunning(pid)).to.equal(true);
  expect(existsSync(folder)).to.equal(true);
  await engine.stop();
  expect(isRunning(pid)).to.equal(false);
  expect(existsSync(folder)).to.equal(false);
  const answer = await fetch(url).catch(() => undefined);
  expect(answer).to.equal(undefined);
}

describe('the rig', () => {
  afterEach(async () => {
    for (const engine of started.splice(0).reverse()) await engine.stop();
  });

  describe('InfluxDB 2', () => {
    const flux = (bucket: string): string =>
      `from(bucket: "${bucket}") |> range(start: -1h) |> filter(fn: (r) => r._measurement == "cpu")`;

    it('takes line protocol, answers Flux, tells its version, and leaves nothing behind', async () => {
      const influx = keep(await startInfluxdb2());
      expect(isVersionEnough(influx.version, engineNamed('influxd').version)).to.equal(true);
      const health = JSON.parse(await (await fetch(`${influx.url}/health`)).text()) as { version: string };
      expect(health.version).to.contain(influx.version);
      await influx.write(`cpu,host=bbb1,cpu=cpu-total usage_idle=61.5 ${nanoseconds(Date.now() - 5_000)}`);
      expect(await influx.query(flux(influx.bucket))).to.match(/,61\.5,usage_idle,cpu,cpu-total,bbb1/);
      await expectGone(influx);
    });

    it('keeps data and port over a crash and a restart', async () => {
      const influx = keep(await startInfluxdb2({ org: 'school', bucket: 'metrics', token: 'another' }));
      await influx.write(`cpu,host=bbb2 usage_idle=12.25 ${nanoseconds(Date.now() - 5_000)}`);
      const { url, pid } = influx;
      await influx.kill();
      expect(isRunning(pid)).to.equal(false);
      const refused = await influx.query(flux('metrics')).catch((error: unknown) => String(error));
      expect(refused).to.contain('fetch failed');
      await influx.restart();
      expect(influx.url).to.equal(url);
      expect(influx.pid).to.not.equal(pid);
      expect(await influx.query(flux('metrics'))).to.match(/,12\.25,usage_idle,cpu,bbb2/);
    });

    it('hangs while it is paused, and says why it refuses', async () => {
      const influx = keep(await startInfluxdb2());
      await influx.pause();
      const hung = await fetch(`${influx.url}/health`, { signal: AbortSignal.timeout(300) }).catch(
        (error: unknown) => (error as Error).name,
      );
      expect(hung).to.equal('TimeoutError');
      influx.resume();
      const refused = await influx.write('no line protocol').catch((error: unknown) => String(error));
      expect(refused).to.match(/400 .*unable to parse/);
    });
  });

  describe('InfluxDB 1', () => {
    it('takes line protocol, answers InfluxQL, tells its version, and leaves nothing behind', async () => {
      const influx = keep(await startInfluxdb1());
      const ping = await fetch(`${influx.url}/ping`);
      expect(ping.headers.get('x-influxdb-version')).to.contain(influx.version);
      await influx.write(`cpu,host=bbb1 usage_idle=40.5 ${nanoseconds(Date.now() - 5_000)}`);
      expect(await influx.query('SELECT usage_idle FROM cpu')).to.contain('40.5');
      await expectGone(influx);
    });

    it('asks for user and password with authentication on', async () => {
      const influx = keep(await startInfluxdb1({ database: 'metrics', isAuthOn: true }));
      const query = `${influx.url}/query?q=SHOW%20DATABASES`;
      expect((await fetch(query)).status).to.equal(401);
      expect(await influx.query('SHOW DATABASES')).to.contain('"metrics"');
    });
  });

  describe('Prometheus and its node exporter', () => {
    it('scrapes the node exporter, answers PromQL, and both leave nothing behind', async () => {
      const exporter = keep(await startNodeExporter());
      const address = `127.0.0.1:${exporter.port}`;
      const prometheus = keep(
        await startPrometheus({
          scrapeTargets: [{ address, labels: { host: 'bbb1' } }],
          scrapeIntervalMs: 500,
        }),
      );
      const answer = await pollUntil(
        async () => {
          const text = await prometheus.query('count by (host) (node_cpu_seconds_total{mode="idle"})');
          return text.includes('bbb1') ? text : undefined;
        },
        { what: 'scraped sample', timeoutMs: WAIT_MS, context: () => prometheus.output },
      );
      expect(answer).to.contain('"status":"success"');
      const build = await (await fetch(`${prometheus.url}/api/v1/status/buildinfo`)).text();
      expect(build).to.contain(prometheus.version);
      await expectGone(prometheus);
      await expectGone(exporter);
    });

    it('answers from a history that was put in before its start', async () => {
      const at = Math.floor(Date.now() / 1000) - 60;
      const history = `# TYPE busy gauge\nbusy{host="bbb1"} 0.25 ${at}\n# EOF\n`;
      const prometheus = keep(await startPrometheus({ history }));
      expect(await prometheus.query('busy')).to.contain('"0.25"');
    });
  });

  describe('Telegraf', () => {
    let folder = '';

    beforeEach(async () => {
      folder = await mkdtemp(join(tmpdir(), 'ballast-engines-test-'));
    });

    afterEach(async () => {
      await rm(folder, { recursive: true, force: true });
    });

    it('sends samples to InfluxDB until it is stopped', async () => {
      const influx = keep(await startInfluxdb2());
      const file = join(folder, 'telegraf.conf');
      await writeFile(
        file,
        `[agent]
  interval = "1s"
  flush_interval = "1s"
  hostname = "$HOST_NAME"
  skip_processors_after_aggregators = true
[[inputs.mem]]
[[outputs.influxdb_v2]]
  urls = ["${influx.url}"]
  organization = "${influx.org}"
  bucket = "${influx.bucket}"
  token = "$TOKEN"
`,
      );
      const env = { HOST_NAME: 'bbb7', TOKEN: influx.token };
      const telegraf = keep(await startTelegraf({ configFiles: [file], env }));
      expect(isVersionEnough(telegraf.version, engineNamed('telegraf').version)).to.equal(true);
      await pollUntil(
        async () => {
          const csv = await influx.query(`from(bucket: "${influx.bucket}") |> range(start: -1h) |> last()`);
          return csv.includes(',used_percent,mem,bbb7') ? csv : undefined;
        },
        { what: 'sample from Telegraf', timeoutMs: WAIT_MS, context: () => telegraf.output },
      );
      const { pid } = telegraf;
      await telegraf.stop();
      expect(isRunning(pid)).to.equal(false);
    });

    it('prints the samples of one round', async () => {
      const file = join(folder, 'once.conf');
      await writeFile(file, '[agent]\n  hostname = "bbb8"\n[[inputs.mem]]\n[[outputs.file]]\n');
      expect(await runTelegrafOnce('--test', { configFiles: [file] })).to.match(
        /> mem,host=bbb8 .*total=\d+u?/,
      );
    });

    it('says what it is that keeps it from starting', async () => {
      const file = join(folder, 'broken.conf');
      await writeFile(file, '[[inputs.nonesuch]]\n');
      const message = await startTelegraf({ configFiles: [file] }).then(
        async (telegraf) => {
          await telegraf.stop();
          return 'it started';
        },
        (error: unknown) => String(error),
      );
      expect(message).to.match(/telegraf ended at its start.*nonesuch/s);
    });
  });
});
