import { FieldType, getValueFormat, formattedValueToString } from '@grafana/data';
import { AxisPlacement, ScaleDirection, ScaleOrientation } from '@grafana/schema';
import { UPlotChart, UPlotConfigBuilder } from '@grafana/ui';
import { useMemo } from 'react';
import type uPlot from 'uplot';
import { type PanelKind, type PanelProps, TIME_ZONE } from '../panel-kind.js';

/** Viridis (van der Walt and Smith, 2015), eight of its colours: even in brightness, told apart by all. */
const VIRIDIS = ['#440154', '#46327e', '#365c8d', '#277f8e', '#1fa187', '#4ac16d', '#a0da39', '#fde725'];

interface HeatmapOptions {
  readonly filterValues?: { readonly le?: number };
  readonly cellGap?: number;
  readonly yAxis?: { readonly unit?: string };
  readonly color?: { readonly scheme?: string };
}

/** A histogram's buckets over time. Grafana's own component is not in @grafana/ui: this one is ours, on its axes. */
export const heatmapPanel: PanelKind = {
  custom: ['hideFrom', 'scaleDistribution'],
  customDefaults: {},
  draw: (props) => <HeatmapPanel {...props} />,
};

function HeatmapPanel({ frames, width, height, options, timeRange, theme }: PanelProps) {
  const { config, data } = useMemo(() => {
    const { filterValues, cellGap = 1, yAxis, color } = options as HeatmapOptions;
    if (color?.scheme !== 'Viridis')
      throw new Error(`heatmaps in ${color?.scheme ?? 'no scheme'} cannot be drawn`);
    const [frame] = frames;
    const time = frame?.fields.find(({ type }) => type === FieldType.time);
    const buckets = frame?.fields.filter(({ type }) => type === FieldType.number) ?? [];
    if (time === undefined) throw new Error('a heatmap without time cannot be drawn');
    const format = getValueFormat(yAxis?.unit);
    const names = buckets.map(({ name }) =>
      name === '+Inf' ? name : formattedValueToString(format(Number(name))),
    );
    const all = buckets.flatMap(({ values }) => values as (number | null)[]);
    const most = Math.max(...all.map((value) => value ?? 0));
    const stepMs = time.config.interval ?? 0;
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
      direction: ScaleDirection.Up,
      range: () => [0, buckets.length],
    });
    builder.addAxis({
      scaleKey: 'x',
      isTime: true,
      placement: AxisPlacement.Bottom,
      timeZone: TIME_ZONE,
      theme,
    });
    // The edges of the buckets stand at their upper ends; every other one, where they would touch.
    const every = Math.ceil((buckets.length * 16) / height);
    const edges = names.map((_, index) => index).filter((index) => index % every === 0);
    builder.addAxis({
      scaleKey: 'y',
      placement: AxisPlacement.Left,
      theme,
      splits: edges.map((index) => index + 1),
      values: edges.map((index) => names[index] ?? ''),
    });
    builder.addHook('draw', (plot) => {
      plot.ctx.save();
      buckets.forEach(({ values }, bucket) => {
        values.forEach((value: number | null, index) => {
          if (value === null || value <= (filterValues?.le ?? 0)) return;
          plot.ctx.fillStyle = VIRIDIS[Math.round((value / most) * (VIRIDIS.length - 1))] ?? '#440154';
          fillCell(plot, { fromMs: (time.values[index] as number) - stepMs, stepMs, bucket, cellGap });
        });
      });
      plot.ctx.restore();
    });
    builder.setPrepData(() => [[]]);
    return {
      config: builder,
      data: [[timeRange.from.valueOf(), timeRange.to.valueOf()]] as uPlot.AlignedData,
    };
  }, [frames, height, options, theme, timeRange]);
  return <UPlotChart config={config} data={data} width={width} height={height} />;
}

interface Cell {
  readonly fromMs: number;
  readonly stepMs: number;
  readonly bucket: number;
  readonly cellGap: number;
}

function fillCell(plot: uPlot, { fromMs, stepMs, bucket, cellGap }: Cell): void {
  const left = Math.max(plot.valToPos(fromMs, 'x', true), plot.bbox.left);
  const right = plot.valToPos(fromMs + stepMs, 'x', true);
  const top = plot.valToPos(bucket + 1, 'y', true);
  const bottom = plot.valToPos(bucket, 'y', true);
  plot.ctx.fillRect(left, top, Math.max(1, right - left - cellGap), Math.max(1, bottom - top - cellGap));
}
