import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { expect } from 'chai';
import { BallastProcess } from '../support/ballast-process.js';
import { EMPTY_QUERIES } from './panels-empty.js';
import { type DashboardFile, readDashboards } from './rig/grafana-dashboard.js';
import {
  type QueryAnswer,
  type QueryContext,
  runAnnotation,
  runLabelValues,
  runTarget,
} from './rig/grafana-query.js';
import { type Influxdb2, startInfluxdb2 } from './rig/influxdb2.js';
import { pollUntil } from './rig/poll-until.js';
import { type Prometheus, startPrometheus } from './rig/prometheus.js';
import { RestlessFrontEnd } from './rig/restless-front-end.js';

const ROOT = fileURLToPath(new URL('../..', import.meta.url));
/** The third server dies before the third burst of creates, 45 s from the start, and returns at 60 % of the time. */
const DEMO_SECONDS = 175;
const DYING = 'demo-bbb3';
const RANGE_MS = 15 * 60_000;
const SCRAPE_MS = 1_000;
/** All replicas, servers and tenants; the server that dies; the shortest average that is offered. */
const VARIABLES = { cluster: '.*', instance: '.*', tenant: '.*', interval: '1m' };
const AT_ONCE = 8;

/** What the queries of all dashboards answered at one moment. */
type Answers = ReadonlyMap<string, QueryAnswer>;

describe('the dashboards on a running demo', function () {
  this.timeout(120_000);
  const dashboards = readDashboards(join(ROOT, 'grafana/dashboards'));
  let folder: string;
  let influxdb: Influxdb2;
  const stops: (() => Promise<unknown>)[] = [];
  let prometheus: Prometheus;
  let healthy: Answers;
  let down: Answers;
  let back: Answers;
  let variables: ReadonlyMap<string, readonly string[]>;

  before(async function () {
    this.timeout(360_000);
    folder = mkdtempSync(join(tmpdir(), 'ballast-panels-'));
    influxdb = await startInfluxdb2();
    stops.push(() => influxdb.stop());
    const demo = startDemo(folder, influxdb);
    stops.push(() => demo.stop('SIGINT'));
    const metrics = await pollUntil(async () => /http:\/\/(\S+)\/metrics/.exec(demo.output)?.[1], {
      what: 'address of /metrics',
      timeoutMs: 30_000,
      context: () => demo.output,
    });
    prometheus = await startPrometheus({
      jobName: 'ballast',
      scrapeTargets: [{ address: metrics, labels: { cluster: 'demo' } }],
      scrapeIntervalMs: SCRAPE_MS,
      ruleFiles: ['recording.rules.yml', 'alerts.yml'].map((name) => join(ROOT, 'prometheus', name)),
    });
    stops.push(() => prometheus.stop());
    const seconds = (count: number): string => `sum(count_over_time(ballast_build_info[5m])) > ${count}`;
    await truth(prometheus, `${seconds(8)} and on () sum(ballast_server_eligible) == 4`, 35_000);
    healthy = await askAll(dashboards, contextOf());
    const frontEnd = new RestlessFrontEnd(demo.output);
    stops.push(() => frontEnd.stop());
    await makeMistakes(frontEnd, prometheus);
    await truth(prometheus, 'ALERTS{alertname="BallastServerOffline",alertstate="firing"}', 110_000);
    down = await askAll(dashboards, contextOf());
    await frontEnd.stop();
    await truth(
      prometheus,
      `sum(ballast_server_health{state="online"}) == 4 and on () ${seconds(130)}`,
      110_000,
    );
    back = await askAll(dashboards, contextOf());
    variables = await askVariables(dashboards, contextOf());
  });
  after(async () => {
    for (const stop of stops.reverse()) await stop();
    rmSync(folder, { recursive: true, force: true });
  });

  function contextOf(): QueryContext {
    const to = Date.now();
    return {
      prometheusUrl: prometheus.url,
      influxdb,
      from: to - RANGE_MS,
      to,
      scrapeMs: SCRAPE_MS,
      variables: VARIABLES,
    };
  }

  it('shows data in every query that is not listed as empty', () => {
    const listed = new Set(EMPTY_QUERIES.map(({ query }) => query));
    const empty = [...back].filter(([name, { values }]) => !listed.has(name) && values.length === 0);
    expect(empty.map(([name]) => name)).to.deep.equal([]);
  });

  it('lists only queries that are there', () => {
    expect(EMPTY_QUERIES.map(({ query }) => query).filter((query) => !back.has(query))).to.deep.equal([]);
  });

  for (const { query, because, until } of EMPTY_QUERIES) {
    it(`${query} is empty while all is well: ${because}`, () => {
      expect(told(healthy.get(query)), 'before the fault').to.equal(false);
      if (until === 'chance') return;
      const later = told(down.get(query)) || told(back.get(query));
      expect(later, 'while the server was away, or afterwards').to.equal(until === 'fault');
    });
  }

  it('offers values for every variable', () => {
    const empty = [...variables].filter(([, values]) => values.length === 0).map(([name]) => name);
    expect(empty).to.deep.equal([]);
    expect(variables.get('ballast-server/server')).to.include(DYING).and.have.length(4);
  });
});

/** Whether an answer tells of anything: a row of zeros does not. */
function told(answer: QueryAnswer | undefined): boolean {
  return answer?.values.some((value) => value !== 0) ?? false;
}

function startDemo(cwd: string, { url, token, org, bucket }: Influxdb2): BallastProcess {
  return new BallastProcess({
    argv: ['demo', '--once', '--seconds', String(DEMO_SECONDS), '--influxdb'],
    cwd,
    env: { INFLUX_URL: url, INFLUX_TOKEN: token, INFLUX_ORG: org, INFLUX_BUCKET: bucket },
    isFromSource: true,
  });
}

/** A rate needs two rounds: the first failure only makes the series. */
async function makeMistakes(frontEnd: RestlessFrontEnd, prometheus: Prometheus): Promise<void> {
  for (const round of [1, 2]) {
    await frontEnd.makeMistakes(`at-once-${round}`);
    await truth(prometheus, `sum(ballast_api_requests_total{outcome!="success"}) >= ${2 * round}`, 10_000);
  }
}

/** Waits until a PromQL condition holds. */
async function truth(prometheus: Prometheus, promql: string, timeoutMs: number): Promise<void> {
  await pollUntil(
    async () => {
      const { data } = JSON.parse(await prometheus.query(promql)) as {
        readonly data: { readonly result: readonly unknown[] };
      };
      return data.result.length > 0 ? true : undefined;
    },
    { what: promql, timeoutMs },
  );
}

async function askAll(dashboards: readonly DashboardFile[], base: QueryContext): Promise<Answers> {
  const questions: (readonly [name: string, ask: () => Promise<QueryAnswer>])[] = [];
  for (const { uid, panels, annotations, variables } of dashboards) {
    // One server where the dashboard is about one, else all.
    const isMany = variables.some(({ name, allValue }) => name === 'server' && allValue !== undefined);
    const context = { ...base, variables: { ...base.variables, server: isMany ? '.*' : DYING } };
    for (const panel of panels) {
      for (const target of panel.targets) {
        questions.push([`${uid}/${panel.id}/${target.refId}`, () => runTarget(panel, target, context)]);
      }
    }
    for (const annotation of annotations) {
      questions.push([`${uid}/${annotation.name}`, () => runAnnotation(annotation, context)]);
    }
  }
  const answers = new Map<string, QueryAnswer>();
  const work = questions.values();
  const worker = async (): Promise<void> => {
    for (const [name, ask] of work) {
      try {
        answers.set(name, await ask());
      } catch (error) {
        throw new Error(`query ${name}`, { cause: error });
      }
    }
  };
  await Promise.all(Array.from({ length: AT_ONCE }, worker));
  return answers;
}

async function askVariables(
  dashboards: readonly DashboardFile[],
  context: QueryContext,
): Promise<ReadonlyMap<string, readonly string[]>> {
  const found = new Map<string, readonly string[]>();
  for (const { uid, variables } of dashboards) {
    for (const { name, type, query } of variables) {
      if (type !== 'query') continue;
      const text = typeof query === 'string' ? query : query.query;
      found.set(`${uid}/${name}`, await runLabelValues(text, context));
    }
  }
  return found;
}
