import { percent } from '../describe-load.js';
import { orderByScore } from './order-by-score.js';
import type { Policy } from './policy.js';

/** Lowest sum of CPU and memory, each the mean of five minutes, times the multiplier: BigBlueSwarm's idea. Unknown comes last. */
export const cpuMem: Policy = {
  order: (servers, context) =>
    orderByScore(
      servers,
      ({ candidate: { longCpu, longMemory, loadMultiplier } }) =>
        longCpu === undefined || longMemory === undefined
          ? Number.POSITIVE_INFINITY
          : (longCpu + longMemory) * loadMultiplier,
      0,
      context,
    ),
  reason: () => 'policy',
  describe: ({ candidate: { longCpu, longMemory } }) =>
    longCpu === undefined || longMemory === undefined
      ? 'no CPU and memory of the last five minutes'
      : `${percent(longCpu)} CPU and ${percent(longMemory)} memory over five minutes`,
  behind: 'heavier',
};
