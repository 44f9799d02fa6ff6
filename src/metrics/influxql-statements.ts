import { VIRTUAL_INTERFACE } from './host-series.js';
import type { TelegrafPlan } from './telegraf-table.js';

const CPU = `"cpu" = 'cpu-total'`;
const REAL = `"interface" !~ ${String(VIRTUAL_INTERFACE)}`;

/** Statements for all servers, what seldom changes only where it is due; nothing in them comes from outside. */
export interface InfluxqlStatements {
  readonly recent: readonly string[];
  readonly rare: readonly string[];
}

/** The samples of the window, each field under its own name, by server, host (and interface). */
export function influxqlStatements({ from, to, everyMs, rarely }: TelegrafPlan): InfluxqlStatements {
  const between = (start: number, end: number): string => `time >= ${ms(start)} AND time <= ${ms(end)}`;
  const within = between(from, to);
  const recent = (how: 'mean' | 'last', fields: readonly string[], tail: string, groups: string): string =>
    everyMs === undefined
      ? `SELECT ${fields.map(quote).join(', ')} ${tail} AND ${within} GROUP BY ${groups}`
      : `SELECT ${fields.map((field) => aggregate(how, field)).join(', ')} ${tail} AND ${within} GROUP BY time(${ms(everyMs)}), ${groups} fill(none)`;
  const hosts = `"server", "host"`;
  const interfaces = `${hosts}, "interface"`;
  const last = (field: string, tail: string, range: string, groups = hosts): string =>
    `SELECT ${aggregate('last', field)} ${tail} AND ${range} GROUP BY ${groups}`;
  return {
    recent: [
      recent('mean', ['usage_idle'], `FROM "cpu" WHERE ${CPU}`, hosts),
      // Always true: it spares two shapes of WHERE.
      recent('mean', ['available_percent', 'used_percent'], `FROM "mem" WHERE time > 0`, hosts),
      recent('last', ['bytes_sent', 'bytes_recv'], `FROM "net" WHERE ${REAL}`, interfaces),
    ],
    rare:
      rarely === undefined
        ? []
        : [
            last('usage_idle', `FROM "cpu" WHERE ${CPU}`, between(rarely.from, to)),
            last('usage_idle', `FROM "cpu" WHERE ${CPU}`, between(to + 1, rarely.futureTo)),
            last('n_cpus', `FROM "system" WHERE time > 0`, between(rarely.from, to)),
            last('speed', `FROM "net" WHERE ${REAL}`, between(rarely.from, to), interfaces),
          ],
  };
}

function aggregate(how: 'mean' | 'last', field: string): string {
  return `${how}(${quote(field)}) AS ${quote(field)}`;
}

function quote(name: string): string {
  return `"${name}"`;
}

function ms(value: number): string {
  return `${Math.round(value)}ms`;
}
