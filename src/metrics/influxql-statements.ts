import { VIRTUAL_INTERFACE } from './host-series.js';
import type { TelegrafPlan } from './telegraf-table.js';

const CPU = `"cpu" = 'cpu-total'`;
const REAL = `"interface" !~ ${String(VIRTUAL_INTERFACE)}`;
const HOSTS = `"server", "host"`;
const INTERFACES = `${HOSTS}, "interface"`;

/** How a column is called that tells how many readings the mean beside it is of. */
export const COUNT_OF = 'count of ';

/** Statements for all servers, those whose answers mean the same together; nothing in them comes from outside. */
export interface InfluxqlStatements {
  readonly recent: readonly string[];
  /** Only where `recent` holds means. */
  readonly newest: readonly string[];
  /** Only where what seldom changes is due. */
  readonly rare: readonly string[];
}

/** The samples of the window, each field under its own name, by server, host (and interface). */
export function influxqlStatements(plan: TelegrafPlan): InfluxqlStatements {
  const { from, to, rarely } = plan;
  const cpu = `FROM "cpu" WHERE ${CPU}`;
  const [sent, received] = ['"bytes_sent"', '"bytes_recv"'];
  const net = `FROM "net" WHERE ${REAL}`;
  // Always true: it spares two shapes of WHERE.
  const mem = `FROM "mem" WHERE time > 0`;
  const within = between(from, to);
  const rare =
    rarely === undefined
      ? []
      : [
          last('"usage_idle"', cpu, between(rarely.from, to)),
          last('"usage_idle"', cpu, between(to + 1, rarely.futureTo)),
          // What does not change is in the window as well, and there is less to look through.
          last('"n_cpus"', `FROM "system" WHERE time > 0`, within),
          last('"speed"', net, within, INTERFACES),
        ];
  if (plan.everyMs === undefined) {
    const all = (fields: string, tail: string, groups = HOSTS): string =>
      `SELECT ${fields} ${tail} AND ${within} GROUP BY ${groups}`;
    return {
      recent: [
        all('"usage_idle"', cpu),
        all('"available_percent", "used_percent"', mem),
        all(`${sent}, ${received}`, net, INTERFACES),
      ],
      newest: [],
      rare,
    };
  }
  const everyMs = Math.round(plan.everyMs);
  const mean = (fields: readonly string[], tail: string): string =>
    `SELECT ${fields.map(meanAndCount).join(', ')} ${tail} AND ${within} GROUP BY time(${everyMs}ms), ${HOSTS} fill(none)`;
  return {
    recent: [
      mean(['usage_idle'], cpu),
      mean(['available_percent', 'used_percent'], mem),
      ...slots(plan, everyMs).flatMap((slot) => [
        last(sent, net, slot, INTERFACES),
        last(received, net, slot, INTERFACES),
      ]),
    ],
    newest: [
      last('"usage_idle"', cpu, within),
      last('"available_percent"', mem, within),
      last('"used_percent"', mem, within),
    ],
    rare,
  };
}

/**
 * The time between, in pieces of `everyMs` up to now and one for what lies ahead. A statement each: grouped by time, `last`
 * loses the time of its row, without which no rate is right.
 */
function slots({ now, from, to }: TelegrafPlan, everyMs: number): readonly string[] {
  const starts: number[] = [];
  for (let at = from; at <= now; at += everyMs) starts.push(at);
  return starts.map((start, index) => between(start, (starts[index + 1] ?? to + 1) - 1));
}

/** Of one field only: of several, `last` loses the times of the rows. */
function last(field: string, tail: string, range: string, groups = HOSTS): string {
  return `SELECT last(${field}) AS ${field} ${tail} AND ${range} GROUP BY ${groups}`;
}

function meanAndCount(field: string): string {
  return `mean("${field}") AS "${field}", count("${field}") AS "${COUNT_OF}${field}"`;
}

/** Both ends, in ms since 1970. */
function between(start: number, end: number): string {
  return `time >= ${Math.round(start)}ms AND time <= ${Math.round(end)}ms`;
}
