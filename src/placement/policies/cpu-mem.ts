import { percent } from '../describe-load.js';
import { knownPositive, knownRatio } from '../measure.js';
import type { Assessment } from '../predict-load.js';
import { orderKnownFirst } from './order-by-score.js';
import type { Policy } from './policy.js';

/**
 * Lowest sum of CPU and memory, each the mean of five minutes, times the multiplier: BigBlueSwarm's idea. Where the
 * newest sample is too old to count, so are those before it.
 */
export const cpuMem: Policy = {
  order: (servers, context) => orderKnownFirst(servers, scoreOf, 0, context),
  reason: (first) => (scoreOf(first) === undefined ? 'unknown-load' : 'policy'),
  describe: (server) => {
    const { longCpu, longMemory } = server.candidate;
    return scoreOf(server) === undefined || longCpu === undefined || longMemory === undefined
      ? 'no CPU and memory of the last five minutes'
      : `${percent(longCpu)} CPU and ${percent(longMemory)} memory over five minutes`;
  },
  isUnknown: (server) => scoreOf(server) === undefined,
  behind: 'heavier',
  superlative: 'the least of both together',
  advantage: 'has less of both together',
};

function scoreOf({ candidate }: Assessment): number | undefined {
  if (candidate.cpu === undefined) return undefined;
  const cpu = knownRatio(candidate.longCpu);
  const memory = knownRatio(candidate.longMemory);
  const multiplier = knownPositive(candidate.loadMultiplier);
  return cpu === undefined || memory === undefined || multiplier === undefined
    ? undefined
    : (cpu + memory) * multiplier;
}
