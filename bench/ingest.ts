import { setTimeout as sleep } from 'node:timers/promises';
import { Pool } from 'undici';
import type { Bench, Figure } from './bench.js';
import { ADMIN_TOKEN, makeSite, startBallast } from './ballast-process.js';
import { interleave, median } from './rounds.js';
import { telegrafBody } from './telegraf-lines.js';

const SERVERS = 500;
const INTERVAL_S = 10;
const MAX_CPU = 0.05;

/** 500 servers that each report every 10 s to the embedded ingest, against the same Ballast left alone. */
export const ingest: Bench = {
  name: 'ingest',
  run: async ({ isQuick }) => {
    // The servers are disabled: nothing polls them, and the ingest takes their samples all the same.
    const urls = Array.from({ length: SERVERS }, (_, i) => `http://127.0.0.1:9/s${i}`);
    const site = await makeSite(urls, {}, { state: 'disabled' });
    try {
      const ballast = await startBallast(site, { apply: true });
      const client = new Pool(ballast.url, { connections: 50, pipelining: 1 });
      let round = 0;
      const seconds = isQuick ? 5 : INTERVAL_S;
      const cpuOver = async (act: () => Promise<void>): Promise<number> => {
        const before = await ballast.probe();
        await act();
        return ((await ballast.probe()).cpuMs - before.cpuMs) / (seconds * 1000);
      };
      // Some rounds at full speed, so that what is measured is compiled code, as in a process that runs for days.
      for (let i = 0; i < 5; i += 1) await sendRound(client, round++, 0);
      const figures = await interleave(
        { rounds: isQuick ? 1 : 4, warmUps: 0 },
        {
          ingesting: () => cpuOver(() => sendRound(client, round++, seconds)),
          idle: () => cpuOver(() => sleep(seconds * 1000)),
        },
      );
      await client.close();
      await ballast.stop();
      return [figure(figures)];
    } finally {
      await site.remove();
    }
  },
};

/** One report of each server, spread evenly over the time; throws unless each is answered with 204. */
async function sendRound(client: Pool, round: number, seconds: number): Promise<void> {
  const startedAt = Date.now();
  const underWay: Promise<void>[] = [];
  const servers = seconds === 0 ? SERVERS : (SERVERS * seconds) / INTERVAL_S;
  for (let i = 0; i < servers; i += 1) {
    const waitMs = startedAt + (i * seconds * 1000) / servers - Date.now();
    if (waitMs > 0) await sleep(waitMs);
    underWay.push(sendReport(client, `server-${String(i).padStart(3, '0')}`, round));
  }
  await Promise.all(underWay);
}

/** One report of one host, as its Telegraf sends it; throws unless it is answered with 204. */
export async function sendReport(client: Pool, serverId: string, round: number): Promise<void> {
  const { statusCode, body } = await client.request({
    path: '/api/v2/write?org=bench&bucket=ballast&precision=ns',
    method: 'POST',
    headers: {
      authorization: `Token ${ADMIN_TOKEN}`,
      'content-type': 'text/plain; charset=utf-8',
      'content-encoding': 'gzip',
    },
    body: telegrafBody(serverId, round, Date.now()),
  });
  const text = await body.text();
  if (statusCode !== 204) throw new Error(`the ingest answered ${statusCode}: ${text}`);
}

function figure(figures: { ingesting: number[]; idle: number[] }): Figure {
  const share = median(figures.ingesting) - median(figures.idle);
  const percent = (value: number): string => `${(value * 100).toFixed(1)} %`;
  return {
    what: 'ingest of 500 servers each 10 s, CPU',
    figure: `${percent(share)} of a core`,
    goal: `< ${MAX_CPU * 100} % of a core`,
    isMet: share < MAX_CPU,
    detail: `with ${percent(median(figures.ingesting))}, without ${percent(median(figures.idle))}`,
  };
}
