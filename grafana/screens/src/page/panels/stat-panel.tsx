import {
  type FieldDisplay,
  getDisplayValueAlignmentFactors,
  getFieldDisplayValues,
  type ReduceDataOptions,
  VizOrientation,
} from '@grafana/data';
import {
  BigValue,
  type BigValueColorMode,
  BigValueGraphMode,
  type BigValueJustifyMode,
  type BigValueTextMode,
  VizRepeater,
} from '@grafana/ui';
import type { VizTextDisplayOptions } from '@grafana/schema';
import { type PanelKind, type PanelProps, TIME_ZONE } from '../panel-kind.js';

interface StatOptions {
  readonly reduceOptions: ReduceDataOptions;
  readonly orientation?: VizOrientation;
  readonly graphMode?: BigValueGraphMode;
  readonly colorMode: BigValueColorMode;
  readonly textMode?: BigValueTextMode;
  readonly justifyMode?: BigValueJustifyMode;
  readonly text?: VizTextDisplayOptions;
  readonly wideLayout?: boolean;
}

/** Big numbers: @grafana/data's reducers, @grafana/ui's `BigValue`. */
export const statPanel: PanelKind = {
  custom: [],
  customDefaults: {},
  needsNoData: true,
  draw: (props) => <StatPanel {...props} />,
};

function StatPanel({ frames, width, height, options, fieldConfig, theme, replaceVariables }: PanelProps) {
  const {
    reduceOptions,
    orientation = VizOrientation.Auto,
    graphMode = BigValueGraphMode.None,
    ...own
  } = options as unknown as StatOptions;
  const getValues = (): FieldDisplay[] =>
    getFieldDisplayValues({
      fieldConfig,
      reduceOptions,
      replaceVariables,
      theme,
      data: frames,
      sparkline: graphMode !== BigValueGraphMode.None,
      timeZone: TIME_ZONE,
    });
  return (
    <VizRepeater
      getValues={getValues}
      getAlignmentFactors={getDisplayValueAlignmentFactors}
      renderValue={({ value, width: cellWidth, height: cellHeight, alignmentFactors, count }) => (
        <BigValue
          value={value.display}
          sparkline={value.sparkline}
          count={count}
          colorMode={own.colorMode}
          graphMode={graphMode}
          justifyMode={own.justifyMode}
          textMode={own.textMode}
          text={own.text}
          disableWideLayout={own.wideLayout === false}
          alignmentFactors={alignmentFactors}
          width={cellWidth}
          height={cellHeight}
          theme={theme}
        />
      )}
      width={width}
      height={height}
      source={frames}
      renderCounter={1}
      autoGrid
      itemSpacing={3}
      orientation={orientation}
    />
  );
}
