import { paint, type Terminal, type Tone } from './terminal.js';

/** One column of a table for a person. */
export interface Column<Row> {
  readonly title: string;
  readonly align?: 'left' | 'right';
  readonly value: (row: Row) => string;
  readonly tone?: (row: Row) => Tone | undefined;
}

/** Aligned lines with a heading, each ended by a line break; columns that are empty in every row are left out. */
export function renderTable<Row>(
  terminal: Pick<Terminal, 'isColoured'>,
  columns: readonly Column<Row>[],
  rows: readonly Row[],
): string {
  const filled = columns
    .map((column) => ({ column, cells: rows.map((row) => printable(column.value(row))) }))
    .filter(({ cells }) => rows.length === 0 || cells.some((cell) => cell !== ''));
  const laidOut = filled.map(({ column, cells }) => {
    const width = Math.max(column.title.length, ...cells.map((cell) => cell.length));
    const pad = (text: string): string =>
      column.align === 'right' ? text.padStart(width) : text.padEnd(width);
    return {
      title: paint(terminal, 'heading', pad(column.title)),
      cells: cells.map((cell, index) => {
        const row = rows[index];
        return paint(terminal, row === undefined ? undefined : column.tone?.(row), pad(cell));
      }),
    };
  });
  const lines = [
    laidOut.map(({ title }) => title),
    ...rows.map((_, at) => laidOut.map(({ cells }) => cells[at])),
  ];
  return lines.map((line) => `${line.join('  ').trimEnd()}\n`).join('');
}

/** Text from outside without control characters: a meeting ID must not move the cursor. */
export function printable(text: string): string {
  // eslint-disable-next-line no-control-regex
  return text.replace(/[\u0000-\u001f\u007f-\u009f]/g, '?');
}
