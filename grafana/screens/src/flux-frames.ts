import type { WireField, WireFrame } from './wire.js';

interface Column {
  readonly name: string;
  readonly type: string;
  readonly isGroup: boolean;
  readonly index: number;
}

/** Columns that tell of the query, not of what was measured. */
const FRAME = new Set(['', 'result', 'table', '_start', '_stop']);

/** Annotated CSV (datatype, group, default) as frames, one a table: texts of the group key are labels. Throws on a Flux error. */
export function fluxFrames(csv: string, refId: string): WireFrame[] {
  const frames: WireFrame[] = [];
  for (const block of csv.replaceAll('\r\n', '\n').split('\n\n')) {
    const lines = block
      .split('\n')
      .filter((line) => line !== '')
      .map(cellsOf);
    const [types = [], groups = [], , names = [], ...rows] = lines;
    if (names.includes('error')) throw new Error(rows[0]?.[names.indexOf('error')] ?? 'Flux error');
    if (types[0] !== '#datatype') continue;
    const columns = names.map((name, index) => ({
      name,
      index,
      type: types[index] ?? '',
      isGroup: groups[index] === 'true',
    }));
    const table = columns.find(({ name }) => name === 'table')?.index ?? 0;
    for (const key of new Set(rows.map((row) => row[table]))) {
      frames.push(
        frameOf(
          columns,
          rows.filter((row) => row[table] === key),
          refId,
        ),
      );
    }
  }
  return frames;
}

function frameOf(columns: readonly Column[], rows: readonly (readonly string[])[], refId: string): WireFrame {
  const own = columns.filter(({ name }) => !FRAME.has(name));
  const isLabel = ({ isGroup, type }: Column): boolean => isGroup && type === 'string';
  const labels = Object.fromEntries(
    own.filter(isLabel).map(({ name, index }) => [name, rows[0]?.[index] ?? '']),
  );
  const values = own.filter((column) => !isLabel(column));
  return { refId, fields: values.map((column) => fieldOf(column, rows, labels)) };
}

function fieldOf(
  { name, type, index }: Column,
  rows: readonly (readonly string[])[],
  labels: Readonly<Record<string, string>>,
): WireField {
  const cells = rows.map((row) => row[index] ?? '');
  if (type.startsWith('dateTime'))
    return { name, type: 'time', values: cells.map((cell) => Date.parse(cell)) };
  if (type === 'string') return { name, type: 'string', labels, values: cells };
  return { name, type: 'number', labels, values: cells.map((cell) => (cell === '' ? null : Number(cell))) };
}

/** The cells of one line; quotes as RFC 4180 has them. */
function cellsOf(line: string): string[] {
  return [...`,${line}`.matchAll(/,(?:"((?:[^"]|"")*)"|([^,]*))/g)].map(
    ([, quoted, plain]) => quoted?.replaceAll('""', '"') ?? plain ?? '',
  );
}
