import type { Bench } from './bench.js';
import { expectAnswer, requestsPerSecond } from './load.js';
import { interleave } from './rounds.js';
import { shareFigure } from './share-figure.js';
import { callPath, create, inFlight, startSmallPool } from './small-pool.js';

const GOAL = 0.6;

/** join with 32 connections, against a bare 302 that checks and re-signs. */
export const join: Bench = {
  name: 'join',
  run: async ({ isQuick }) => {
    const pool = await startSmallPool(0);
    try {
      const ids = Array.from({ length: 40 }, (_, i) => `join-${i}`);
      await inFlight(ids.length, 8, (i) => create(pool.ballast.url, ids[i] ?? ''));
      const paths = ids.map((id, i) =>
        callPath('join', `fullName=Ada+Lovelace+${i}&meetingID=${id}&password=mp&redirect=true&userID=u${i}`),
      );
      await expectAnswer(pool.ballast.url + (paths[0] ?? ''), '/bigbluebutton/api/join?');
      await expectAnswer(pool.bareProxy + (paths[0] ?? ''), '/bigbluebutton/api/join?');
      const load = { seconds: isQuick ? 1 : 3, status: 302 } as const;
      const figures = await interleave(
        { rounds: isQuick ? 1 : 7, warmUps: 1 },
        {
          ballast: () => requestsPerSecond(pool.ballast.url, paths, load),
          'bare 302': () => requestsPerSecond(pool.bareProxy, paths, load),
        },
      );
      return [shareFigure('join, share of a bare 302', figures, 'bare 302', GOAL)];
    } finally {
      await pool.stop();
    }
  },
};
