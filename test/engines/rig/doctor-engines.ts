import type { ScenarioHost } from '../../support/scenario-hosts.js';
import { openMetricsText, telegrafText } from '../../support/scenario-text.js';
import { startInfluxdb1 } from './influxdb1.js';
import { startInfluxdb2 } from './influxdb2.js';
import { startPrometheus } from './prometheus.js';
import { startTokenGate } from './token-gate.js';

type Metrics = Readonly<Record<string, unknown>>;

/** A running engine that holds samples, and how a configuration names it, rightly and wrongly. */
export interface DoctorEngine {
  /** The group `metrics` of a configuration that is right. */
  readonly metrics: Metrics;
  /** The row of the doctor's table about it. */
  readonly row: RegExp;
  /** Wrong ones, and what the doctor has to say of each. */
  readonly wrong: readonly { readonly metrics: Metrics; readonly words: RegExp }[];
  /** What must not be printed, right and wrong. */
  readonly secrets: readonly string[];
  stop(): Promise<void>;
}

const RIGHT = 'the-right-token-of-the-engine';
const WRONG = 'some-wrong-token-of-nobody';
const NOBODY = 'http://127.0.0.1:1';
const UNREACHABLE = /^ {2}source: .*cannot reach .*connection refused\n {4}do: is it running/m;

/** Each source of samples with its real engine; `now` is the time of the samples. */
export const DOCTOR_ENGINES: readonly {
  readonly name: string;
  readonly start: (hosts: readonly ScenarioHost[], now: number) => Promise<DoctorEngine>;
}[] = [
  { name: 'influxdb on InfluxDB 2', start: influxdb },
  { name: 'influxql on InfluxDB 1', start: influxql },
  { name: 'influxql on the v1 interface of InfluxDB 2', start: influxqlOnV2 },
  { name: 'prometheus behind a gate', start: prometheus },
];

async function influxdb(hosts: readonly ScenarioHost[], now: number): Promise<DoctorEngine> {
  const engine = await startInfluxdb2({ token: RIGHT });
  await engine.write(telegrafText(hosts, now));
  const { url, token, org, bucket } = engine;
  const metrics = (changes: Metrics = {}): Metrics => ({
    source: 'influxdb',
    influxdb: { url, token, org, bucket, ...changes },
  });
  return {
    metrics: metrics(),
    row: /^source +ok +\d+ ms +InfluxDB v?2\.7\S* +influxdb,/m,
    secrets: [RIGHT, WRONG],
    wrong: [
      {
        metrics: metrics({ token: WRONG }),
        words:
          /source: .*metrics\.influxdb\.token.*unauthorized access.*\n {4}do: give metrics\.influxdb a token/,
      },
      {
        metrics: metrics({ org: 'nowhere' }),
        words:
          /source: .*no organisation "nowhere".*organization name .*not found.*\n {4}do: .*influx org list/,
      },
      {
        metrics: metrics({ bucket: 'leaky' }),
        words: /source: .*no bucket "leaky".*could not find bucket.*\n {4}do: .*influx bucket list/,
      },
      { metrics: metrics({ url: NOBODY }), words: UNREACHABLE },
    ],
    stop: () => engine.stop(),
  };
}

async function influxql(hosts: readonly ScenarioHost[], now: number): Promise<DoctorEngine> {
  const engine = await startInfluxdb1({ isAuthOn: true });
  await engine.write(telegrafText(hosts, now));
  const { url, database, username, password } = engine;
  const metrics = (changes: Metrics = {}): Metrics => ({
    source: 'influxql',
    influxql: { url, database, username, password, ...changes },
  });
  return {
    metrics: metrics(),
    row: /^source +ok +\d+ ms +InfluxDB 1\.6\S* +influxql,/m,
    secrets: [password, WRONG],
    wrong: [
      {
        metrics: metrics({ password: WRONG }),
        words:
          /source: .*metrics\.influxql\.password.*authorization failed.*\n {4}do: give metrics\.influxql a token/,
      },
      {
        metrics: metrics({ database: 'elsewhere' }),
        words: /source: .*no database "elsewhere".*database not found.*\n {4}do: .*SHOW DATABASES/,
      },
      { metrics: metrics({ url: NOBODY }), words: UNREACHABLE },
    ],
    stop: () => engine.stop(),
  };
}

async function influxqlOnV2(hosts: readonly ScenarioHost[], now: number): Promise<DoctorEngine> {
  const engine = await startInfluxdb2({ token: RIGHT });
  await engine.write(telegrafText(hosts, now));
  const { url, token, bucket: database } = engine;
  const metrics = (changes: Metrics = {}): Metrics => ({
    source: 'influxql',
    influxql: { url, database, token, ...changes },
  });
  return {
    metrics: metrics(),
    row: /^source +ok +\d+ ms +InfluxDB 2\.7\S* +influxql,/m,
    secrets: [RIGHT, WRONG],
    wrong: [
      {
        metrics: metrics({ token: WRONG }),
        words: /source: .*metrics\.influxql\.token.*unauthorized.*\n {4}do: give metrics\.influxql a token/i,
      },
      {
        metrics: metrics({ database: 'elsewhere' }),
        words: /source: .*no database "elsewhere".*\n {4}do: .*SHOW DATABASES/,
      },
    ],
    stop: () => engine.stop(),
  };
}

async function prometheus(hosts: readonly ScenarioHost[], now: number): Promise<DoctorEngine> {
  const engine = await startPrometheus({ history: openMetricsText(hosts, now) });
  const gate = await startTokenGate(engine.url, RIGHT);
  const metrics = (changes: Metrics = {}): Metrics => ({
    source: 'prometheus',
    prometheus: { url: gate.url, token: RIGHT, ...changes },
  });
  return {
    metrics: metrics(),
    row: /^source +ok +\d+ ms +Prometheus 2\.\S* +prometheus,/m,
    secrets: [RIGHT, WRONG],
    wrong: [
      {
        metrics: metrics({ token: WRONG }),
        words:
          /source: .*metrics\.prometheus\.token.*Unauthorized.*\n {4}do: give metrics\.prometheus a token/,
      },
      {
        metrics: metrics({ url: `${gate.url}/grafana` }),
        words:
          /source: .*answered 404 with .* instead of JSON: "404 page not found".*\n {4}do: is metrics\.prometheus\.url/,
      },
      { metrics: metrics({ url: NOBODY }), words: UNREACHABLE },
    ],
    stop: async () => {
      await gate.stop();
      await engine.stop();
    },
  };
}
