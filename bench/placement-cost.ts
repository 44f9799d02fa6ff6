import { decide } from '../src/placement/decide.js';
import type { Bench } from './bench.js';
import { busyPool, PLACEMENT_OPTIONS, PLACEMENT_REQUEST } from './busy-pool.js';
import { median, quantile } from './rounds.js';

const SERVERS = 500;
const MAX_MS = 0.3;

/** One decision among 500 servers at the full hour: each measured, polled, with five young meetings promised to it. */
export const placementCost: Bench = {
  name: 'placement-cost',
  run: async ({ isQuick }) => {
    const candidates = busyPool(SERVERS);
    const times: number[] = [];
    for (let i = 0; i < (isQuick ? 500 : 3_000); i += 1) {
      const startedAt = performance.now();
      const { decision } = decide(PLACEMENT_REQUEST, candidates, PLACEMENT_OPTIONS, Math.random);
      times.push(performance.now() - startedAt);
      if (decision.ranking.length === 0) throw new Error('no server was eligible');
    }
    const counted = times.slice(times.length / 3);
    const took = median(counted);
    return [
      {
        what: 'one placement among 500 servers, p50',
        figure: `${took.toFixed(3)} ms`,
        goal: `< ${MAX_MS} ms`,
        isMet: took < MAX_MS,
        detail: `p99 ${quantile(counted, 0.99).toFixed(3)} ms, of ${counted.length}`,
      },
    ];
  },
};
