import { TableCellDisplayMode, TableCellHeight } from '@grafana/grafana-foundation-sdk/common';
import {
  FieldColorBuilder,
  FieldColorModeId,
  type DataTransformerConfig,
  type DynamicConfigValue,
  type Panel,
  type ThresholdsConfigBuilder,
  type ValueMapping,
} from '@grafana/grafana-foundation-sdk/dashboard';
import { PanelBuilder } from '@grafana/grafana-foundation-sdk/table';
import { plain } from '../palette.js';
import type { DataLink } from './open-server.js';
import { fill, type PanelSpec } from './panel-spec.js';

/** One column, in the order in which they stand. */
export interface Column {
  /** What the query calls it: a label, or `Value #A`. */
  readonly from: string;
  readonly title: string;
  /** Pixels; what is left is shared by the others. */
  readonly width?: number;
  readonly unit?: string;
  readonly decimals?: number;
  readonly mappings?: readonly ValueMapping[];
  readonly thresholds?: ThresholdsConfigBuilder;
  readonly cell?: 'gauge' | 'background' | 'text';
  readonly max?: number;
  readonly link?: DataLink;
}

/** What a table has beside what all panels have. */
export interface TableSpec extends PanelSpec {
  readonly columns: readonly Column[];
  /** The label that makes one row of the answers of several queries. */
  readonly joinBy?: string;
  /** As the query calls it; it need not be a column that is shown. */
  readonly sortBy?: { readonly from: string; readonly isDescending: boolean };
}

/** Rows of what the queries answer, joined, sorted, and cut to the columns that are named. */
export function table(spec: TableSpec): Panel {
  const builder = fill(new PanelBuilder(), spec)
    .showHeader(true)
    .cellHeight(TableCellHeight.Sm)
    .thresholds(plain())
    .colorScheme(new FieldColorBuilder().mode(FieldColorModeId.Thresholds))
    .transformations(transformationsOf(spec));
  for (const column of spec.columns) {
    const properties = propertiesOf(column);
    if (properties.length > 0) builder.overrideByName(column.title, properties);
  }
  return builder.build();
}

function transformationsOf({ columns, joinBy, sortBy }: TableSpec): DataTransformerConfig[] {
  const names = columns.map(({ from }) => from);
  return [
    ...(joinBy === undefined ? [] : [{ id: 'joinByField', options: { byField: joinBy, mode: 'outer' } }]),
    ...(sortBy === undefined
      ? []
      : [{ id: 'sortBy', options: { sort: [{ field: sortBy.from, desc: sortBy.isDescending }] } }]),
    { id: 'filterFieldsByName', options: { include: { names } } },
    {
      id: 'organize',
      options: {
        excludeByName: {},
        indexByName: Object.fromEntries(names.map((name, index) => [name, index])),
        renameByName: Object.fromEntries(columns.map(({ from, title }) => [from, title])),
      },
    },
  ];
}

function propertiesOf(column: Column): DynamicConfigValue[] {
  const properties: DynamicConfigValue[] = [];
  const add = (id: string, value: unknown): void => void properties.push({ id, value });
  if (column.width !== undefined) add('custom.width', column.width);
  if (column.unit !== undefined) add('unit', column.unit);
  if (column.decimals !== undefined) add('decimals', column.decimals);
  if (column.mappings !== undefined) add('mappings', column.mappings);
  if (column.thresholds !== undefined) add('thresholds', column.thresholds.build());
  if (column.cell === 'gauge') {
    add('custom.cellOptions', { type: TableCellDisplayMode.Gauge, mode: 'basic', valueDisplayMode: 'text' });
    add('min', 0);
  }
  if (column.cell === 'background')
    add('custom.cellOptions', { type: TableCellDisplayMode.ColorBackground, mode: 'basic' });
  if (column.cell === 'text') add('custom.cellOptions', { type: TableCellDisplayMode.ColorText });
  if (column.max !== undefined) add('max', column.max);
  if (column.link !== undefined) add('links', [column.link.build()]);
  return properties;
}
