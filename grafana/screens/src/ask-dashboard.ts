import type { AnnotationQuery, Dashboard } from '@grafana/schema';
import { engineRequest } from '../../../test/engines/rig/engine-request.js';
import { interpolate } from '../../../test/engines/rig/grafana-dashboard.js';
import { stepsOf, writeInterval } from '../../../test/engines/rig/grafana-interval.js';
import { fluxFrames } from './flux-frames.js';
import { bucketFrame, type PrometheusSeries, seriesFrames, tableFrame } from './prometheus-frames.js';
import type { PanelAnswer, Scene, WireAnnotation, WireFrame } from './wire.js';

/** Where the data is, and for which time it is wanted. */
export interface DataSources {
  readonly prometheusUrl: string;
  readonly influxdb: {
    readonly url: string;
    readonly token: string;
    readonly org: string;
    readonly bucket: string;
  };
  readonly scrapeMs: number;
  readonly fromMs: number;
  readonly toMs: number;
}

interface Target {
  readonly refId: string;
  readonly datasource: { readonly type: string };
  readonly expr?: string;
  readonly query?: string;
  readonly instant?: boolean;
  readonly interval?: string;
  readonly format?: string;
  readonly legendFormat?: string;
}

interface Asking {
  readonly sources: DataSources;
  readonly variables: Readonly<Record<string, string>>;
  readonly maxDataPoints: number;
  readonly minInterval?: string | undefined;
}

/** As wide as the plot of a panel over all 24 columns. */
const FULL_WIDTH_PX = 1_200;
const ANNOTATION_POINTS = 100;

/** Runs every query of a dashboard as Grafana would; a query that fails is told in its panel. */
export async function askDashboard(
  dashboard: Dashboard,
  sources: DataSources,
  chosen: Readonly<Record<string, string>>,
): Promise<Scene> {
  const list = dashboard.templating?.list ?? [];
  const variables = list.map(({ name, label, current, allValue }) => {
    const isAll = String(current?.value) === '$__all';
    const value = chosen[name] ?? (isAll ? (allValue ?? '.*') : String(current?.value ?? ''));
    return { name, label: label ?? name, value, text: isAll && chosen[name] === undefined ? 'All' : value };
  });
  const values = Object.fromEntries(variables.map(({ name, value }) => [name, value]));
  const answers: Record<number, PanelAnswer> = {};
  for (const panel of dashboard.panels ?? []) {
    if (!('targets' in panel) || panel.id === undefined) continue;
    const asking = {
      sources,
      variables: values,
      maxDataPoints: panel.maxDataPoints ?? Math.floor((FULL_WIDTH_PX * (panel.gridPos?.w ?? 24)) / 24),
      minInterval: panel.interval,
    };
    answers[panel.id] = await askPanel((panel.targets ?? []) as unknown as Target[], asking);
  }
  const annotations: WireAnnotation[] = [];
  for (const annotation of dashboard.annotations?.list ?? []) {
    annotations.push(...(await askAnnotation(annotation, { sources, variables: values })));
  }
  return {
    dashboard,
    answers,
    annotations,
    fromMs: sources.fromMs,
    toMs: sources.toMs,
    variables: variables.map(({ name, label, value, text }) => ({ name, label, value, text })),
  };
}

async function askPanel(targets: readonly Target[], asking: Asking): Promise<PanelAnswer> {
  const frames: WireFrame[] = [];
  let error: string | undefined;
  for (const target of targets) {
    try {
      frames.push(...(await askTarget(target, asking, targets.length === 1)));
    } catch (fault) {
      error ??= fault instanceof Error ? fault.message : String(fault);
    }
  }
  return { frames, ...(error === undefined ? {} : { error }) };
}

async function askTarget(target: Target, asking: Asking, isOnly: boolean): Promise<WireFrame[]> {
  const {
    refId,
    expr = '',
    query = '',
    instant = false,
    format = 'time_series',
    legendFormat = '__auto',
  } = target;
  const own = { ...asking, minInterval: target.interval ?? asking.minInterval };
  if (target.datasource.type === 'influxdb') return fluxFrames(await askFlux(query, own), refId);
  const { series, stepMs } = await askPromql(expr, { ...own, isInstant: instant });
  if (format === 'table') return [tableFrame(series, refId, isOnly)];
  const reading = {
    refId,
    expr,
    legendFormat: interpolate(legendFormat, asking.variables),
    ...(instant ? {} : { stepMs }),
  };
  if (format === 'heatmap') return [bucketFrame(series, reading)];
  return seriesFrames(series, reading);
}

async function askPromql(
  expr: string,
  { sources, variables, maxDataPoints, minInterval, isInstant }: Asking & { readonly isInstant: boolean },
): Promise<{ series: readonly PrometheusSeries[]; stepMs: number }> {
  const { fromMs: from, toMs: to, scrapeMs } = sources;
  const { stepMs, rateIntervalMs, start, end } = stepsOf({ from, to, maxDataPoints, scrapeMs, minInterval });
  const query = interpolate(expr, {
    ...variables,
    __interval: writeInterval(stepMs),
    __rate_interval: writeInterval(rateIntervalMs),
    __range: `${String(Math.round((to - from) / 1_000))}s`,
  });
  const range = { start: String(start / 1_000), end: String(end / 1_000), step: String(stepMs / 1_000) };
  const search = new URLSearchParams(isInstant ? { query, time: String(to / 1_000) } : { query, ...range });
  const path = isInstant ? 'query' : 'query_range';
  const text = await engineRequest({ url: `${sources.prometheusUrl}/api/v1/${path}?${search.toString()}` });
  const { data } = JSON.parse(text) as { data: { result: readonly PrometheusSeries[] } };
  return { series: data.result, stepMs };
}

async function askFlux(
  query: string,
  { sources, variables, maxDataPoints, minInterval }: Asking,
): Promise<string> {
  const { fromMs: from, toMs: to, scrapeMs, influxdb } = sources;
  const { stepMs } = stepsOf({ from, to, maxDataPoints, scrapeMs, minInterval });
  const flux = interpolate(query, variables)
    .replaceAll('v.timeRangeStart', new Date(from).toISOString())
    .replaceAll('v.timeRangeStop', new Date(to).toISOString())
    .replaceAll('v.windowPeriod', `${String(stepMs)}ms`)
    .replaceAll('v.defaultBucket', JSON.stringify(influxdb.bucket));
  const dialect = { header: true, annotations: ['datatype', 'group', 'default'] };
  return engineRequest({
    url: `${influxdb.url}/api/v2/query?${new URLSearchParams({ org: influxdb.org }).toString()}`,
    method: 'POST',
    headers: { authorization: `Token ${influxdb.token}`, 'content-type': 'application/json' },
    body: JSON.stringify({ query: flux, type: 'flux', dialect }),
  });
}

/** Values of one series that follow each other at the step are one region, as Grafana has it. */
async function askAnnotation(
  annotation: AnnotationQuery,
  asking: Pick<Asking, 'sources' | 'variables'>,
): Promise<WireAnnotation[]> {
  const { expr, step, iconColor } = annotation as AnnotationQuery & { expr?: string; step?: string };
  if (expr === undefined) return [];
  const asked = { ...asking, maxDataPoints: ANNOTATION_POINTS, minInterval: step, isInstant: false };
  const { series, stepMs } = await askPromql(expr, asked);
  return series.flatMap(({ values = [] }) => {
    const regions: { color: string; timeMs: number; endMs: number }[] = [];
    for (const [seconds] of values.filter(([, value]) => Number(value) > 0)) {
      const timeMs = seconds * 1_000;
      const last = regions.at(-1);
      if (last !== undefined && timeMs - last.endMs <= stepMs) last.endMs = timeMs;
      else regions.push({ color: iconColor, timeMs, endMs: timeMs });
    }
    return regions;
  });
}
