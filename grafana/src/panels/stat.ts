import {
  BigValueColorMode,
  BigValueGraphMode,
  BigValueTextMode,
  ReduceDataOptionsBuilder,
} from '@grafana/grafana-foundation-sdk/common';
import {
  FieldColorBuilder,
  FieldColorModeId,
  type Panel,
  type ThresholdsConfigBuilder,
  type ValueMapping,
} from '@grafana/grafana-foundation-sdk/dashboard';
import { PanelBuilder } from '@grafana/grafana-foundation-sdk/stat';
import { plain } from '../palette.js';
import type { DataLink } from './open-server.js';
import { fill, type PanelSpec } from './panel-spec.js';

/** What a big number has beside what all panels have. */
export interface StatSpec extends PanelSpec {
  readonly thresholds?: ThresholdsConfigBuilder;
  /** Others for single series. */
  readonly thresholdsOf?: readonly { readonly name: string; readonly thresholds: ThresholdsConfigBuilder }[];
  readonly mappings?: readonly ValueMapping[];
  /** A small line of the time before; needs a query over the range. */
  readonly hasLine?: boolean;
  /** Names beside the values, where a panel has several. */
  readonly hasNames?: boolean;
  /** Shows the name of the series instead of its value. */
  readonly showsName?: boolean;
  /** Other words for the names of series. */
  readonly words?: readonly { readonly name: string; readonly title: string }[];
  readonly links?: readonly DataLink[];
}

/** One big number, or a few. */
export function stat(spec: StatSpec): Panel {
  const mode =
    spec.showsName === true
      ? BigValueTextMode.Name
      : spec.hasNames === true
        ? BigValueTextMode.ValueAndName
        : BigValueTextMode.Value;
  const builder = fill(new PanelBuilder(), spec)
    .reduceOptions(new ReduceDataOptionsBuilder().calcs(['lastNotNull']).fields('').values(false))
    .graphMode(spec.hasLine === true ? BigValueGraphMode.Area : BigValueGraphMode.None)
    .colorMode(BigValueColorMode.Value)
    .textMode(mode)
    .thresholds(spec.thresholds ?? plain())
    .colorScheme(new FieldColorBuilder().mode(FieldColorModeId.Thresholds));
  if (spec.mappings !== undefined) builder.mappings([...spec.mappings]);
  for (const { name, title } of spec.words ?? []) {
    builder.overrideByName(name, [{ id: 'displayName', value: title }]);
  }
  for (const { name, thresholds } of spec.thresholdsOf ?? []) {
    builder.overrideByName(name, [{ id: 'thresholds', value: thresholds.build() }]);
  }
  if (spec.links !== undefined) builder.dataLinks([...spec.links]);
  return builder.build();
}
