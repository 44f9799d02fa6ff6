import { once } from 'node:events';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';
import { Pool } from 'undici';
import { type BallastProcess, makeSite, startBallast } from './ballast-process.js';
import type { Bench, Figure } from './bench.js';
import { quantile } from './rounds.js';
import { callPath } from './small-pool.js';

const SERVERS = 4;
const RECORDINGS = 10_000;
/** What a front end shows on a page. */
const PAGE = 25;
/** Names in one request at most. */
const MOST_NAMES = 5_000;
const PROBE_SLEEP_MS = 30;
const MAX_P99_MS = 30;
const MAX_PAUSE_MS = 50;

/** getRecordings from an index of 10,000: limited queries, the whole list, and how the index came to be. */
export const recordings: Bench = {
  name: 'recordings',
  run: async ({ isQuick }) => {
    const servers = await Promise.all(Array.from({ length: SERVERS }, (_, at) => listServer(at)));
    const urls = servers.map((server) => `http://127.0.0.1:${(server.address() as AddressInfo).port}/api`);
    const site = await makeSite(urls, { recordings: { refresh: '10s' } });
    try {
      const ballast = await startBallast(site, { apply: true });
      const client = new Pool(ballast.url, { connections: 1, pipelining: 1 });
      try {
        const built = await untilBuilt(ballast, client);
        const limited = await limitedQueries(ballast, client, isQuick ? 100 : 1_500);
        const rounds = isQuick ? 3 : 10;
        const named = await broadLists(ballast, client, rounds);
        return [built, ...limited, ...named, await wholeList(ballast, client, isQuick ? 1 : 5)];
      } finally {
        await client.close();
        await ballast.stop();
      }
    } finally {
      for (const server of servers) {
        server.closeAllConnections();
        server.close();
      }
      await site.remove();
    }
  },
};

/** Times of one sort of question among the others, so that each sees the same machine. */
async function limitedQueries(ballast: BallastProcess, client: Pool, rounds: number): Promise<Figure[]> {
  const kinds: Readonly<Record<string, (at: number) => string>> = {
    [`a page of ${PAGE}`]: (at) => `offset=${(at * 37) % (RECORDINGS - PAGE)}`,
    'by meetingID': (at) => `meetingID=room-${at % 500},room-${(at + 7) % 500}`,
    'by 25 recordID': (at) =>
      `state=any&recordID=${Array.from({ length: 25 }, (_, i) => idOf(at + i * 13)).join()}`,
    'by meta': (at) => `meta_bbb-context-id=course-${at % 100}`,
  };
  const took = new Map(Object.keys(kinds).map((kind) => [kind, [] as number[]]));
  await ballast.probe('reset');
  for (let round = -20; round < rounds; round += 1) {
    for (const [kind, queryOf] of Object.entries(kinds)) {
      const startedAt = performance.now();
      const text = await ask(client, `${queryOf(round + 20)}&limit=${PAGE}`);
      const ms = performance.now() - startedAt;
      if (!text.includes('<recording>')) throw new Error(`${kind}: nothing was found`);
      if (round >= 0) took.get(kind)?.push(ms);
    }
  }
  const { p99Ms } = await ballast.probe();
  return [...took].map(([kind, times]) => {
    const p99 = quantile(times, 0.99);
    return {
      what: `getRecordings of 10,000, limit ${PAGE}, ${kind}: p99`,
      ...{ figure: `${p99.toFixed(1)} ms`, goal: `< ${MAX_P99_MS} ms`, isMet: p99 < MAX_P99_MS },
      detail: `p50 ${quantile(times, 0.5).toFixed(1)} ms of ${times.length}; event loop delay p99 ${p99Ms.toFixed(0)} ms`,
    };
  });
}

/** Long lists of names, and names that all have: how long whoever else waits for the process has to wait. */
async function broadLists(ballast: BallastProcess, client: Pool, rounds: number): Promise<Figure[]> {
  // Of a list of values the whole counts as one more: a value may have a comma.
  const names = (nameOf: (at: number) => string): string =>
    Array.from({ length: MOST_NAMES - 1 }, (_, at) => nameOf(at)).join();
  const long: Readonly<Record<string, string>> = {
    'recordID, a page': `limit=${PAGE}&recordID=${names(idOf)}`,
    'recordID, all': `recordID=${names(idOf)}`,
    'recordID and a meta that all have, a page': `limit=${PAGE}&meta_bbb-origin=Moodle&recordID=${names(idOf)}`,
    'meetingID, a page': `limit=${PAGE}&meetingID=${names((at) => `room-${at}`)}`,
    'values of a meta, a page': `limit=${PAGE}&meta_bbb-context-id=${names((at) => `course-${at}`)}`,
  };
  const prefixes = [0, 1, 2].map((digit) => `${'0'.repeat(36)}${digit}`);
  const kinds = {
    ...Object.fromEntries(Object.entries(long).map(([kind, form]) => [`5,000 by ${kind}`, form])),
    '10,000 by a meta that all have, a page': `limit=${PAGE}&meta_bbb-origin=Moodle`,
    '10,000 by 3 beginnings of recordID, a page': `state=any&limit=${PAGE}&recordID=${prefixes.join()}`,
  };
  const figures: Figure[] = [];
  for (const [kind, form] of Object.entries(kinds)) {
    const pauses: number[] = [];
    const computed: number[] = [];
    const times: number[] = [];
    for (let round = 0; round < rounds; round += 1) {
      await ballast.probe('reset');
      const startedAt = performance.now();
      const text = await askByForm(client, form);
      times.push(performance.now() - startedAt);
      if (!text.includes('<recording>')) throw new Error(`${kind}: nothing was found`);
      // The probe counts a pause once a timer has run after it.
      await sleep(PROBE_SLEEP_MS);
      const { maxMs, maxComputedMs = NaN } = await ballast.probe();
      pauses.push(maxMs);
      computed.push(maxComputedMs);
    }
    const pause = quantile(pauses, 0.5);
    figures.push({
      what: `getRecordings of ${kind}: longest pause, p50`,
      ...{ figure: `${pause.toFixed(0)} ms`, goal: `< ${MAX_PAUSE_MS} ms`, isMet: pause < MAX_PAUSE_MS },
      detail: `longest of ${rounds} ${Math.max(...pauses).toFixed(0)} ms, at most ${Math.max(...computed).toFixed(0)} ms of CPU in a turn; answered in ${quantile(times, 0.5).toFixed(0)} ms`,
    });
  }
  return figures;
}

async function wholeList(ballast: BallastProcess, client: Pool, rounds: number): Promise<Figure> {
  const times: number[] = [];
  const pauses: number[] = [];
  let bytes = 0;
  let rss = 0;
  for (let round = 0; round < rounds; round += 1) {
    await ballast.probe('reset');
    const startedAt = performance.now();
    bytes = (await ask(client, 'state=any')).length;
    times.push(performance.now() - startedAt);
    await sleep(PROBE_SLEEP_MS);
    const { maxMs, rssBytes } = await ballast.probe();
    pauses.push(maxMs);
    rss = Math.max(rss, rssBytes);
  }
  const pause = quantile(pauses, 0.5);
  return {
    what: 'getRecordings of 10,000, unlimited: longest pause',
    ...{ figure: `${pause.toFixed(0)} ms`, goal: `< ${MAX_PAUSE_MS} ms`, isMet: pause < MAX_PAUSE_MS },
    detail: `${(bytes / 1e6).toFixed(0)} MB in ${quantile(times, 0.5).toFixed(0)} ms, RSS ${(rss / 1e6).toFixed(0)} MB`,
  };
}

async function untilBuilt(ballast: BallastProcess, client: Pool): Promise<Figure> {
  await ballast.probe('reset');
  const startedAt = performance.now();
  for (;;) {
    const text = await ask(client, 'limit=1');
    if (text.includes(`<totalElements>${RECORDINGS}<`)) break;
    if (performance.now() - startedAt > 120_000) throw new Error('the index was not built');
    await sleep(50);
  }
  const seconds = (performance.now() - startedAt) / 1000;
  const { maxMs, maxComputedMs = NaN } = await ballast.probe();
  return {
    what: 'index of 10,000 recordings on 4 servers built: longest pause',
    ...{ figure: `${maxMs.toFixed(0)} ms`, goal: `< ${MAX_PAUSE_MS} ms`, isMet: maxMs < MAX_PAUSE_MS },
    detail: `whole ${seconds.toFixed(1)} s after /ready, at most ${maxComputedMs.toFixed(0)} ms of CPU in a turn`,
  };
}

async function ask(client: Pool, query: string): Promise<string> {
  const { body } = await client.request({ path: callPath('getRecordings', query), method: 'GET' });
  return body.text();
}

/** For what is too long for an address. */
async function askByForm(client: Pool, form: string): Promise<string> {
  const { body } = await client.request({
    ...{ path: callPath('getRecordings', ''), method: 'POST', body: form },
    headers: { 'content-type': 'application/x-www-form-urlencoded' },
  });
  return body.text();
}

function idOf(at: number): string {
  return `${(at % RECORDINGS).toString(16).padStart(40, '0')}-${1_600_000_000_000 + (at % RECORDINGS) * 60_000}`;
}

/** A server that lists its share of the recordings and has no meetings. */
async function listServer(number: number): Promise<Server> {
  const share = Array.from({ length: RECORDINGS / SERVERS }, (_, at) => recordingXml(at * SERVERS + number));
  const server = createServer((request, response) => {
    const { pathname, searchParams } = new URL(request.url ?? '', 'http://x');
    const offset = Number(searchParams.get('offset') ?? 0);
    const page = share.slice(offset, offset + Number(searchParams.get('limit') ?? share.length));
    const list = pathname.endsWith('getRecordings')
      ? `<recordings>${page.join('\n')}</recordings>`
      : '<meetings></meetings>';
    response.setHeader('Content-Type', 'text/xml');
    response.end(`<response>\n<returncode>SUCCESS</returncode>\n${list}\n</response>`);
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  return server;
}

/** Some 3 kB, as Moodle and BBB make them. */
function recordingXml(at: number): string {
  const id = idOf(at);
  const start = 1_600_000_000_000 + at * 60_000;
  const metadata = Array.from(
    { length: 12 },
    (_, key) => `<bbb-key-${key}>value ${key} of ${at}</bbb-key-${key}>\n`,
  );
  const images = Array.from(
    { length: 3 },
    (_, image) =>
      `<image alt="A slide with some text about something" height="136" width="176">https://bbb.example.org/presentation/${id}/presentation/d2d9a672040fbde2a47a10bf6c37b6a4b5ae187f-1530718721134/thumbnails/thumb-${image}.png</image>\n`,
  );
  const format = (type: string): string =>
    `<format>\n<type>${type}</type>\n<url>https://bbb.example.org/playback/${type}/2.3/${id}</url>\n<processingTime>7177</processingTime>\n<length>60</length>\n<size>168019</size>\n<preview>\n<images>\n${images.join('')}</images>\n</preview>\n</format>\n`;
  return `<recording>\n<recordID>${id}</recordID>\n<meetingID>room-${at % 500}</meetingID>\n<internalMeetingID>${id}</internalMeetingID>\n<name>Lesson ${at}</name>\n<isBreakout>false</isBreakout>\n<published>true</published>\n<state>published</state>\n<startTime>${start}</startTime>\n<endTime>${start + 3_600_000}</endTime>\n<participants>30</participants>\n<rawSize>951067</rawSize>\n<metadata>\n<bbb-origin>Moodle</bbb-origin>\n<bbb-context-id>course-${at % 100}</bbb-context-id>\n${metadata.join('')}<meetingId>room-${at % 500}</meetingId>\n</metadata>\n<playback>\n${format('presentation')}${format('video')}</playback>\n</recording>`;
}
