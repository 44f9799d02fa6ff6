import type { Dashboard } from '@grafana/schema';
import {
  askAnnotation,
  askTarget,
  type PrometheusAnswer,
  type QueryContext,
} from '../../../test/engines/rig/grafana-ask.js';
import {
  interpolate,
  type DashboardAnnotation,
  type DashboardPanel,
  type Target,
} from '../../../test/engines/rig/grafana-dashboard.js';
import { fluxFrames } from './flux-frames.js';
import { bucketFrame, seriesFrames, tableFrame } from './prometheus-frames.js';
import type { PanelAnswer, Scene, SceneVariable, WireAnnotation, WireFrame } from './wire.js';

/** Where the data is, and for which time it is wanted. */
export type DataSources = Omit<QueryContext, 'variables'>;

/** What of a query says how its answer is shown. */
interface ShownTarget extends Target {
  readonly format?: string;
  readonly legendFormat?: string;
}

type Asking = DashboardPanel & { readonly targets: readonly ShownTarget[] };

/** Runs every query of a dashboard as Grafana would; one that fails is told in its panel. `chosen`: values of variables. */
export async function askDashboard(
  dashboard: Dashboard,
  sources: DataSources,
  chosen: Readonly<Record<string, string>>,
): Promise<Scene> {
  const variables = variablesOf(dashboard, chosen);
  const values = Object.fromEntries(variables.map(({ name, value }) => [name, value]));
  const context = { ...sources, variables: values };
  const answers: Record<number, PanelAnswer> = {};
  for (const panel of (dashboard.panels ?? []) as unknown as Partial<Asking>[]) {
    if (panel.targets !== undefined) answers[panel.id ?? 0] = await askPanel(panel as Asking, context);
  }
  const annotations: WireAnnotation[] = [];
  for (const annotation of dashboard.annotations?.list ?? []) {
    const asked = annotation as unknown as DashboardAnnotation;
    if (asked.expr === undefined && asked.target === undefined) continue;
    annotations.push(...regions(await askAnnotation(asked, context), annotation.iconColor));
  }
  return { dashboard, answers, annotations, variables, fromMs: sources.from, toMs: sources.to };
}

function variablesOf({ templating }: Dashboard, chosen: Readonly<Record<string, string>>): SceneVariable[] {
  return (templating?.list ?? []).map(({ name, label, current, allValue }) => {
    const given = chosen[name];
    const isAll = given === undefined && String(current?.value) === '$__all';
    const value = given ?? (isAll ? (allValue ?? '.*') : String(current?.value ?? ''));
    return { name, label: label ?? name, value, text: isAll ? 'All' : value };
  });
}

async function askPanel(panel: Asking, context: QueryContext): Promise<PanelAnswer> {
  const frames: WireFrame[] = [];
  let error: string | undefined;
  for (const target of panel.targets) {
    try {
      frames.push(...(await framesOf(panel, target, context)));
    } catch (fault) {
      error ??= fault instanceof Error ? fault.message : String(fault);
    }
  }
  return { frames, ...(error === undefined ? {} : { error }) };
}

async function framesOf(panel: Asking, target: ShownTarget, context: QueryContext): Promise<WireFrame[]> {
  const { refId, expr = '', instant = false, format = 'time_series', legendFormat = '__auto' } = target;
  const answer = await askTarget(panel, target, context);
  if ('csv' in answer) return fluxFrames(answer.csv, refId);
  const { series, stepMs } = answer;
  const legend = interpolate(legendFormat, context.variables);
  const reading = { refId, expr, legendFormat: legend, ...(instant ? {} : { stepMs }) };
  switch (format) {
    case 'time_series':
      return seriesFrames(series, reading);
    case 'table':
      return [tableFrame(series, refId, panel.targets.length === 1)];
    case 'heatmap':
      return [bucketFrame(series, reading)];
    default:
      throw new Error(`answers in the format ${format} cannot be shown`);
  }
}

/** Values of one series that follow each other at the step are one region, as Grafana has it. */
function regions({ series, stepMs }: PrometheusAnswer, color: string): WireAnnotation[] {
  return series.flatMap(({ values = [] }) => {
    const found: { color: string; timeMs: number; endMs: number }[] = [];
    for (const [seconds] of values.filter(([, value]) => Number(value) > 0)) {
      const timeMs = seconds * 1_000;
      const last = found.at(-1);
      if (last !== undefined && timeMs - last.endMs <= stepMs) last.endMs = timeMs;
      else found.push({ color, timeMs, endMs: timeMs });
    }
    return found;
  });
}
