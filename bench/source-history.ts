const STEP_MS = 10_000;

/** Samples of that many servers every 10 s from `from` to before `to`, as Telegraf writes them. */
export function telegrafHistory(servers: number, from: number, to: number): string {
  const lines: string[] = [];
  for (let at = from; at < to; at += STEP_MS) {
    const time = `${at}000000`;
    const bytes = Math.round(at * 500) % 9e15;
    for (let i = 0; i < servers; i += 1) {
      const tags = `host=host${i},server=bbb${i}`;
      lines.push(
        `cpu,cpu=cpu-total,${tags} usage_idle=${40 + ((at / STEP_MS + i) % 50)},usage_user=7,usage_system=3,usage_iowait=1 ${time}`,
        `mem,${tags} available_percent=${50 + (i % 20)},used_percent=40,total=16000000000i ${time}`,
        `net,interface=eth0,${tags} bytes_sent=${bytes}i,bytes_recv=${bytes}i,speed=1000i ${time}`,
        `system,${tags} n_cpus=8i,load1=1.5 ${time}`,
      );
    }
  }
  return lines.join('\n');
}

/** The `spanMs` up to `now` of that many servers with 8 cores each as node_exporter's metrics, every 10 s, for promtool. */
export function exporterHistory(servers: number, now: number, spanMs: number): string {
  const parts: string[] = [];
  const add = (name: string, labels: string, valueAt: (at: number) => number): void => {
    const lines: string[] = [];
    for (let at = now - spanMs; at <= now; at += STEP_MS) {
      lines.push(`${name}{${labels}} ${valueAt(at / 1000)} ${at / 1000}`);
    }
    parts.push(lines.join('\n'));
  };
  const all = Array.from(
    { length: servers },
    (_, i) => `instance="host${i}:9100",job="node",server="bbb${i}"`,
  );
  for (const labels of all) {
    for (let core = 0; core < 8; core += 1) {
      add('node_cpu_seconds_total', `${labels},mode="idle",cpu="${core}"`, (at) => at * 0.6);
    }
  }
  for (const labels of all) add('node_memory_MemTotal_bytes', labels, () => 16e9);
  for (const labels of all) add('node_memory_MemAvailable_bytes', labels, () => 9e9);
  for (const direction of ['receive', 'transmit']) {
    for (const labels of all) {
      add(`node_network_${direction}_bytes_total`, `${labels},device="eth0"`, (at) => Math.round(at * 5e5));
    }
  }
  for (const labels of all) add('node_network_speed_bytes', `${labels},device="eth0"`, () => 125e6);
  for (const labels of all) add('node_time_seconds', labels, (at) => at);
  return `${parts.join('\n')}\n# EOF\n`;
}
