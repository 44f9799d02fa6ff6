import { type DataFrame, type DisplayValue, type Field, FieldType, getFieldDisplayName } from '@grafana/data';
import { AxisPlacement, ScaleDirection, ScaleOrientation } from '@grafana/schema';
import { UPlotChart, UPlotConfigBuilder } from '@grafana/ui';
import { useMemo } from 'react';
import type uPlot from 'uplot';
import type { AlignedData } from 'uplot';
import { type PanelKind, type PanelProps, TIME_ZONE } from '../panel-kind.js';

/** A state that holds for a while. */
interface Span {
  readonly fromMs: number;
  toMs: number;
  readonly value: unknown;
  readonly display: DisplayValue;
}

interface Lane {
  readonly name: string;
  readonly spans: readonly Span[];
}

const TEXT_PX = 12;
/** A sample stands for this many intervals at most: longer is a gap. */
const GAP_INTERVALS = 1.5;

/**
 * States over time. Grafana's own component is not in @grafana/ui, so this one is ours, on its axes and scales: texts and
 * colours are those of @grafana/data.
 */
export const stateTimelinePanel: PanelKind = {
  custom: 'fillOpacity hideFrom lineWidth spanNulls insertNulls axisPlacement'.split(' '),
  customDefaults: { fillOpacity: 70 },
  draw: (props) => <StateTimelinePanel {...props} />,
};

function StateTimelinePanel({ frames, width, height, options, timeRange, theme }: PanelProps) {
  const { config, data } = useMemo(() => {
    const lanes = frames.flatMap((frame) => lanesOf(frame, frames));
    const builder = new UPlotConfigBuilder(TIME_ZONE);
    builder.addScale({
      scaleKey: 'x',
      isTime: true,
      orientation: ScaleOrientation.Horizontal,
      direction: ScaleDirection.Right,
      range: () => [timeRange.from.valueOf(), timeRange.to.valueOf()],
    });
    builder.addScale({
      scaleKey: 'y',
      orientation: ScaleOrientation.Vertical,
      direction: ScaleDirection.Down,
      range: () => [0, lanes.length],
    });
    builder.addAxis({
      scaleKey: 'x',
      isTime: true,
      placement: AxisPlacement.Bottom,
      timeZone: TIME_ZONE,
      theme,
    });
    builder.addAxis({
      scaleKey: 'y',
      placement: AxisPlacement.Left,
      theme,
      grid: { show: false },
      splits: lanes.map((_, index) => index + 0.5),
      values: lanes.map(({ name }) => name),
    });
    const rowHeight = Number(options.rowHeight ?? 0.9);
    builder.addHook('draw', (plot) => {
      plot.ctx.save();
      plot.ctx.font = `500 ${String(TEXT_PX)}px ${theme.typography.fontFamily}`;
      plot.ctx.textBaseline = 'middle';
      plot.ctx.textAlign = 'left';
      lanes.forEach(({ spans }, index) => {
        for (const span of spans) drawSpan(plot, span, index, rowHeight);
      });
      plot.ctx.restore();
    });
    builder.setPrepData(() => [[]]);
    const times = [timeRange.from.valueOf(), timeRange.to.valueOf()];
    return { config: builder, data: [times] satisfies AlignedData };
  }, [frames, options, theme, timeRange]);
  return <UPlotChart config={config} data={data} width={width} height={height} />;
}

function lanesOf(frame: DataFrame, all: DataFrame[]): Lane[] {
  const time = frame.fields.find(({ type }) => type === FieldType.time) as Field<number> | undefined;
  if (time === undefined) return [];
  return frame.fields
    .filter((field) => field !== time)
    .map((field) => ({ name: getFieldDisplayName(field, frame, all), spans: spansOf(time, field) }));
}

function spansOf(time: Field<number>, field: Field): Span[] {
  const spans: Span[] = [];
  const intervalMs = time.config.interval ?? 0;
  time.values.forEach((at, index) => {
    const value: unknown = field.values[index];
    if (value === null || value === undefined) return;
    const last = spans.at(-1);
    const isNear = last !== undefined && at - last.toMs <= GAP_INTERVALS * intervalMs;
    if (isNear) last.toMs = at;
    if (isNear && last.value === value) return;
    if (field.display === undefined) throw new Error('a field is drawn before its overrides are applied');
    spans.push({ fromMs: at, toMs: at, value, display: field.display(value) });
  });
  return spans;
}

function drawSpan(plot: uPlot, { fromMs, toMs, display }: Span, lane: number, rowHeight: number): void {
  const { ctx } = plot;
  const left = plot.valToPos(fromMs, 'x', true);
  const width = Math.max(1, plot.valToPos(toMs, 'x', true) - left);
  const middle = plot.valToPos(lane + 0.5, 'y', true);
  const height = Math.abs(plot.valToPos(lane + 1, 'y', true) - plot.valToPos(lane, 'y', true)) * rowHeight;
  ctx.globalAlpha = 0.7;
  ctx.fillStyle = display.color ?? '#808080';
  ctx.fillRect(left, middle - height / 2, width, height);
  ctx.globalAlpha = 1;
  ctx.fillStyle = '#ffffff';
  if (ctx.measureText(display.text).width + TEXT_PX < width)
    ctx.fillText(display.text, left + TEXT_PX / 2, middle);
}
