import { setTimeout as sleep } from 'node:timers/promises';
import type { Bench, Figure } from './bench.js';
import { makeSite, type ProbeReading, SERVER_SECRET, startBallast } from './ballast-process.js';
import { startReference } from './reference/start-reference.js';

const SERVERS = 500;
const MAX_DELAY_MS = 50;
const MAX_RSS_MB = 250;
const MAX_CPU = 0.6;

/** 500 servers × 20 meetings × 10 attendees polled every 10 s: what Ballast itself needs. */
export const pool500: Bench = {
  name: 'pool-500',
  run: async ({ isQuick }) => {
    const canned = await startReference('canned-bbb', {
      ...{ servers: SERVERS, secret: SERVER_SECRET, meetings: 20, attendees: 10 },
    });
    const site = await makeSite(canned.urls, { poll: { interval: '10s' } });
    try {
      const ballast = await startBallast(site, { apply: true });
      // The first round adopts 10,000 foreign meetings: it is paid once and not counted.
      await sleep(isQuick ? 5_000 : 15_000);
      const readings: ProbeReading[] = [await ballast.probe('reset')];
      const seconds = isQuick ? 10 : 30;
      for (let second = 0; second < seconds; second += 1) {
        await sleep(1_000);
        readings.push(await ballast.probe());
      }
      await ballast.stop();
      return figures(readings, seconds);
    } finally {
      await canned.stop();
      await site.remove();
    }
  },
};

function figures(readings: readonly ProbeReading[], seconds: number): Figure[] {
  const [first, last] = [readings[0], readings.at(-1)];
  if (!first || !last) throw new Error('no reading of the process');
  const rssMb = Math.max(...readings.map((reading) => reading.rssBytes)) / 1e6;
  const cpu = (last.cpuMs - first.cpuMs) / (seconds * 1000);
  const what = '500 servers × 20 meetings × 10 attendees every 10 s:';
  return [
    row(
      `${what} event loop delay p99`,
      last.p99Ms,
      MAX_DELAY_MS,
      'ms',
      `longest ${last.maxMs.toFixed(0)} ms`,
    ),
    row(`${what} RSS at most`, rssMb, MAX_RSS_MB, 'MB', `${(last.rssBytes / 1e6).toFixed(0)} MB at the end`),
    row(`${what} CPU`, cpu * 100, MAX_CPU * 100, '% of a core', `over ${seconds} s`),
  ];
}

function row(what: string, value: number, goal: number, unit: string, detail: string): Figure {
  return {
    what,
    figure: `${value.toFixed(value < 10 ? 1 : 0)} ${unit}`,
    goal: `< ${goal} ${unit}`,
    isMet: value < goal,
    detail,
  };
}
