import type { Bench } from './bench.js';
import { SERVER_SECRET } from './ballast-process.js';
import { expectAnswer, requestsPerSecond } from './load.js';
import { interleave } from './rounds.js';
import { shareFigure } from './share-figure.js';
import { callPath, startSmallPool } from './small-pool.js';

const GOAL = 0.35;

/** getMeetings of 4 servers × 50 meetings, against one server's own list of 50. */
export const getMeetings: Bench = {
  name: 'get-meetings',
  run: async ({ isQuick }) => {
    const pool = await startSmallPool(50);
    try {
      const viaBallast = callPath('getMeetings', '');
      const direct = callPath('getMeetings', '', SERVER_SECRET);
      for (let server = 0; server < 4; server += 1) {
        await expectAnswer(pool.ballast.url + viaBallast, `<meetingID>s${server}-m49</meetingID>`);
      }
      const load = { seconds: isQuick ? 1 : 3, status: 200 } as const;
      const figures = await interleave(
        { rounds: isQuick ? 1 : 7, warmUps: 1 },
        {
          ballast: () => requestsPerSecond(pool.ballast.url, [viaBallast], load),
          'one server, 50 meetings': () => requestsPerSecond(pool.direct, [direct], load),
        },
      );
      return [
        shareFigure(
          'getMeetings of 200 meetings, share of one server asked for 50',
          figures,
          'one server, 50 meetings',
          GOAL,
        ),
      ];
    } finally {
      await pool.stop();
    }
  },
};
