import { InfluxdbSource } from '../src/metrics/influxdb-source.js';
import { InfluxqlSource } from '../src/metrics/influxql-source.js';
import type { SampleSource } from '../src/metrics/load-table.js';
import { PrometheusSource } from '../src/metrics/prometheus-source.js';
import { startInfluxdb1 } from '../test/engines/rig/influxdb1.js';
import { startInfluxdb2 } from '../test/engines/rig/influxdb2.js';
import { startPrometheus } from '../test/engines/rig/prometheus.js';
import type { Bench, Figure } from './bench.js';
import { median, quantile } from './rounds.js';
import { exporterHistory, telegrafHistory } from './source-history.js';

const SERVERS = 500;
const GOAL_MS = 300;
const HOUR_MS = 3_600_000;
const TIMES = { windowMs: 60_000, maxAgeMs: 120_000, now: Date.now };

interface Engine {
  readonly hours: number;
  readonly create: () => SampleSource;
  readonly stop: () => Promise<void>;
}

/** One refresh of each source for 500 servers, with their samples of every 10 s in a real engine. */
export const sourceRefresh: Bench = {
  name: 'sources',
  run: async ({ isQuick }) => {
    const hours = isQuick ? 0.25 : 24;
    return [
      ...(await measure('influxdb', () => influxdb2(hours), isQuick)),
      ...(await measure('influxql', () => influxdb1(hours), isQuick)),
      // As text its metrics are ten times as large; an instant query does not look at what is older than the window.
      ...(await measure('prometheus', () => prometheus(isQuick ? 0.1 : 0.5), isQuick)),
    ];
  },
};

async function measure(name: string, start: () => Promise<Engine>, isQuick: boolean): Promise<Figure[]> {
  const { hours, create, stop } = await start();
  const source = create();
  try {
    const rounds = isQuick ? 5 : 30;
    // The first read of a source asks for what seldom changes as well, as one a minute does.
    const whole: number[] = [];
    const usual: number[] = [];
    await read(source);
    for (let round = 0; round < rounds; round += 1) {
      const fresh = create();
      whole.push(await read(fresh));
      await fresh.close?.();
      usual.push(await read(source));
    }
    const ms = (value: number): string => `${value.toFixed(0)} ms`;
    const detail = (values: readonly number[]): string =>
      `p95 ${ms(quantile(values, 0.95))}, of ${rounds}; ${hours} h of samples in the engine`;
    const figure = (what: string, values: readonly number[]): Figure => ({
      what: `${name}: ${what} of ${SERVERS} servers, p50`,
      figure: ms(median(values)),
      goal: `< ${GOAL_MS} ms`,
      isMet: median(values) < GOAL_MS,
      detail: detail(values),
    });
    const isSame = name === 'prometheus';
    return [
      figure('a refresh', usual),
      ...(isSame ? [] : [figure('the refresh of each minute that asks for cores and speeds too', whole)]),
    ];
  } finally {
    await source.close?.();
    await stop();
  }
}

/** Milliseconds of one read; throws unless it knows every server. */
async function read(source: SampleSource): Promise<number> {
  const keys = Array.from({ length: SERVERS }, (_, i) => ({ serverId: `bbb${i}`, host: `none${i}` }));
  const startedAt = performance.now();
  const { samples, faults = [] } = await source.read(keys, AbortSignal.timeout(60_000));
  const tookMs = performance.now() - startedAt;
  const known = [...samples.values()].filter(
    ({ cpu, memory, networkBytesPerSecond: network, cpuCount }) =>
      ![cpu, memory, network, cpuCount].includes(undefined),
  ).length;
  if (known === SERVERS) return tookMs;
  throw new Error(`${source.name} knows ${known} of ${SERVERS} servers; ${faults[0]?.message ?? 'no fault'}`);
}

async function influxdb2(hours: number): Promise<Engine> {
  const engine = await startInfluxdb2();
  try {
    await fill(hours, (lines) => engine.write(lines));
  } catch (error) {
    await engine.stop();
    throw error;
  }
  const { url, token, org, bucket } = engine;
  const create = (): SampleSource => new InfluxdbSource({ url, token, org, bucket, ...TIMES });
  return { hours, create, stop: () => engine.stop() };
}

async function influxdb1(hours: number): Promise<Engine> {
  const engine = await startInfluxdb1();
  try {
    await fill(hours, (lines) => engine.write(lines));
  } catch (error) {
    await engine.stop();
    throw error;
  }
  const { url, database } = engine;
  const create = (): SampleSource =>
    new InfluxqlSource({ url, database, username: undefined, password: undefined, ...TIMES });
  return { hours, create, stop: () => engine.stop() };
}

async function prometheus(hours: number): Promise<Engine> {
  const engine = await startPrometheus({ history: exporterHistory(SERVERS, Date.now(), hours * HOUR_MS) });
  // The window reaches back to the history however long the engine took to read it.
  const create = (): SampleSource =>
    new PrometheusSource({ ...TIMES, windowMs: 240_000, url: engine.url, token: undefined });
  return { hours, create, stop: () => engine.stop() };
}

/** Writes up to now, and on until writing has caught up: the newest samples are then seconds old. */
async function fill(hours: number, write: (lines: string) => Promise<void>): Promise<void> {
  let from = Date.now() - hours * HOUR_MS;
  while (from < Date.now() - 10_000) {
    const to = Math.min(from + 120_000, Date.now());
    await write(telegrafHistory(SERVERS, from, to));
    from += Math.ceil((to - from) / 10_000) * 10_000;
  }
}
