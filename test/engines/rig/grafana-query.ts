import { engineRequest } from './engine-request.js';
import {
  askAnnotation,
  askTarget,
  type PrometheusAnswer,
  type QueryContext,
  type TargetAnswer,
} from './grafana-ask.js';
import {
  interpolate,
  type DashboardAnnotation,
  type DashboardPanel,
  type Target,
} from './grafana-dashboard.js';

export type { QueryContext } from './grafana-ask.js';

/** What came back: series that have at least one value, and the values, NaN left out. */
export interface QueryAnswer {
  readonly series: number;
  readonly values: readonly number[];
}

/** Asks one query of a panel just as Grafana would, and counts what comes back. */
export async function runTarget(
  panel: DashboardPanel,
  target: Target,
  context: QueryContext,
): Promise<QueryAnswer> {
  return count(await askTarget(panel, target, context));
}

/** Asks for what an annotation marks, and counts it. */
export async function runAnnotation(
  annotation: DashboardAnnotation,
  context: QueryContext,
): Promise<QueryAnswer> {
  return count(await askAnnotation(annotation, context));
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

function count(answer: TargetAnswer): QueryAnswer {
  return 'csv' in answer ? countCsv(answer.csv) : countSeries(answer);
}

function countSeries({ series }: PrometheusAnswer): QueryAnswer {
  const found = series.map(({ value, values = [] }) =>
    (value === undefined ? values : [value]).map(([, text]) => Number(text)).filter((n) => !Number.isNaN(n)),
  );
  return { series: found.filter((values) => values.length > 0).length, values: found.flat() };
}

/** Annotated CSV: the columns of numbers are the lines. */
function countCsv(csv: string): QueryAnswer {
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
