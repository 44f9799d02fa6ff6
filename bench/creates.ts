import type { Bench, Figure } from './bench.js';
import { SERVER_SECRET } from './ballast-process.js';
import { interleave, median } from './rounds.js';
import { create, end, inFlight, startSmallPool } from './small-pool.js';

const BURST = 200;
const MAX_RATIO = 4;
const MAX_ADDED_MS = 2;

/** 200 creates with 32 in flight, then one at a time, against one server asked directly. */
export const creates: Bench = {
  name: 'creates',
  run: async ({ isQuick }) => {
    const pool = await startSmallPool(0);
    let round = 0;
    const burst = async (url: string, secret?: string): Promise<number> => {
      const prefix = `burst-${round++}`;
      const startedAt = performance.now();
      await inFlight(BURST, 32, (i) => create(url, `${prefix}-${i}`, secret));
      const tookMs = performance.now() - startedAt;
      await inFlight(BURST, 8, (i) => end(url, `${prefix}-${i}`, secret));
      return tookMs;
    };
    const single = async (url: string, secret?: string): Promise<number> => {
      const prefix = `single-${round++}`;
      const times: number[] = [];
      await inFlight(100, 1, async (i) => times.push(await create(url, `${prefix}-${i}`, secret)));
      await inFlight(100, 8, (i) => end(url, `${prefix}-${i}`, secret));
      return median(times);
    };
    try {
      const bursts = await interleave(
        { rounds: isQuick ? 1 : 9, warmUps: 2 },
        {
          ballast: () => burst(pool.ballast.url),
          direct: () => burst(pool.direct, SERVER_SECRET),
        },
      );
      const singles = await interleave(
        { rounds: isQuick ? 1 : 5, warmUps: 1 },
        {
          ballast: () => single(pool.ballast.url),
          direct: () => single(pool.direct, SERVER_SECRET),
        },
      );
      return [burstFigure(bursts), singleFigure(singles)];
    } finally {
      await pool.stop();
    }
  },
};

function burstFigure(times: { ballast: number[]; direct: number[] }): Figure {
  const ratio = median(times.ballast) / median(times.direct);
  return {
    what: '200 creates with 32 in flight, against one server asked directly',
    figure: `${ratio.toFixed(1)} ×`,
    goal: `≤ ${MAX_RATIO} ×`,
    isMet: ratio <= MAX_RATIO,
    detail: `ballast ${median(times.ballast).toFixed(0)} ms, direct ${median(times.direct).toFixed(0)} ms`,
  };
}

function singleFigure(times: { ballast: number[]; direct: number[] }): Figure {
  const added = median(times.ballast) - median(times.direct);
  return {
    what: 'creates one at a time, p50 over direct',
    figure: `${added.toFixed(2)} ms`,
    goal: `≤ ${MAX_ADDED_MS} ms`,
    isMet: added <= MAX_ADDED_MS,
    detail: `ballast ${median(times.ballast).toFixed(2)} ms, direct ${median(times.direct).toFixed(2)} ms`,
  };
}
