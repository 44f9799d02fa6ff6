import {
  flux,
  fluxDateTime,
  fluxDuration,
  type FluxParameterLike,
  type ParameterizedQuery,
} from '@influxdata/influxdb-client';
import { VIRTUAL_INTERFACE } from './host-series.js';
import type { TelegrafPlan } from './telegraf-table.js';

const CPU = flux`(r._measurement == "cpu" and r._field == "usage_idle" and r.cpu == "cpu-total")`;
const MEMORY = flux`(r._measurement == "mem" and (r._field == "available_percent" or r._field == "used_percent"))`;

/**
 * One Flux query for all servers: the samples of the window in one table a field (`group` right after `filter` is done by
 * the storage engine; each table costs 0.1 ms, a row far less), and rarely what seldom changes. Results: `recent`, `rare`.
 */
export function fluxQuery(bucket: string, plan: TelegrafPlan): string {
  const { from, to, everyMs, rarely } = plan;
  const samples = flux`from(bucket: ${bucket}) |> range(start: ${time(from)}, stop: ${time(to)})`;
  const gauges = flux`|> filter(fn: (r) => ${CPU} or ${MEMORY})`;
  const traffic = flux`|> filter(fn: (r) => r._measurement == "net"
    and (r._field == "bytes_sent" or r._field == "bytes_recv") and r.interface !~ ${VIRTUAL_INTERFACE})`;
  const every = fluxDuration(`${Math.round(everyMs ?? 0)}ms`);
  const table = flux`|> group(columns: ["_measurement", "_field"])
      |> keep(columns: ["server", "host", "_measurement", "_field", "_time", "_value"])`;
  const interfaces = flux`|> group(columns: ["_measurement", "_field"])
      |> keep(columns: ["server", "host", "interface", "_measurement", "_field", "_time", "_value"])`;
  // Unlike a mean, `last` keeps the time of its row, unless `aggregateWindow` gives it another.
  const thinned = everyMs === undefined ? flux`` : flux`|> window(every: ${every}) |> last()`;
  const parts = [
    // Several results, since floats and whole numbers do not go into one table.
    ...(everyMs === undefined
      ? [flux`${samples} ${gauges} ${table} |> yield(name: "recent gauges")`]
      : [
          flux`${samples} ${gauges} ${windows(every, flux`mean`)} ${table} |> yield(name: "recent gauges")`,
          flux`${samples} ${gauges} ${windows(every, flux`count`)} ${table} |> yield(name: "counts")`,
          flux`${samples} ${gauges} |> last() ${table} |> yield(name: "newest")`,
        ]),
    flux`${samples} ${traffic} ${thinned} ${interfaces} |> yield(name: "recent traffic")`,
  ];
  if (rarely !== undefined) {
    const past = flux`from(bucket: ${bucket}) |> range(start: ${time(rarely.from)}, stop: ${time(to)})`;
    const future = flux`from(bucket: ${bucket}) |> range(start: ${time(to)}, stop: ${time(rarely.futureTo)})`;
    const cores = flux`(r._measurement == "system" and r._field == "n_cpus")`;
    const speed = flux`(r._measurement == "net" and r._field == "speed" and r.interface !~ ${VIRTUAL_INTERFACE})`;
    const last = flux`|> last() ${table}`;
    // `last` makes a table of each series: of what does not change all rows of the window cost less.
    parts.push(
      flux`${past} |> filter(fn: (r) => ${CPU}) ${last} |> yield(name: "rare cpu")`,
      flux`${samples} |> filter(fn: (r) => ${cores}) ${thinned} ${table} |> yield(name: "rare cores")`,
      flux`${samples} |> filter(fn: (r) => ${speed}) ${thinned} ${interfaces} |> yield(name: "rare speed")`,
      flux`${future} |> filter(fn: (r) => ${CPU}) ${last} |> yield(name: "rare future")`,
    );
  }
  return parts.map(String).join('\n');
}

/** One row for each window that has any, with the time of the window's beginning. */
function windows(every: FluxParameterLike, how: ParameterizedQuery): ParameterizedQuery {
  return flux`|> aggregateWindow(every: ${every}, fn: ${how}, createEmpty: false, timeSrc: "_start")`;
}

function time(ms: number): ReturnType<typeof fluxDateTime> {
  return fluxDateTime(new Date(ms).toISOString());
}
