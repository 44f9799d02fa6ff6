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
  readonly influxdb: Pick<Influxdb2, 'bucket' | 'query' | 'call'>;
  readonly from: number;
  readonly to: number;
  readonly scrapeMs: number;
  readonly variables: Readonly<Record<string, string>>;
}

/** One series of Prometheus' answer: `values` over a range, `value` at an instant. */
export interface PrometheusSeries {
  readonly metric: Readonly<Record<string, string>>;
  readonly value?: PrometheusSample;
  readonly values?: readonly PrometheusSample[];
}

export type PrometheusSample = readonly [seconds: number, value: string];

/** What Prometheus answered, and the step it was asked for, ms. */
export interface PrometheusAnswer {
  readonly series: readonly PrometheusSeries[];
  readonly stepMs: number;
}

/** An answer as it came: series, or the annotated CSV of InfluxDB. */
export type TargetAnswer = PrometheusAnswer | { readonly csv: string };

/** Asks one query of a panel just as Grafana would. Throws with the engine's words when it does not understand it. */
export async function askTarget(
  panel: Pick<DashboardPanel, 'gridPos' | 'interval' | 'maxDataPoints'>,
  target: Target,
  context: QueryContext,
): Promise<TargetAnswer> {
  const maxDataPoints = panel.maxDataPoints ?? Math.floor((DASHBOARD_PX * panel.gridPos.w) / 24);
  const minInterval = target.interval ?? panel.interval;
  if (target.datasource.type === 'influxdb') {
    return { csv: await askFlux(target.query ?? '', { context, maxDataPoints, minInterval }) };
  }
  const { expr = '', instant = false } = target;
  return askPromql(expr, { context, maxDataPoints, minInterval, instant });
}

/** Asks for what an annotation marks. */
export async function askAnnotation(
  annotation: Pick<DashboardAnnotation, 'expr' | 'step' | 'target'>,
  context: QueryContext,
): Promise<PrometheusAnswer> {
  const expr = annotation.expr ?? annotation.target?.expr ?? '';
  return askPromql(expr, {
    context,
    maxDataPoints: ANNOTATION_POINTS,
    minInterval: annotation.step,
    instant: false,
  });
}

interface Asked {
  readonly context: QueryContext;
  readonly maxDataPoints: number;
  readonly minInterval?: string | undefined;
}

async function askPromql(
  expr: string,
  asked: Asked & { readonly instant: boolean },
): Promise<PrometheusAnswer> {
  const { context, maxDataPoints, minInterval, instant } = asked;
  const { from, to, scrapeMs } = context;
  const { stepMs, rateIntervalMs, start, end } = stepsOf({ from, to, maxDataPoints, scrapeMs, minInterval });
  const query = interpolate(expr, {
    ...context.variables,
    __interval: writeInterval(stepMs),
    __rate_interval: writeInterval(rateIntervalMs),
    __range: `${Math.round((to - from) / 1_000)}s`,
  });
  const search = instant
    ? new URLSearchParams({ query, time: String(to / 1_000) })
    : new URLSearchParams({
        query,
        start: String(start / 1_000),
        end: String(end / 1_000),
        step: String(stepMs / 1_000),
      });
  const url = `${context.prometheusUrl}/api/v1/${instant ? 'query' : 'query_range'}?${search.toString()}`;
  const { data } = JSON.parse(await engineRequest({ url })) as {
    readonly data: { readonly result: readonly PrometheusSeries[] };
  };
  return { series: data.result, stepMs };
}

async function askFlux(query: string, { context, maxDataPoints, minInterval }: Asked): Promise<string> {
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
  return influxdb.query(flux);
}
