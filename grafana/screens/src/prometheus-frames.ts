import type { PrometheusSeries } from '../../../test/engines/rig/grafana-ask.js';
import type { WireField, WireFrame } from './wire.js';

/** What of the query decides how its answer is read. */
export interface PrometheusReading {
  readonly refId: string;
  readonly expr: string;
  readonly legendFormat: string;
  /** How far apart samples of a range are; undefined at an instant. */
  readonly stepMs?: number;
}

/** A frame a series, named by the query's legend, as Grafana's Prometheus data source makes them. */
export function seriesFrames(series: readonly PrometheusSeries[], reading: PrometheusReading): WireFrame[] {
  return series.map((one) => {
    const samples = samplesOf(one);
    const interval = reading.stepMs === undefined ? {} : { interval: reading.stepMs };
    return {
      refId: reading.refId,
      fields: [
        { name: 'Time', type: 'time', values: samples.map(([at]) => at), config: interval },
        {
          name: 'Value',
          type: 'number',
          labels: one.metric,
          values: samples.map(([, value]) => value),
          config: legend(one.metric, reading),
        },
      ],
    };
  });
}

/** All series of an instant as one table: a column a label, the value's named after the query when there are several. */
export function tableFrame(series: readonly PrometheusSeries[], refId: string, isOnly: boolean): WireFrame {
  const names = [...new Set(series.flatMap(({ metric }) => Object.keys(metric)))].sort();
  const rows = series.flatMap((one) =>
    samplesOf(one).map(([at, value]) => ({ metric: one.metric, at, value })),
  );
  const labels = names.map((name): WireField => ({
    name,
    type: 'string',
    values: rows.map(({ metric }) => metric[name] ?? null),
  }));
  return {
    refId,
    fields: [
      { name: 'Time', type: 'time', values: rows.map(({ at }) => at) },
      ...labels,
      { name: isOnly ? 'Value' : `Value #${refId}`, type: 'number', values: rows.map(({ value }) => value) },
    ],
  };
}

/** A histogram's buckets as one table: a column a bucket, lowest first, each without what the lower ones hold. */
export function bucketFrame(series: readonly PrometheusSeries[], reading: PrometheusReading): WireFrame {
  const buckets = series
    .map((one) => ({
      le: Number(one.metric.le?.replace('+Inf', 'Infinity')),
      samples: new Map(samplesOf(one)),
    }))
    .sort((a, b) => a.le - b.le);
  const times = [...new Set(buckets.flatMap(({ samples }) => [...samples.keys()]))].sort((a, b) => a - b);
  const fields = buckets.map(({ le, samples }, index): WireField => {
    const lower = buckets[index - 1]?.samples;
    const values = times.map((at) => {
      const all = samples.get(at);
      return all === undefined || all === null ? null : Math.max(0, all - (lower?.get(at) ?? 0));
    });
    return { name: le === Infinity ? '+Inf' : String(le), type: 'number', values, config: { bucket: le } };
  });
  const interval = reading.stepMs === undefined ? {} : { interval: reading.stepMs };
  return {
    refId: reading.refId,
    fields: [{ name: 'Time', type: 'time', values: times, config: interval }, ...fields],
  };
}

/** Milliseconds and a number each; null for what JSON cannot say (a quotient without traffic). */
function samplesOf({ values, value }: PrometheusSeries): [number, number | null][] {
  return (values ?? (value === undefined ? [] : [value])).map(([seconds, text]) => {
    const number = Number(text.replace('Inf', 'Infinity'));
    return [seconds * 1_000, Number.isFinite(number) ? number : null];
  });
}

function legend(
  metric: Readonly<Record<string, string>>,
  { legendFormat, expr }: PrometheusReading,
): Readonly<Record<string, string>> {
  const labels = Object.entries(metric).filter(([name]) => name !== '__name__');
  if (legendFormat === '__auto' && labels.length === 0) return { displayNameFromDS: expr };
  if (legendFormat === '__auto' || legendFormat === '') return {};
  const name = legendFormat.replace(/\{\{\s*(\w+)\s*\}\}/g, (_, label: string) => metric[label] ?? '');
  return { displayNameFromDS: name };
}
