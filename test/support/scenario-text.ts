import type { ScenarioHost, ScenarioSample } from './scenario-hosts.js';

/** The hosts' samples as Telegraf writes them, times in ns; a clock that runs ahead stamps its samples with what it shows. */
export function telegrafText(hosts: readonly ScenarioHost[], now: number): string {
  return hosts
    .flatMap((host) => host.samples.flatMap((sample) => telegrafLines(host, sample, now)))
    .join('\n');
}

function telegrafLines(host: ScenarioHost, sample: ScenarioSample, now: number): readonly string[] {
  const time = `${now - sample.ago + (host.aheadS ?? 0) * 1000}000000`;
  const tags = `host=${host.host}${host.server === undefined ? '' : `,server=${host.server}`}`;
  const { cpu, available, bytes = {} } = sample;
  return [
    ...(cpu === undefined
      ? []
      : [
          `cpu,cpu=cpu-total,${tags} usage_idle=${100 - cpu * 100},usage_user=1 ${time}`,
          `cpu,cpu=cpu0,${tags} usage_idle=1,usage_user=99 ${time}`,
        ]),
    ...(available === undefined
      ? []
      : [`mem,${tags} available_percent=${available},used_percent=3,total=16000000000i ${time}`]),
    ...Object.entries(bytes).map(([name, count]) => {
      const speed = host.speeds?.[name];
      const fields = `bytes_sent=${count}i,bytes_recv=${count}i${speed === undefined ? '' : `,speed=${speed}i`}`;
      return `net,interface=${name},${tags} ${fields} ${time}`;
    }),
    ...(host.cpuCount === undefined ? [] : [`system,${tags} n_cpus=${host.cpuCount}i,load1=0.5 ${time}`]),
  ];
}

interface Line {
  readonly name: string;
  readonly labels: Readonly<Record<string, string>>;
  readonly value: number;
}

/** The same as node_exporter's metrics, in the OpenMetrics text that promtool reads: past samples with their times in s. */
export function openMetricsText(hosts: readonly ScenarioHost[], now: number): string {
  const byName = new Map<string, string[]>();
  for (const host of hosts) {
    let idleS = 5_000;
    let before: number | undefined;
    for (const sample of host.samples) {
      const at = (now - sample.ago) / 1000;
      idleS += before === undefined ? 0 : (1 - (sample.cpu ?? 0)) * (at - before);
      before = at;
      for (const { name, labels, value } of nodeExporterLines(host, sample, { idleS, at })) {
        const all = { instance: `${host.host}:9100`, job: 'node', ...labels };
        const text = Object.entries(all).map(([key, label]) => `${key}="${label}"`);
        const lines = byName.get(name) ?? [];
        byName.set(name, lines);
        lines.push(`${name}{${text.join(',')}} ${value} ${at}`);
      }
    }
  }
  return `${[...byName.values()].flat().join('\n')}\n# EOF\n`;
}

function nodeExporterLines(
  host: ScenarioHost,
  { cpu, available, bytes = {} }: ScenarioSample,
  { idleS, at }: { readonly idleS: number; readonly at: number },
): readonly Line[] {
  const labels: Readonly<Record<string, string>> = host.server === undefined ? {} : { server: host.server };
  const total = 16e9;
  const cores = Array.from({ length: host.cpuCount ?? 2 }, (_, index) => String(index));
  return [
    { name: 'node_time_seconds', labels, value: at + (host.aheadS ?? 0) },
    ...(cpu === undefined
      ? []
      : cores.flatMap((core) => [
          { name: 'node_cpu_seconds_total', labels: { ...labels, cpu: core, mode: 'idle' }, value: idleS },
          {
            name: 'node_cpu_seconds_total',
            labels: { ...labels, cpu: core, mode: 'user' },
            value: at - idleS,
          },
        ])),
    ...(available === undefined
      ? []
      : [
          { name: 'node_memory_MemTotal_bytes', labels, value: total },
          { name: 'node_memory_MemAvailable_bytes', labels, value: (total * available) / 100 },
        ]),
    ...Object.entries(bytes).flatMap(([device, count]) => [
      { name: 'node_network_receive_bytes_total', labels: { ...labels, device }, value: count },
      { name: 'node_network_transmit_bytes_total', labels: { ...labels, device }, value: count },
    ]),
    ...Object.entries(host.speeds ?? {}).map(([device, speed]) => ({
      name: 'node_network_speed_bytes',
      labels: { ...labels, device },
      value: (speed * 1e6) / 8,
    })),
  ];
}
