/** What Telegraf calls lo, all, docker…, veth… and br-…, for node_exporter; a matcher of PromQL is anchored. */
const REAL = 'device!~"lo[0-9]*|docker.*|veth.*|br-.*"';
const BY = 'by (job, instance, server)';
const IDLE = 'node_cpu_seconds_total{mode="idle"}';
const AVAILABLE = 'node_memory_MemAvailable_bytes';
const TOTAL = 'node_memory_MemTotal_bytes';

/** The label that tells which part of the one query a series answers. */
export const PART = 'ballast_part';

/** The parts of the query and what they mean; times in s since 1970, network in bytes a second. */
export type PrometheusPart =
  | 'cpu'
  | 'memory'
  | 'network'
  | 'cpuCount'
  | 'networkMbit'
  | 'cpuAt'
  | 'memoryAt'
  | 'networkAt'
  | 'lastAt'
  | 'ahead';

/** Parts that seldom change, and cost as much as the others together. */
export const SELDOM: ReadonlySet<string | undefined> = new Set<PrometheusPart>([
  'cpuCount',
  'networkMbit',
  'lastAt',
  'ahead',
]);

/**
 * One PromQL query for all servers, from node_exporter's metrics: each part one vector, told apart by a label. `lastAt`
 * finds a host that fell silent up to 15 min ago, to 30 s; `ahead` is by how many s a host's own clock runs ahead. What
 * seldom changes is asked for only where `isWhole`.
 */
export function prometheusQuery(windowMs: number, isWhole: boolean): string {
  const window = `[${Math.round(windowMs / 1000)}s]`;
  const traffic = (direction: string): string => `node_network_${direction}_bytes_total{${REAL}}`;
  const parts: Readonly<Record<PrometheusPart, string>> = {
    cpu: `1 - avg ${BY} (rate(${IDLE}${window}))`,
    memory: `1 - avg ${BY} (avg_over_time(${AVAILABLE}${window}) / avg_over_time(${TOTAL}${window}))`,
    network: `sum ${BY} (rate(${traffic('receive')}${window})) + sum ${BY} (rate(${traffic('transmit')}${window}))`,
    cpuCount: `count ${BY} (${IDLE})`,
    networkMbit: `max ${BY} (node_network_speed_bytes{${REAL}} > 0) * 8 / 1e6`,
    cpuAt: `max ${BY} (timestamp(${IDLE}))`,
    memoryAt: `max ${BY} (timestamp(${AVAILABLE}))`,
    networkAt: `max ${BY} (timestamp(${traffic('receive')}))`,
    lastAt: `max ${BY} (max_over_time(timestamp(${AVAILABLE})[15m:30s])) unless ${BY.replace('by', 'on')} ${AVAILABLE}`,
    ahead: `max ${BY} (node_time_seconds - timestamp(node_time_seconds)) > 60`,
  };
  return Object.entries(parts)
    .filter(([part]) => isWhole || !SELDOM.has(part))
    .map(([part, expression]) => `label_replace(${expression}, "${PART}", "${part}", "", "")`)
    .join('\nor ');
}
