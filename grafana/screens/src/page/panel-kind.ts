import type {
  DataFrame,
  FieldConfigSource,
  GrafanaTheme2,
  InterpolateFunction,
  TimeRange,
} from '@grafana/data';
import type { ReactElement } from 'react';
import type { WireAnnotation } from '../wire.js';

/** What one panel is drawn from. */
export interface PanelProps {
  readonly width: number;
  readonly height: number;
  /** After transformations and field overrides. */
  readonly frames: DataFrame[];
  readonly fieldConfig: FieldConfigSource;
  /** The panel's own options, as the JSON has them. */
  readonly options: Readonly<Record<string, unknown>>;
  readonly timeRange: TimeRange;
  readonly theme: GrafanaTheme2;
  readonly annotations: readonly WireAnnotation[];
  readonly replaceVariables: InterpolateFunction;
}

/** One type of panel: which field options it knows beside the standard ones, and how it is drawn. */
export interface PanelKind {
  /** Names below `custom` in a field's configuration. One that is not listed is an error. */
  readonly custom: readonly string[];
  /** What Grafana assumes for those that are not set. */
  readonly customDefaults: Readonly<Record<string, unknown>>;
  /** Whether it is drawn, however little it has: others say that there is no data. */
  readonly needsNoData?: boolean;
  readonly draw: (props: PanelProps) => ReactElement;
}

/** All panels are drawn in UTC: the picture does not depend on who takes it. */
export const TIME_ZONE = 'utc';
