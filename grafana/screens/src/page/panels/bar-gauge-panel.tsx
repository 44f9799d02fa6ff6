import {
  getDisplayValueAlignmentFactors,
  getFieldDisplayValues,
  type ReduceDataOptions,
  VizOrientation,
} from '@grafana/data';
import { BarGauge, VizRepeater } from '@grafana/ui';
import { BarGaugeDisplayMode, type BarGaugeValueMode } from '@grafana/schema';
import { type PanelKind, type PanelProps, TIME_ZONE } from '../panel-kind.js';

interface BarGaugeOptions {
  readonly reduceOptions: ReduceDataOptions;
  readonly orientation?: VizOrientation;
  readonly displayMode?: BarGaugeDisplayMode;
  readonly valueMode?: BarGaugeValueMode;
  readonly showUnfilled?: boolean;
}

/** Bars of values: @grafana/ui's `BarGauge`. */
export const barGaugePanel: PanelKind = {
  custom: [],
  customDefaults: {},
  needsNoData: true,
  draw: (props) => <BarGaugePanel {...props} />,
};

function BarGaugePanel({ frames, width, height, options, fieldConfig, theme, replaceVariables }: PanelProps) {
  const { reduceOptions, orientation = VizOrientation.Auto, ...own } = options as unknown as BarGaugeOptions;
  return (
    <VizRepeater
      getValues={() =>
        getFieldDisplayValues({
          fieldConfig,
          reduceOptions,
          replaceVariables,
          theme,
          data: frames,
          timeZone: TIME_ZONE,
        })
      }
      getAlignmentFactors={getDisplayValueAlignmentFactors}
      renderValue={({
        value,
        width: cellWidth,
        height: cellHeight,
        alignmentFactors,
        orientation: direction,
      }) => (
        <BarGauge
          value={value.display}
          field={value.field}
          display={value.view?.getFieldDisplayProcessor(value.colIndex ?? 0)}
          alignmentFactors={alignmentFactors}
          orientation={direction}
          displayMode={own.displayMode ?? BarGaugeDisplayMode.Gradient}
          valueDisplayMode={own.valueMode}
          showUnfilled={own.showUnfilled ?? true}
          width={cellWidth}
          height={cellHeight}
          theme={theme}
          itemSpacing={8}
          lcdCellWidth={12}
        />
      )}
      width={width}
      height={height}
      source={frames}
      renderCounter={1}
      minVizWidth={8}
      minVizHeight={16}
      itemSpacing={8}
      orientation={orientation}
    />
  );
}
