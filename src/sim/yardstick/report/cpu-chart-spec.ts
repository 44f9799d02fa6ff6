import type { Spec, Title } from 'vega';
import type { DayResult } from '../day-result.js';

/** What a chart says beside its lines. */
export interface CpuChartText {
  readonly title: string;
  /** Time of the first CPU value less one step, ms of the day. */
  readonly from: number;
  /** Heading of a panel; default: the rule with its share of attendee-minutes above 80 %. */
  readonly heading?: (result: DayResult) => string;
}

/** A line of more points than this shows no more on paper, and makes files of many MB. */
const MOST_POINTS = 180;
const MINUTES_MS = 60_000;
const HOUR_MS = 3_600_000;
const OVERLOADED = 0.8;
// Of the palette of Okabe and Ito, which people with any colour vision tell apart; the limit is dashed as well.
const SERVER_BLUE = '#56B4E9';
const MEAN_BLACK = '#000000';
const LIMIT_VERMILLION = '#D55E00';
const KINDS = { server: 'a server', mean: 'mean of the servers', limit: '80 %' } as const;

interface Point {
  readonly rule: string;
  readonly server: string;
  readonly at: number;
  readonly cpu: number;
}

/** A Vega specification: a panel a rule, each with a thin line a server, the mean and the line of 80 %. */
export function cpuChartSpec(
  results: readonly DayResult[],
  { title, from, heading = headingOf }: CpuChartText,
): Spec {
  const headings = new Map(results.map((result) => [result.rule, heading(result)]));
  const points = results.flatMap((result) => pointsOf(result, from));
  const until = points.reduce((latest, { at }) => Math.max(latest, at), from);
  const columns = results.length > 1 ? 2 : 1;
  return {
    $schema: 'https://vega.github.io/schema/vega/v6.json',
    background: 'white',
    padding: 12,
    title: titleOf({ text: title, anchor: 'start', fontSize: 15, offset: 12 }),
    config: {
      axis: {
        labelColor: '#444',
        titleColor: '#444',
        gridColor: '#e8e8e8',
        domainColor: '#999',
        tickColor: '#999',
      },
    },
    layout: { columns, padding: { row: 50, column: 62 }, bounds: 'flush', align: 'each' },
    data: [
      { name: 'cpu', values: points.map((point) => ({ ...point, heading: headings.get(point.rule) })) },
      {
        name: 'mean',
        source: 'cpu',
        transform: [
          { type: 'aggregate', groupby: ['heading', 'at'], fields: ['cpu'], ops: ['mean'], as: ['cpu'] },
        ],
      },
    ],
    scales: [
      {
        name: 'kind',
        type: 'ordinal',
        domain: Object.values(KINDS),
        range: [SERVER_BLUE, MEAN_BLACK, LIMIT_VERMILLION],
      },
    ],
    legends: [
      {
        stroke: 'kind',
        symbolType: 'stroke',
        orient: 'top',
        direction: 'horizontal',
        symbolStrokeWidth: 2.5,
        offset: 4,
        labelFontSize: 11,
        labelLimit: 400,
      },
    ],
    marks: [panel({ from, until, width: columns === 1 ? 760 : 420 })],
  };
}

function panel({
  from,
  until,
  width,
}: {
  from: number;
  until: number;
  width: number;
}): NonNullable<Spec['marks']>[number] {
  const height = 130;
  const everyHours = Math.max(1, Math.ceil((until - from) / HOUR_MS / (width / 55)));
  return {
    type: 'group',
    from: { facet: { name: 'panel', data: 'cpu', groupby: 'heading' } },
    title: titleOf({
      text: { signal: 'parent.heading' },
      anchor: 'start',
      fontSize: 11,
      fontWeight: 'normal',
      offset: 4,
    }),
    encode: { update: { width: { value: width }, height: { value: height } } },
    data: [
      {
        name: 'panelMean',
        source: 'mean',
        transform: [{ type: 'filter', expr: 'datum.heading === parent.heading' }],
      },
    ],
    signals: [
      { name: 'width', update: String(width) },
      { name: 'height', update: String(height) },
    ],
    scales: [
      { name: 'x', type: 'linear', domain: [from, until], range: 'width', zero: false, nice: false },
      { name: 'y', type: 'linear', domain: [0, 1], range: 'height' },
    ],
    axes: [
      {
        orient: 'bottom',
        scale: 'x',
        values: hoursBetween(from, until, everyHours),
        encode: { labels: { update: { text: { signal: clockLabel } } } },
      },
      {
        orient: 'left',
        scale: 'y',
        values: [0, 0.2, 0.4, 0.6, 0.8, 1],
        format: '.0%',
        grid: true,
        title: 'CPU',
      },
    ],
    marks: [
      {
        type: 'group',
        from: { facet: { name: 'series', data: 'panel', groupby: 'server' } },
        marks: [line('series', SERVER_BLUE, 0.8, 0.55)],
      },
      {
        type: 'rule',
        encode: {
          enter: {
            x: { value: 0 },
            x2: { value: width },
            y: { scale: 'y', value: OVERLOADED },
            stroke: { value: LIMIT_VERMILLION },
            strokeWidth: { value: 1.4 },
            strokeDash: { value: [5, 3] },
          },
        },
      },
      line('panelMean', MEAN_BLACK, 1.8, 1),
    ],
  };
}

/** A value of this type, not of `string | Title`, whose `anchor` the linter takes for that of String. */
function titleOf(title: Title): Title {
  return title;
}

/** Hour and minute of an axis value; a day of more than 24 h begins anew at midnight. */
const clockLabel = `format(floor(datum.value / ${HOUR_MS}) % 24, '02d') + ':' + format(floor(datum.value / ${MINUTES_MS}) % 60, '02d')`;

function line(
  data: string,
  colour: string,
  strokeWidth: number,
  opacity: number,
): NonNullable<Spec['marks']>[number] {
  return {
    type: 'line',
    from: { data },
    encode: {
      enter: {
        x: { scale: 'x', field: 'at' },
        y: { scale: 'y', field: 'cpu' },
        stroke: { value: colour },
        strokeWidth: { value: strokeWidth },
        strokeOpacity: { value: opacity },
        strokeJoin: { value: 'round' },
      },
    },
  };
}

function hoursBetween(from: number, until: number, everyHours: number): number[] {
  const everyMs = until - from < 2 * HOUR_MS ? HOUR_MS / 4 : everyHours * HOUR_MS;
  const values: number[] = [];
  for (let at = Math.ceil(from / everyMs) * everyMs; at <= until; at += everyMs) values.push(at);
  return values;
}

/** The highest of each few minutes: a peak must not fall between two points. */
function pointsOf({ rule, cpu, cpuEveryMs }: DayResult, from: number): Point[] {
  const points: Point[] = [];
  for (const [server, values] of cpu) {
    const step = Math.max(1, Math.ceil(values.length / MOST_POINTS));
    for (let start = 0; start < values.length; start += step) {
      const highest = Math.max(...values.slice(start, start + step));
      points.push({
        rule,
        server,
        at: from + (start + 1) * cpuEveryMs,
        cpu: Math.round(highest * 1_000) / 1_000,
      });
    }
  }
  return points;
}

function headingOf({ rule, attendeeMinutes, attendeeMinutesAbove80 }: DayResult): string {
  const share = attendeeMinutes > 0 ? (100 * attendeeMinutesAbove80) / attendeeMinutes : 0;
  // Short: without a canvas Vega guesses the width of a text, generously, and would leave a margin for it.
  return `${rule}: ${share.toFixed(1)} % of attendee-minutes above 80 %`;
}
