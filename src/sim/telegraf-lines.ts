/** What one host shows at one instant. Ratios are 0 to 1; counters have been running since it started. */
export interface HostReading {
  readonly host: string;
  readonly server: string;
  readonly cores: number;
  readonly networkMbit: number;
  /** ms since 1970. */
  readonly time: number;
  readonly busy: number;
  readonly memoryBytes: number;
  readonly memoryInUse: number;
  readonly sentBytes: number;
  readonly receivedBytes: number;
  readonly uptimeS: number;
}

/**
 * The line protocol of Telegraf 1.37 for one host, as its outputs.influxdb_v2 writes it: measurements, tags, field names,
 * types, and `system` in three points. `mem` is cut to the fields anybody reads.
 */
export function telegrafLines(reading: HostReading): string {
  const {
    time,
    busy,
    cores,
    uptimeS,
    memoryBytes: total,
    sentBytes: sent,
    receivedBytes: received,
  } = reading;
  const host = `host=${escapeTag(reading.host)}`;
  const server = `server=${escapeTag(reading.server)}`;
  const used = Math.round(total * reading.memoryInUse);
  const percent = busy * 100;
  const load = number(busy * cores);
  const points: readonly (readonly [string, Readonly<Record<string, string>>])[] = [
    [
      `cpu,cpu=cpu-total,${host},${server}`,
      {
        usage_guest: '0',
        usage_guest_nice: '0',
        usage_idle: number(100 - percent),
        usage_iowait: '0',
        usage_irq: '0',
        usage_nice: '0',
        usage_softirq: number(percent * 0.05),
        usage_steal: '0',
        usage_system: number(percent * 0.2),
        usage_user: number(percent * 0.75),
      },
    ],
    [
      `mem,${host},${server}`,
      {
        available: `${total - used}i`,
        available_percent: number(100 - reading.memoryInUse * 100),
        free: `${Math.round((total - used) / 2)}i`,
        total: `${total}i`,
        used: `${used}i`,
        used_percent: number(reading.memoryInUse * 100),
      },
    ],
    [
      `net,${host},interface=eth0,${server}`,
      {
        bytes_recv: `${received}i`,
        bytes_sent: `${sent}i`,
        drop_in: '0i',
        drop_out: '0i',
        err_in: '0i',
        err_out: '0i',
        packets_recv: `${Math.floor(received / 900)}i`,
        packets_sent: `${Math.floor(sent / 900)}i`,
        speed: `${Math.round(reading.networkMbit)}i`,
      },
    ],
    [
      `system,${host},${server}`,
      { load1: load, load15: load, load5: load, n_cpus: `${cores}i`, n_physical_cpus: `${cores}i` },
    ],
    [`system,${host},${server}`, { uptime: `${uptimeS}i` }],
    [`system,${host},${server}`, { uptime_format: `"${uptimeText(uptimeS)}"` }],
  ];
  return points
    .map(([head, fields]) => {
      const list = Object.entries(fields).map(([name, value]) => `${name}=${value}`);
      return `${head} ${list.join(',')} ${Math.round(time)}000000\n`;
    })
    .join('');
}

/** As Telegraf writes it: `11 days,  0:05`. */
function uptimeText(seconds: number): string {
  const days = Math.floor(seconds / 86_400);
  const clock = `${String(Math.floor(seconds / 3_600) % 24).padStart(2)}:${String(Math.floor(seconds / 60) % 60).padStart(2, '0')}`;
  return days === 0 ? clock : `${days} day${days === 1 ? '' : 's'}, ${clock}`;
}

function number(value: number): string {
  return String(Math.round(Math.max(0, value) * 1e6) / 1e6);
}

function escapeTag(text: string): string {
  return text.replace(/[ ,=]/g, (char) => `\\${char}`);
}
