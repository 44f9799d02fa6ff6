import {
  AxisPlacement,
  GraphDrawStyle,
  GraphThresholdsStyleConfigBuilder,
  GraphThresholdsStyleMode,
  LegendDisplayMode,
  LegendPlacement,
  SortOrder,
  StackingConfigBuilder,
  StackingMode,
  TooltipDisplayMode,
  VisibilityMode,
  VizLegendOptionsBuilder,
  VizTooltipOptionsBuilder,
} from '@grafana/grafana-foundation-sdk/common';
import {
  FieldColorBuilder,
  FieldColorModeId,
  type DynamicConfigValue,
  type Panel,
  type ThresholdsConfigBuilder,
} from '@grafana/grafana-foundation-sdk/dashboard';
import { PanelBuilder } from '@grafana/grafana-foundation-sdk/timeseries';
import { colour, type ColourRules, coloursByName, coloursOfFaults, fixed } from '../palette.js';
import { openServer } from './open-server.js';
import { fill, type PanelSpec } from './panel-spec.js';

/** A line of its own kind, found by its name. */
export interface LineStyle {
  readonly name: string;
  readonly color: string;
  /** A limit: dashed, without fill, and not stacked. */
  readonly isLimit?: boolean;
  /** What the legend calls it instead. */
  readonly title?: string;
  /** The area below it is filled. */
  readonly isArea?: boolean;
  /** Counted on the right-hand axis. */
  readonly rightUnit?: string;
}

/** What a panel of lines has beside what all have. */
export interface TimeSeriesSpec extends PanelSpec {
  readonly min?: number;
  readonly max?: number;
  /** The axis reaches at least here. */
  readonly softMax?: number;
  readonly isStacked?: boolean;
  /** Bars for what is counted and should not happen. */
  readonly hasBars?: boolean;
  /** One line a server: a click on it opens the server's dashboard. */
  readonly isPerServer?: boolean;
  /** Lines whose names are not here get their colours from their names. */
  readonly lines?: readonly LineStyle[];
  /** Instead of colours by name. */
  readonly colours?: ColourRules;
  /** Drawn as dashed lines across the panel. */
  readonly thresholds?: ThresholdsConfigBuilder;
  readonly isCenteredZero?: boolean;
  /** Stands above or below others of its kind: axes and legends as wide as theirs, one moment below the other. */
  readonly isAligned?: boolean;
  /** Minimum step, e.g. `1m`. */
  readonly interval?: string;
}

const ALIGNED = { axisPx: 70, legendPx: 300 };

/** Lines (or bars) over time. */
export function timeSeries(spec: TimeSeriesSpec): Panel {
  const { isStacked = false, hasBars = false } = spec;
  const builder = fill(new PanelBuilder(), spec)
    .legend(legendOf(spec))
    .tooltip(new VizTooltipOptionsBuilder().mode(TooltipDisplayMode.Multi).sort(SortOrder.Descending))
    .drawStyle(hasBars ? GraphDrawStyle.Bars : GraphDrawStyle.Line)
    .lineWidth(hasBars ? 0 : 2)
    .fillOpacity(hasBars ? 80 : isStacked ? 35 : 0)
    // A single sample between two gaps would not be seen.
    .showPoints(VisibilityMode.Auto)
    .pointSize(4)
    // What was not known for a while is a gap, not a line across it.
    .spanNulls(false)
    .colorScheme(new FieldColorBuilder().mode(FieldColorModeId.PaletteClassicByName))
    .stacking(
      new StackingConfigBuilder().mode(isStacked ? StackingMode.Normal : StackingMode.None).group('A'),
    );
  if (spec.min !== undefined) builder.min(spec.min);
  if (spec.max !== undefined) builder.max(spec.max);
  if (spec.softMax !== undefined) builder.axisSoftMax(spec.softMax);
  if (spec.interval !== undefined) builder.interval(spec.interval);
  if (spec.isAligned === true) builder.axisWidth(ALIGNED.axisPx);
  if (spec.isCenteredZero === true) builder.axisCenteredZero(true);
  if (spec.thresholds !== undefined) {
    builder
      .thresholds(spec.thresholds)
      .thresholdsStyle(new GraphThresholdsStyleConfigBuilder().mode(GraphThresholdsStyleMode.Dashed));
  }
  if (hasAnyNumberOfLines(spec)) {
    const rules = spec.colours ?? (hasBars ? coloursOfFaults() : coloursByName());
    for (const { regexp, properties } of rules) builder.overrideByRegexp(regexp, properties);
  }
  if (spec.isPerServer === true) {
    builder.dataLinks([openServer('${__field.labels.server}')]);
  }
  for (const line of spec.lines ?? []) builder.overrideByName(line.name, propertiesOf(line));
  return builder.build();
}

/**
 * A table of last and highest values. At the bottom Grafana shows three rows of it, so more lines have it at the right; a
 * narrow panel has the names only.
 */
function legendOf(spec: TimeSeriesSpec): VizLegendOptionsBuilder {
  const legend = new VizLegendOptionsBuilder().showLegend(true);
  if (spec.width < 12) {
    return legend.displayMode(LegendDisplayMode.List).placement(LegendPlacement.Bottom).calcs([]);
  }
  if (spec.isAligned === true) legend.width(ALIGNED.legendPx);
  const hasTwoAxes = spec.lines?.some(({ rightUnit }) => rightUnit !== undefined) === true;
  const isLong = spec.width === 24 || spec.queries.length > 2 || hasAnyNumberOfLines(spec);
  return legend
    .displayMode(LegendDisplayMode.Table)
    .placement(isLong && !hasTwoAxes ? LegendPlacement.Right : LegendPlacement.Bottom)
    .calcs(calcsOf(spec));
}

/**
 * What ended long ago has no last value. Lines of two data sources never share their last moment; and where nothing is the
 * rule, the words for it would stand in the place of the last value.
 */
function calcsOf(spec: TimeSeriesSpec): string[] {
  if (spec.hasBars === true || spec.whenEmpty !== undefined) return ['max'];
  return [isMixed(spec) ? 'lastNotNull' : 'last', 'max'];
}

function isMixed({ queries }: TimeSeriesSpec): boolean {
  return new Set(queries.map(({ datasource }) => datasource.type)).size > 1;
}

function hasAnyNumberOfLines({ queries }: TimeSeriesSpec): boolean {
  return queries.some(({ legend = '' }) => legend.includes('{{'));
}

function propertiesOf({
  color,
  isLimit = false,
  isArea = false,
  title,
  rightUnit,
}: LineStyle): DynamicConfigValue[] {
  const properties = [fixed(color)];
  if (title !== undefined) properties.push({ id: 'displayName', value: title });
  if (isArea) properties.push({ id: 'custom.fillOpacity', value: 35 });
  if (isLimit) {
    properties.push(
      { id: 'custom.lineStyle', value: { fill: 'dash', dash: [10, 6] } },
      { id: 'custom.fillOpacity', value: 0 },
      { id: 'custom.drawStyle', value: GraphDrawStyle.Line },
      { id: 'custom.lineWidth', value: 2 },
      { id: 'custom.stacking', value: { mode: StackingMode.None, group: 'limit' } },
    );
  }
  if (rightUnit !== undefined) {
    properties.push(
      { id: 'unit', value: rightUnit },
      { id: 'custom.axisPlacement', value: AxisPlacement.Right },
      // Nothing but zeros would get an axis up to 100.
      { id: 'custom.axisSoftMax', value: 1 },
    );
  }
  return properties;
}

/** A dashed line where a limit lies. */
export function limitLine(name: string): LineStyle {
  return { name, color: colour.vermillion, isLimit: true };
}
