import {
  AxisPlacement,
  BarAlignment,
  GraphDrawStyle,
  GraphGradientMode,
  GraphThresholdsStyleMode,
  LineInterpolation,
  ScaleDistribution,
  StackingMode,
  VisibilityMode,
  type VizLegendOptions,
} from '@grafana/schema';
import { TimeSeries } from '@grafana/ui';
import { useMemo } from 'react';
import { AnnotationMarks } from '../annotation-marks.js';
import { graphable } from '../graphable.js';
import { type PanelKind, type PanelProps, TIME_ZONE } from '../panel-kind.js';

const OPTIONS = [
  'axisBorderShow axisCenteredZero axisColorMode axisGridShow axisLabel axisPlacement axisSoftMax axisSoftMin',
  'axisWidth barAlignment barMaxWidth barWidthFactor drawStyle fillBelowTo fillOpacity gradientMode hideFrom',
  'insertNulls lineColor lineInterpolation lineStyle lineWidth pointColor pointSize scaleDistribution showPoints',
  'showValues spanNulls stacking thresholdsStyle transform',
];

/** Lines and bars over time: @grafana/ui's `TimeSeries`. */
export const timeSeriesPanel: PanelKind = {
  custom: OPTIONS.flatMap((line) => line.split(' ')),
  customDefaults: {
    drawStyle: GraphDrawStyle.Line,
    lineInterpolation: LineInterpolation.Linear,
    lineWidth: 1,
    fillOpacity: 0,
    gradientMode: GraphGradientMode.None,
    barAlignment: BarAlignment.Center,
    barWidthFactor: 0.6,
    spanNulls: false,
    showPoints: VisibilityMode.Auto,
    pointSize: 5,
    stacking: { mode: StackingMode.None, group: 'A' },
    axisPlacement: AxisPlacement.Auto,
    axisLabel: '',
    axisGridShow: true,
    scaleDistribution: { type: ScaleDistribution.Linear },
    thresholdsStyle: { mode: GraphThresholdsStyleMode.Off },
    hideFrom: { tooltip: false, viz: false, legend: false },
  },
  draw: (props) => <TimeSeriesPanel {...props} />,
};

function TimeSeriesPanel({ frames, width, height, options, timeRange, annotations }: PanelProps) {
  const drawn = useMemo(() => frames.map((frame) => graphable(frame, timeRange)), [frames, timeRange]);
  return (
    <TimeSeries
      frames={drawn}
      width={width}
      height={height}
      timeRange={timeRange}
      timeZone={TIME_ZONE}
      legend={options.legend as VizLegendOptions}
      options={options}
    >
      {(config) => <AnnotationMarks config={config} annotations={annotations} />}
    </TimeSeries>
  );
}
