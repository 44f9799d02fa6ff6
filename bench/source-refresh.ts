import { InfluxdbSource } from '../src/metrics/influxdb-source.js';
import { InfluxqlSource } from '../src/metrics/influxql-source.js';
import { IngestStore } from '../src/metrics/ingest-store.js';
import { LineProtocolReader } from '../src/metrics/line-protocol.js';
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
  /** What there is to read from: `24 h in the engine`. */
  readonly held: string;
  readonly create: () => SampleSource;
  /** Writes the samples of each server since the last time, as ten seconds pass. */
  readonly feed?: () => Promise<void>;
  readonly stop: () => Promise<void>;
}

/** What one read took, waited for and worked on here. */
interface Took {
  readonly ms: number;
  readonly cpuMs: number;
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
      ...(await measure('ingest', ingestStore, isQuick)),
    ];
  },
};

async function measure(name: string, start: () => Promise<Engine>, isQuick: boolean): Promise<Figure[]> {
  const { held, create, feed, stop } = await start();
  const source = create();
  try {
    const rounds = isQuick ? 5 : 30;
    // The first read of a source asks for what seldom changes as well, as one a minute does.
    const whole: Took[] = [];
    const usual: Took[] = [];
    // Some not counted, so that what is measured is compiled code, as in a process that runs for days.
    for (let round = -5; round < rounds; round += 1) {
      await feed?.();
      const fresh = create();
      const first = await read(fresh);
      await fresh.close?.();
      const next = await read(source);
      if (round < 0) continue;
      whole.push(first);
      usual.push(next);
    }
    const figure = (what: string, took: readonly Took[]): Figure => {
      const times = took.map(({ ms }) => ms);
      const cpu = median(took.map(({ cpuMs }) => cpuMs));
      const p50 = median(times);
      return {
        what: `${name}: ${what} of ${SERVERS} servers, p50`,
        figure: milliseconds(p50),
        goal: `< ${GOAL_MS} ms`,
        isMet: p50 < GOAL_MS,
        detail:
          `fastest ${milliseconds(Math.min(...times))}, p95 ${milliseconds(quantile(times, 0.95))}, of ${rounds}; ` +
          `CPU of this process ${milliseconds(cpu)}; ${held}`,
      };
    };
    const hasRare = name !== 'ingest';
    return [
      figure('a refresh', usual),
      ...(hasRare ? [figure('the refresh of each minute, which asks for cores and speeds too,', whole)] : []),
    ];
  } finally {
    await source.close?.();
    await stop();
  }
}

function milliseconds(value: number): string {
  return `${value.toFixed(value < 10 ? 1 : 0)} ms`;
}

/** One read; throws unless it knows every server. */
async function read(source: SampleSource): Promise<Took> {
  const keys = Array.from({ length: SERVERS }, (_, i) => ({ serverId: `bbb${i}`, host: `none${i}` }));
  const cpuBefore = process.cpuUsage();
  const startedAt = performance.now();
  const { samples, faults = [] } = await source.read(keys, AbortSignal.timeout(60_000));
  const ms = performance.now() - startedAt;
  const { user, system } = process.cpuUsage(cpuBefore);
  const known = [...samples.values()].filter(
    ({ cpu, memory, networkBytesPerSecond: network, cpuCount }) =>
      ![cpu, memory, network, cpuCount].includes(undefined),
  ).length;
  if (known === SERVERS) return { ms, cpuMs: (user + system) / 1000 };
  const one = JSON.stringify(samples.get('bbb0') ?? 'nothing of bbb0');
  throw new Error(
    `${source.name} knows ${known} of ${SERVERS} servers at ${Date.now()}; ${one}; ${faults[0]?.message ?? 'no fault'}`,
  );
}

async function influxdb2(hours: number): Promise<Engine> {
  const engine = await startInfluxdb2();
  const filled = await fill(hours, engine);
  const { url, token, org, bucket } = engine;
  const create = (): SampleSource => new InfluxdbSource({ url, token, org, bucket, ...TIMES });
  return { held: inEngine(hours), create, feed: () => filled.feed(), stop: () => engine.stop() };
}

async function influxdb1(hours: number): Promise<Engine> {
  const engine = await startInfluxdb1();
  const filled = await fill(hours, engine);
  const { url, database } = engine;
  const create = (): SampleSource =>
    new InfluxqlSource({ url, database, username: undefined, password: undefined, ...TIMES });
  return { held: inEngine(hours), create, feed: () => filled.feed(), stop: () => engine.stop() };
}

async function prometheus(hours: number): Promise<Engine> {
  // Nothing scrapes here: the samples go on into the future, of which an instant query sees nothing.
  const aheadMs = 600_000;
  const history = exporterHistory(SERVERS, Date.now() + aheadMs, hours * HOUR_MS + aheadMs);
  const engine = await startPrometheus({ history });
  const create = (): SampleSource => new PrometheusSource({ ...TIMES, url: engine.url, token: undefined });
  return { held: inEngine(hours), create, stop: () => engine.stop() };
}

function inEngine(hours: number): string {
  return `${hours} h of samples in the engine`;
}

/** The embedded ingest with what it keeps: two minutes. */
async function ingestStore(): Promise<Engine> {
  const store = new IngestStore({ ...TIMES });
  const reader = new LineProtocolReader({
    wants: store.wants,
    onPoint: (point) => {
      store.write(point);
    },
    onFault: ({ message }) => {
      throw new Error(message);
    },
  });
  const spanMs = 120_000;
  reader.push(Buffer.from(telegrafHistory(SERVERS, Date.now() - spanMs, Date.now())));
  reader.end();
  return { held: 'two minutes of samples in memory', create: () => store, stop: () => Promise.resolve() };
}

/** Writes up to now; `feed` goes on from there. Stops the engine when that fails. */
async function fill(
  hours: number,
  engine: { write(lines: string): Promise<void>; stop(): Promise<void> },
): Promise<{ feed(): Promise<void> }> {
  let from = Date.now() - hours * HOUR_MS;
  const feed = async (): Promise<void> => {
    while (from < Date.now() - 10_000) {
      const to = Math.min(from + 120_000, Date.now());
      await engine.write(telegrafHistory(SERVERS, from, to));
      from += Math.ceil((to - from) / 10_000) * 10_000;
    }
  };
  try {
    await feed();
  } catch (error) {
    await engine.stop();
    throw error;
  }
  return { feed };
}
