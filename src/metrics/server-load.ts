import type { HostSample } from './load-table.js';

/** One server's load as of now: values too old to count are `undefined`, their ages stay. Times by the host's clock. */
export interface ServerLoad {
  readonly cpu: number | undefined;
  readonly memory: number | undefined;
  readonly networkBytesPerSecond: number | undefined;
  /** Age of the newest CPU sample (of any, where no CPU came). */
  readonly sampleAgeMs: number | undefined;
  /** Its time, ms since 1970; never later than now. */
  readonly sampledAt: number | undefined;
  readonly memoryAgeMs: number | undefined;
  readonly networkAgeMs: number | undefined;
  /** Logical processors; known however old the samples are. */
  readonly cpuCount: number | undefined;
  /** Speed of its fastest real interface, where the host tells. */
  readonly networkMbit: number | undefined;
}

/** The load of a server without samples. */
export const UNKNOWN_LOAD: ServerLoad = {
  cpu: undefined,
  memory: undefined,
  networkBytesPerSecond: undefined,
  sampleAgeMs: undefined,
  sampledAt: undefined,
  memoryAgeMs: undefined,
  networkAgeMs: undefined,
  cpuCount: undefined,
  networkMbit: undefined,
};

/** A sample as of `now`: each value by its own age. A host whose clock runs ahead has an age of 0. */
export function loadAsOf(sample: HostSample, now: number, maxAgeMs: number): ServerLoad {
  const { cpu, memory, networkBytesPerSecond, sampledAt, cpuCount, networkMbit } = sample;
  const ageOf = (at: number): number => Math.max(0, now - at);
  const [sampleAgeMs, memoryAgeMs, networkAgeMs] = [
    ageOf(sampledAt),
    ageOf(sample.memorySampledAt ?? sampledAt),
    ageOf(sample.networkSampledAt ?? sampledAt),
  ];
  return {
    cpu: sampleAgeMs <= maxAgeMs ? cpu : undefined,
    memory: memoryAgeMs <= maxAgeMs ? memory : undefined,
    networkBytesPerSecond: networkAgeMs <= maxAgeMs ? networkBytesPerSecond : undefined,
    sampleAgeMs,
    sampledAt: Math.min(sampledAt, now),
    memoryAgeMs,
    networkAgeMs,
    cpuCount,
    networkMbit,
  };
}
