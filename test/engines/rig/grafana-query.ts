import { engineRequest } from './engine-request.js';
import {
  interpolate,
  type DashboardAnnotation,
  type DashboardPanel,
  type Target,
} from './grafana-dashboard.js';
import { stepsOf, writeInterval } from './grafana-interval.js';
import type { Influxdb2 } from './influxdb2.js';

/** A browser window of 1280 px leaves about this much to 24 columns. */
const DASHBOARD_PX = 1_200;
/** As Grafana asks for annotations. */
const ANNOTATION_POINTS = 100;

/** What queries are asked of, for which time, and what the dashboard's variables stand for. */
export interface QueryContext {
  readonly prometheusUrl: string;
  readonly influxdb: Influxdb2;
  readonly from: number;
  readonly to: number;
  readonly scrapeMs: number;
  readonly variables: Readonly<Record<string, string>>;
}

/** What came back: series that have at least one value, and the values, NaN left out. */
export interface QueryAnswer {
  readonly series: number;
  readonly values: readonly number[];
}

/** Asks one query of a panel just as Grafana would. Throws with the engine's words when it does not understand it. */
export async function runTarget(
  panel: DashboardPanel,
  target: Target,
  context: QueryContext,
): Promise<QueryAnswer> {
  const maxDataPoints = panel.maxDataPoints ?? Math.floor((DASHBOARD_PX * panel.gridPos.w) / 24);
  const minInterval = target.interval ?? panel.interval;
  if (target.datasource.type === 'influxdb') {
    return runFlux(target.query ?? '', { context, maxDataPoints, minInterval });
  }
  const { expr = '', instant = false } = target;
  return runPromql(expr, { context, maxDataPoints, minInterval, instant });
}

/** Asks for what an annotation marks. */
export async function runAnnotation(
  annotation: DashboardAnnotation,
  context: QueryContext,
): Promise<QueryAnswer> {
  const expr = annotation.expr ?? annotation.target?.expr ?? '';
  return runPromql(expr, {
    context,
    maxDataPoints: ANNOTATION_POINTS,
    minInterval: annotation.step,
    instant: false,
  });
}

/** The values that a query variable offers. */
export async function runLabelValues(query: string, context: QueryContext): Promise<readonly string[]> {
  const [, selector = '', label = ''] =
    /^label_values\((.+),\s*(\w+)\)$/.exec(interpolate(query, context.variables)) ?? [];
  const search = new URLSearchParams({
    'match[]': selector,
    start: String(context.from / 1_000),
    end: String(context.to / 1_000),
  });
  const url = `${context.prometheusUrl}/api/v1/label/${label}/values?${search.toString()}`;
  return (JSON.parse(await engineRequest({ url })) as { readonly data: readonly string[] }).data;
}

interface Asked {
  readonly context: QueryContext;
  readonly maxDataPoints: number;
  readonly minInterval?: string | undefined;
}

async function runPromql(expr: string, asked: Asked & { readonly instant: boolean }): Promise<QueryAnswer> {
  const { context, maxDataPoints, minInterval, instant } = asked;
  const { from, to, scrapeMs } = context;
  const steps = stepsOf({ from, to, maxDataPoints, scrapeMs, minInterval });
  const query = interpolate(expr, {
    ...context.variables,
    __interval: writeInterval(steps.stepMs),
    __rate_interval: writeInterval(steps.rateIntervalMs),
    __range: `${Math.round((to - from) / 1_000)}s`,
  });
  const search = instant
    ? new URLSearchParams({ query, time: String(to / 1_000) })
    : new URLSearchParams({
        query,
        start: String(steps.start / 1_000),
        end: String(steps.end / 1_000),
        step: String(steps.stepMs / 1_000),
      });
  const url = `${context.prometheusUrl}/api/v1/${instant ? 'query' : 'query_range'}?${search.toString()}`;
  const { data } = JSON.parse(await engineRequest({ url })) as PrometheusAnswer;
  const found = data.result.map(({ value, values = [] }) =>
    (value === undefined ? values : [value]).map(([, text]) => Number(text)).filter((n) => !Number.isNaN(n)),
  );
  return { series: found.filter((values) => values.length > 0).length, values: found.flat() };
}

interface PrometheusAnswer {
  readonly data: {
    readonly result: readonly {
      readonly value?: readonly [number, string];
      readonly values?: readonly (readonly [number, string])[];
    }[];
  };
}

async function runFlux(query: string, { context, maxDataPoints, minInterval }: Asked): Promise<QueryAnswer> {
  const { from, to, scrapeMs, influxdb } = context;
  const { stepMs } = stepsOf({ from, to, maxDataPoints, scrapeMs, minInterval });
  const flux = interpolate(query, context.variables)
    .replaceAll('v.timeRangeStart', new Date(from).toISOString())
    .replaceAll('v.timeRangeStop', new Date(to).toISOString())
    .replaceAll('v.windowPeriod', `${stepMs}ms`)
    .replaceAll('v.defaultBucket', JSON.stringify(influxdb.bucket));
  const { errors } = JSON.parse(
    await influxdb.call('POST', '/api/v2/query/analyze', { query: flux, type: 'flux' }),
  ) as { readonly errors: readonly unknown[] | null };
  if (errors !== null && errors.length > 0) throw new Error(`Flux: ${JSON.stringify(errors)}\n${flux}`);
  return readFlux(await influxdb.query(flux));
}

/** Annotated CSV: the columns of numbers are the lines. */
function readFlux(csv: string): QueryAnswer {
  const columns = new Map<string, number[]>();
  for (const table of csv.split(/\r?\n\r?\n/)) {
    const lines = table.trim().split(/\r?\n/);
    const types = lines.find((line) => line.startsWith('#datatype'))?.split(',') ?? [];
    const [names = [], ...rows] = lines
      .filter((line) => !line.startsWith('#'))
      .map((line) => line.split(','));
    for (const row of rows) {
      row.forEach((text, index) => {
        if (types[index] !== 'double' && types[index] !== 'long') return;
        const name = names[index] ?? '';
        if (name === 'table' || text === '') return;
        columns.set(name, [...(columns.get(name) ?? []), Number(text)]);
      });
    }
  }
  return { series: columns.size, values: [...columns.values()].flat() };
}
