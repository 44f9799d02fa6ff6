import type { HostSample, LoadTable } from './load-table.js';

/**
 * Keeps what was known of a reading that is still the newest. A source means over a window up to now: of a host that fell
 * silent it soon tells only when it was last heard, while its last values count until they are too old.
 */
export function carryOver(previous: LoadTable, next: LoadTable): LoadTable {
  let samples: Map<string, HostSample> | undefined;
  for (const [serverId, sample] of next.samples) {
    const before = previous.samples.get(serverId);
    if (before === undefined || !lacksAny(sample)) continue;
    samples ??= new Map(next.samples);
    samples.set(serverId, merged(before, sample));
  }
  return samples === undefined ? next : { ...next, samples };
}

function lacksAny({ cpu, memory, networkBytesPerSecond, cpuCount }: HostSample): boolean {
  return (
    cpu === undefined || memory === undefined || networkBytesPerSecond === undefined || cpuCount === undefined
  );
}

function merged(before: HostSample, sample: HostSample): HostSample {
  const memoryWas = before.memorySampledAt ?? before.sampledAt;
  const networkWas = before.networkSampledAt ?? before.sampledAt;
  const isSame = (was: number, is: number | undefined): boolean => is === undefined || is <= was;
  const hasSameMemory = isSame(memoryWas, sample.memorySampledAt);
  const hasSameNetwork = isSame(networkWas, sample.networkSampledAt);
  return {
    ...sample,
    cpu: sample.cpu ?? (isSame(before.sampledAt, sample.sampledAt) ? before.cpu : undefined),
    memory: sample.memory ?? (hasSameMemory ? before.memory : undefined),
    memorySampledAt: sample.memorySampledAt ?? memoryWas,
    networkBytesPerSecond:
      sample.networkBytesPerSecond ?? (hasSameNetwork ? before.networkBytesPerSecond : undefined),
    networkSampledAt: sample.networkSampledAt ?? networkWas,
    cpuCount: sample.cpuCount ?? before.cpuCount,
    networkMbit: sample.networkMbit ?? before.networkMbit,
  };
}
