import type { Bench } from './bench.js';
import { makeSite, SERVER_SECRET, startBallast } from './ballast-process.js';
import { median } from './rounds.js';
import { startReference } from './reference/start-reference.js';
import { create, inFlight } from './small-pool.js';

const MAX_MS = 2_000;
const MEETINGS = 2_000;

/** Start to /ready with 100 servers and 2,000 meetings in the store. */
export const start: Bench = {
  name: 'start',
  run: async ({ isQuick }) => {
    const canned = await startReference('canned-bbb', {
      ...{ servers: 100, secret: SERVER_SECRET, meetings: 0, attendees: 10 },
    });
    const site = await makeSite(canned.urls);
    try {
      const first = await startBallast(site, { apply: true });
      await inFlight(MEETINGS, 32, (i) => create(first.url, `kept-${i}`));
      await first.stop();
      const times: number[] = [];
      for (let round = 0; round < (isQuick ? 1 : 5); round += 1) {
        const ballast = await startBallast(site, { apply: false });
        times.push(ballast.readyMs);
        await ballast.stop();
      }
      const took = median(times);
      return [
        {
          what: 'start to /ready, 100 servers and 2,000 meetings in the store',
          figure: `${took.toFixed(0)} ms`,
          goal: `< ${MAX_MS} ms`,
          isMet: took < MAX_MS,
          detail: `from ${Math.min(...times).toFixed(0)} to ${Math.max(...times).toFixed(0)} ms`,
        },
      ];
    } finally {
      await canned.stop();
      await site.remove();
    }
  },
};
