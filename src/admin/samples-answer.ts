import type { LoadTable } from '../metrics/load-table.js';
import type { SamplesAnswer } from './views.js';

/** The load table as the admin API shows it, in order of server. `now` is ms since 1970. */
export function samplesAnswer(
  { samples, faults = [], strangers = [] }: LoadTable,
  now: number,
): SamplesAnswer {
  const views = [...samples].map(([serverId, sample]) => ({
    serverId,
    ageSeconds: Math.max(0, now - sample.sampledAt) / 1000,
    cpu: sample.cpu,
    memory: sample.memory,
    networkBytesPerSecond: sample.networkBytesPerSecond,
    cpuCount: sample.cpuCount,
    networkMbit: sample.networkMbit,
    matchedBy: sample.matchedBy,
  }));
  views.sort((a, b) => (a.serverId < b.serverId ? -1 : 1));
  return { samples: views, faults, strangers };
}
