import { z } from 'zod';
import { tagOf } from './host-reading.js';
import { COUNT_OF } from './influxql-statements.js';
import type { TelegrafRow } from './telegraf-table.js';

/** We ask for five at most. */
const MAX_COLUMNS = 100;

const seriesSchema = z.object({
  name: z.string(),
  // A tag that a series lacks is empty in 1.x, and may be null elsewhere.
  tags: z.record(z.string(), z.unknown()).optional(),
  columns: z.array(z.string()).max(MAX_COLUMNS),
  // Rows are many and looked at one by one: a schema for each would take longer than all the rest.
  values: z.array(z.unknown()),
  partial: z.boolean().optional(),
});

/** The answer of `/query`, one result a statement; a statement that failed has its error there, under HTTP 200. */
export const influxqlSchema = z.object({
  results: z.array(
    z.object({
      error: z.string().optional(),
      series: z.array(seriesSchema).optional(),
      partial: z.boolean().optional(),
    }),
  ),
});

/** One statement's result. */
export type InfluxqlResult = z.infer<typeof influxqlSchema>['results'][number];

/** Rows that were read, and in words the first of those that could not be. */
export interface InfluxqlRows {
  readonly rows: TelegrafRow[];
  unreadable: number;
  first: string;
}

/** Adds the rows of a result to `into`: one for each field that has a value. */
export function readInfluxqlResult(result: InfluxqlResult, into: InfluxqlRows): void {
  for (const { name, tags = {}, columns, values } of result.series ?? []) {
    const timeAt = columns.indexOf('time');
    const owner = {
      server: tagOf(tags.server),
      host: tagOf(tags.host),
      interface: tagOf(tags.interface),
    };
    const fields = columns.flatMap((field, index) =>
      index === timeAt || field.startsWith(COUNT_OF)
        ? []
        : [{ field, index, countAt: columns.indexOf(COUNT_OF + field) }],
    );
    for (const cells of values) {
      const at: unknown = Array.isArray(cells) ? cells[timeAt] : undefined;
      if (!Array.isArray(cells) || typeof at !== 'number' || cells.length !== columns.length) {
        into.unreadable += 1;
        into.first ||= JSON.stringify(cells).slice(0, 200);
        continue;
      }
      for (const { field, index, countAt } of fields) {
        const value: unknown = cells[index];
        if (value === null) continue;
        const count: unknown = countAt === -1 ? undefined : cells[countAt];
        into.rows.push({
          server: owner.server,
          host: owner.host,
          interface: owner.interface,
          measurement: name,
          field,
          value,
          at,
          count: typeof count === 'number' ? count : undefined,
        });
      }
    }
  }
}
