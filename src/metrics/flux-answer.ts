import { linesToTables, type FluxTableMetaData } from '@influxdata/influxdb-client';
import { tagOf } from './host-reading.js';
import { quoted, SourceError } from './source-error.js';
import type { TelegrafAnswer, TelegrafRow } from './telegraf-table.js';

const NEEDED = ['result', '_measurement', '_field', '_time', '_value'] as const;
type ColumnName = (typeof NEEDED)[number] | 'server' | 'host' | 'interface' | 'error';
const NUMBERS = ['double', 'long', 'unsignedLong'];
const LINES_A_TURN = 2_000;

/** Where the columns of one table stand; −1 where it has none. */
interface Columns {
  readonly size: number;
  readonly at: Readonly<Record<ColumnName, number>>;
  readonly isNumber: boolean;
  /** The name of the result stands in an annotation, unless one table holds several. */
  readonly result: string;
}

/**
 * Reads the annotated CSV of a Flux query. Throws SourceError when it is something else or ends half-way; single rows
 * that make no sense are counted and left out.
 */
export async function readFluxAnswer(text: string, where: string): Promise<TelegrafAnswer> {
  if (text !== '' && !text.endsWith('\n')) {
    throw new SourceError('bad-answer', `the answer of ${where} ends in the middle of a line: ${end(text)}`);
  }
  const recent: TelegrafRow[] = [];
  const newest: TelegrafRow[] = [];
  const rare: TelegrafRow[] = [];
  const counts = new Map<string, unknown>();
  let count = 0;
  let first = '';
  let columns: Columns | undefined;
  let known: FluxTableMetaData | undefined;
  const tables = linesToTables({
    next: (cells, meta) => {
      if (meta !== known) columns = columnsOf(meta, where);
      known = meta;
      const row = columns === undefined ? undefined : rowOf(cells, columns);
      if (row === undefined) {
        count += 1;
        first ||= quoted(cells.join(','));
      } else if (row.result === 'counts') counts.set(keyOf(row.row), row.row.value);
      else if (row.result === 'newest') newest.push(row.row);
      else if (row.result.startsWith('rare')) rare.push(row.row);
      else recent.push(row.row);
      if (columns?.at.error !== -1) throw new SourceError('refused', errorWords(cells, columns, where));
    },
    error: () => undefined,
    complete: () => undefined,
  });
  const lines = text.split('\n');
  for (const [index, line] of lines.entries()) {
    tables.next(line.endsWith('\r') ? line.slice(0, -1) : line);
    if (index % LINES_A_TURN === LINES_A_TURN - 1) await new Promise((resolve) => setImmediate(resolve));
  }
  const counted = counts.size === 0 ? recent : recent.map((row) => ({ ...row, count: countOf(row, counts) }));
  return { recent: counted, newest, rare, unreadable: { count, first } };
}

function columnsOf(meta: FluxTableMetaData, where: string): Columns {
  const positions = new Map(meta.columns.map(({ label }, index) => [label, index]));
  const of = (name: ColumnName): number => positions.get(name) ?? -1;
  const isError = of('error') !== -1;
  if (!isError && NEEDED.some((name) => of(name) === -1)) {
    const names = quoted([...positions.keys()].join(','));
    throw new SourceError('bad-answer', `${where} answered with columns that were not asked for: ${names}`);
  }
  return {
    size: meta.columns.length,
    // Looked up once a table, not once a row: there are many thousands of rows.
    at: {
      result: of('result'),
      _measurement: of('_measurement'),
      _field: of('_field'),
      _time: of('_time'),
      _value: of('_value'),
      server: of('server'),
      host: of('host'),
      interface: of('interface'),
      error: of('error'),
    },
    isNumber: !isError && NUMBERS.includes(meta.column('_value').dataType),
    result: isError ? '' : meta.column('result').defaultValue,
  };
}

function rowOf(
  cells: readonly string[],
  { size, at, isNumber, result }: Columns,
): { readonly result: string; readonly row: TelegrafRow } | undefined {
  if (cells.length !== size || at.error !== -1) return undefined;
  const time = Date.parse(cells[at._time] ?? '');
  if (Number.isNaN(time)) return undefined;
  const value = cells[at._value] ?? '';
  const ownResult = cells[at.result] ?? '';
  return {
    result: ownResult === '' ? result : ownResult,
    row: {
      server: tagOf(cells[at.server]),
      host: tagOf(cells[at.host]),
      interface: tagOf(cells[at.interface]),
      measurement: cells[at._measurement] ?? '',
      field: cells[at._field] ?? '',
      value: value === '' ? undefined : isNumber ? Number(value) : value,
      at: time,
    },
  };
}

/** Names one field of one host in one window. */
function keyOf({ server = '', host = '', measurement, field, at }: TelegrafRow): string {
  return [server, host, measurement, field, at].join('\n');
}

function countOf(row: TelegrafRow, counts: ReadonlyMap<string, unknown>): number | undefined {
  const count = row.interface === undefined ? counts.get(keyOf(row)) : undefined;
  return typeof count === 'number' && count >= 1 ? count : undefined;
}

function errorWords(cells: readonly string[], columns: Columns | undefined, where: string): string {
  return `${where} gave up on the query: ${quoted(cells[columns?.at.error ?? 0] ?? '')}`;
}

function end(text: string): string {
  return quoted(text.slice(-60));
}
