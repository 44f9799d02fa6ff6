import type { RuleKind, SeenSample } from '../rule.js';
import { lowest } from './lowest.js';

/** metricsRange: what the mean is taken over, and how long a silent server still counts as online. */
const RANGE_MS = 5 * 60_000;
/** cpuLimit and memLimit, in percent. */
const LIMIT = 90;

interface Means {
  readonly id: string;
  readonly cpuPercent: number;
  readonly memoryPercent: number;
}

/** Means over the last five minutes of system time and of memory, in percent; `undefined` without a sample. */
export function bigBlueSwarmMeans(
  id: string,
  samples: readonly SeenSample[],
  now: number,
): Means | undefined {
  let [count, cpu, memory] = [0, 0, 0];
  for (const sample of samples) {
    if (sample.at < now - RANGE_MS) continue;
    count += 1;
    cpu += sample.cpuSystem;
    memory += sample.memory;
  }
  if (count === 0) return undefined;
  return { id, cpuPercent: (100 * cpu) / count, memoryPercent: (100 * memory) / count };
}

/**
 * BigBlueSwarm: lowest sum of the means of system CPU and memory over five minutes, both at most 90; no server left
 * means FAILED. It never looks a meeting up and never tries a second server; a dead server stays online for five minutes.
 */
export const bigBlueSwarm: RuleKind = {
  name: 'bigblueswarm',
  family: 'peer',
  start({ hosts }) {
    const samplesOf = new Map(hosts.map(({ id }): [string, SeenSample[]] => [id, []]));
    return {
      // It polls nobody: whether a server is online is read from the samples as well.
      pollEveryMs: RANGE_MS,
      rank(_meeting, now) {
        const allowed: Means[] = [];
        for (const [id, samples] of samplesOf) {
          const means = bigBlueSwarmMeans(id, samples, now);
          if (means === undefined) continue;
          // Compared as whole numbers there.
          if (Math.trunc(means.cpuPercent) > LIMIT || Math.trunc(means.memoryPercent) > LIMIT) continue;
          allowed.push(means);
        }
        const [best] = lowest(allowed, ({ cpuPercent, memoryPercent }) => cpuPercent + memoryPercent);
        return best === undefined ? [] : [best.id];
      },
      sampled(sample) {
        const samples = samplesOf.get(sample.serverId);
        if (samples === undefined) return;
        samples.push(sample);
        let [oldest] = samples;
        while (oldest !== undefined && oldest.at < sample.at - RANGE_MS) {
          samples.shift();
          [oldest] = samples;
        }
      },
      hasGivenUp: () => true,
    };
  },
};
