import { gzipSync } from 'node:zlib';

/** What a stock Telegraf sends for one host each 10 s (cpu, mem, net, system), gzipped as `outputs.influxdb_v2` does. */
export function telegrafBody(serverId: string, round: number, nowMs: number): Buffer {
  const tags = `host=${serverId},server=${serverId}`;
  const at = `${nowMs}000000`;
  const idle = 60 + ((round * 7) % 30);
  const bytes = 1_000_000_000 + round * 25_000_000;
  const lines = [
    `cpu,cpu=cpu-total,${tags} usage_user=${88 - idle},usage_system=10.1,usage_idle=${idle},usage_nice=0,usage_iowait=0.4,usage_irq=0,usage_softirq=0.9,usage_steal=0,usage_guest=0,usage_guest_nice=0 ${at}`,
    `mem,${tags} total=16777216000i,available=11010048000i,used=5033164800i,free=2097152000i,cached=8912896000i,buffered=734003200i,active=7340032000i,inactive=4194304000i,available_percent=65.6,used_percent=30 ${at}`,
    `net,interface=eth0,${tags} bytes_sent=${bytes}i,bytes_recv=${bytes >> 1}i,packets_sent=8421001i,packets_recv=7410022i,err_in=0i,err_out=0i,drop_in=0i,drop_out=0i ${at}`,
    `net,interface=docker0,${tags} bytes_sent=12345678i,bytes_recv=2345678i,packets_sent=4210i,packets_recv=3410i,err_in=0i,err_out=0i,drop_in=0i,drop_out=0i ${at}`,
    `system,${tags} load1=1.42,load5=1.31,load15=1.11,n_cpus=8i,n_users=0i ${at}`,
    `system,${tags} uptime=${864_000 + round * 10}i ${at}`,
  ];
  return gzipSync(`${lines.join('\n')}\n`);
}
