import type { Bench } from './bench.js';
import { SERVER_SECRET } from './ballast-process.js';
import { expectAnswer, requestsPerSecond } from './load.js';
import { interleave } from './rounds.js';
import { shareFigure } from './share-figure.js';
import { callPath, create, inFlight, startSmallPool } from './small-pool.js';

const GOAL = 0.8;

/** isMeetingRunning with 32 connections, against a bare proxy that checks and re-signs. */
export const readCalls: Bench = {
  name: 'read-calls',
  run: async ({ isQuick }) => {
    const pool = await startSmallPool(0);
    try {
      const ids = Array.from({ length: 40 }, (_, i) => `read-${i}`);
      await inFlight(ids.length, 8, (i) => create(pool.ballast.url, ids[i] ?? ''));
      const signed = ids.map((id) => callPath('isMeetingRunning', `meetingID=${id}`));
      const direct = ids.map((id) => callPath('isMeetingRunning', `meetingID=${id}`, SERVER_SECRET));
      await expectAnswer(pool.ballast.url + (signed[0] ?? ''), '<running>true</running>');
      await expectAnswer(pool.bareProxy + (signed[0] ?? ''), '<running>');
      const load = { seconds: isQuick ? 1 : 3, status: 200 } as const;
      const figures = await interleave(
        { rounds: isQuick ? 1 : 7, warmUps: 1 },
        {
          ballast: () => requestsPerSecond(pool.ballast.url, signed, load),
          'bare proxy': () => requestsPerSecond(pool.bareProxy, signed, load),
          'server asked directly': () => requestsPerSecond(pool.direct, direct, load),
        },
      );
      return [shareFigure('isMeetingRunning, share of a bare proxy', figures, 'bare proxy', GOAL)];
    } finally {
      await pool.stop();
    }
  },
};
