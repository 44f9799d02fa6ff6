import { cacheFieldDisplayNames } from '@grafana/data';
import { TableCellHeight } from '@grafana/schema';
import { TableNG } from '@grafana/ui/unstable';
import type { PanelKind, PanelProps } from '../panel-kind.js';

interface TableOptions {
  readonly showHeader?: boolean;
  readonly cellHeight?: TableCellHeight;
  readonly sortBy?: { displayName: string; desc?: boolean }[];
}

/** Rows and columns: the table that Grafana's own table panel draws since version 12. */
export const tablePanel: PanelKind = {
  custom: 'align cellOptions filterable footer hideFrom inspect minWidth tooltip width wrapHeaderText'.split(
    ' ',
  ),
  customDefaults: { align: 'auto', cellOptions: { type: 'auto' }, inspect: false },
  draw: (props) => <TablePanel {...props} />,
};

function TablePanel({ frames, width, height, options, fieldConfig, timeRange }: PanelProps) {
  const { showHeader = true, cellHeight = TableCellHeight.Sm, sortBy } = options as TableOptions;
  cacheFieldDisplayNames(frames);
  const [frame, ...others] = frames;
  if (frame === undefined) throw new Error('a table without data is not drawn');
  if (others.length > 0)
    throw new Error(`a table of ${String(frames.length)} frames shows only its first one`);
  return (
    <TableNG
      data={frame}
      width={width}
      height={height}
      noHeader={!showHeader}
      cellHeight={cellHeight}
      sortBy={sortBy}
      fieldConfig={fieldConfig}
      timeRange={timeRange}
      enableVirtualization={false}
    />
  );
}
