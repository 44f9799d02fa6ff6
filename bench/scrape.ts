import { setTimeout as sleep } from 'node:timers/promises';
import { Pool } from 'undici';
import { stringify } from 'yaml';
import {
  ADMIN_TOKEN,
  type BallastProcess,
  makeSite,
  SERVER_SECRET,
  startBallast,
} from './ballast-process.js';
import type { Bench, Figure } from './bench.js';
import { sendReport } from './ingest.js';
import { median, quantile } from './rounds.js';
import { callPath, inFlight } from './small-pool.js';
import { startReference } from './reference/start-reference.js';

const SERVERS = 500;
const TENANTS = 50;
/** Each is created, joined, asked about; some are ended. */
const MEETINGS = 2_000;
const MAX_MS = 100;
const MAX_MB = 3;
const MAX_PAUSE_MS = 50;

const ACCEPT = { text: 'text/plain', openmetrics: 'application/openmetrics-text; version=1.0.0' } as const;

/** One scrape of /metrics with many servers and tenants after traffic: its time, its size, the longest pause it makes. */
export const scrape: Bench = {
  name: 'scrape',
  run: async ({ isQuick }) => {
    const canned = await startReference('canned-bbb', {
      ...{ servers: SERVERS, secret: SERVER_SECRET, meetings: 20, attendees: 10 },
    });
    const limits = { attendees: 1_000, meetings: 500 };
    const site = await makeSite(canned.urls, { poll: { interval: '10s' } }, { limits });
    try {
      const ballast = await startBallast(site, { apply: true });
      const client = new Pool(ballast.url, { connections: 32, pipelining: 1 });
      try {
        await addTenants(client);
        for (let round = 0; round < 2; round += 1) await reportAll(client, round);
        await traffic(client, isQuick ? 200 : MEETINGS);
        await reportAll(client, 2);
        // The next refresh shows the samples, the next polls the meetings.
        await sleep(isQuick ? 2_000 : 12_000);
        return await measure(ballast, client, isQuick ? 5 : 40);
      } finally {
        await client.close();
        await ballast.stop();
      }
    } finally {
      await canned.stop();
      await site.remove();
    }
  },
};

async function measure(ballast: BallastProcess, client: Pool, rounds: number): Promise<Figure[]> {
  const taken = { text: [] as number[], openmetrics: [] as number[] };
  const cpu: number[] = [];
  const pauses: number[] = [];
  const sizes = { text: 0, openmetrics: 0 };
  let lines = 0;
  const idle = await cpuRate(ballast);
  for (let round = -3; round < rounds; round += 1) {
    for (const format of ['text', 'openmetrics'] as const) {
      const before = await ballast.probe('reset');
      const startedAt = performance.now();
      const { body, headers } = await client.request({
        ...{ path: '/metrics', method: 'GET', headers: { accept: ACCEPT[format] } },
      });
      const text = await body.text();
      const tookMs = performance.now() - startedAt;
      const { maxMs, cpuMs } = await ballast.probe();
      if (!String(headers['content-type']).startsWith(ACCEPT[format].split(';')[0] ?? '')) {
        throw new Error(`asked for ${format}, got ${String(headers['content-type'])}`);
      }
      sizes[format] = Buffer.byteLength(text);
      lines = text.split('\n').filter((line) => line !== '' && !line.startsWith('#')).length;
      await sleep(200);
      // The first few let the code be compiled.
      if (round < 0) continue;
      taken[format].push(tookMs);
      pauses.push(maxMs);
      cpu.push(cpuMs - before.cpuMs - idle * tookMs);
    }
  }
  return [
    timeFigure('the text format', taken.text, cpu),
    timeFigure('OpenMetrics', taken.openmetrics, cpu),
    {
      what: `a scrape with ${SERVERS} servers and ${TENANTS} tenants: size`,
      figure: `${(sizes.text / 1e6).toFixed(2)} MB`,
      goal: `< ${MAX_MB} MB`,
      isMet: sizes.text < MAX_MB * 1e6,
      detail: `${lines} series; OpenMetrics ${(sizes.openmetrics / 1e6).toFixed(2)} MB`,
    },
    {
      what: `a scrape with ${SERVERS} servers and ${TENANTS} tenants: longest pause of the event loop, p95`,
      figure: `${quantile(pauses, 0.95).toFixed(0)} ms`,
      goal: `< ${MAX_PAUSE_MS} ms`,
      isMet: quantile(pauses, 0.95) < MAX_PAUSE_MS,
      detail: `p50 ${median(pauses).toFixed(0)} ms, longest ${Math.max(...pauses).toFixed(0)} ms, with polls and garbage collection`,
    },
  ];
}

/** CPU that polls and refreshes take, in ms a ms: to be told apart from that of scrapes. */
async function cpuRate(ballast: BallastProcess): Promise<number> {
  const [before, startedAt] = [await ballast.probe(), performance.now()];
  await sleep(5_000);
  return ((await ballast.probe()).cpuMs - before.cpuMs) / (performance.now() - startedAt);
}

function timeFigure(format: string, taken: readonly number[], cpu: readonly number[]): Figure {
  const p50 = median(taken);
  return {
    what: `a scrape with ${SERVERS} servers and ${TENANTS} tenants, ${format}: p50`,
    figure: `${p50.toFixed(0)} ms`,
    goal: `< ${MAX_MS} ms`,
    isMet: p50 < MAX_MS,
    detail: `p95 ${quantile(taken, 0.95).toFixed(0)} ms, of ${taken.length}; CPU of it beside that of polls ${median(cpu).toFixed(0)} ms, fastest ${Math.min(...taken).toFixed(0)} ms`,
  };
}

function tenantName(index: number): string {
  return `school-${String(index % TENANTS).padStart(2, '0')}`;
}

function secretOf(tenant: string): string {
  return `bench-secret-of-${tenant}-0123456789`;
}

async function addTenants(client: Pool): Promise<void> {
  const documents = Array.from({ length: TENANTS }, (_, index) => {
    const id = tenantName(index);
    const limits = { meetings: 10_000, attendees: 100_000 };
    return stringify({ kind: 'Tenant', id, secrets: [secretOf(id)], limits });
  });
  const { statusCode, body } = await client.request({
    ...{ path: '/admin/v1/apply', method: 'POST', body: documents.join('---\n') },
    headers: { authorization: `Bearer ${ADMIN_TOKEN}`, 'content-type': 'application/yaml' },
  });
  const text = await body.text();
  if (statusCode !== 200) throw new Error(`the tenants were answered ${statusCode}: ${text}`);
}

async function reportAll(client: Pool, round: number): Promise<void> {
  await inFlight(SERVERS, 32, (index) =>
    sendReport(client, `server-${String(index).padStart(3, '0')}`, round),
  );
}

/** What front ends do in a day, but for the waiting: every call that they make, some of it wrong. */
async function traffic(client: Pool, meetings: number): Promise<void> {
  await inFlight(meetings, 16, async (index) => {
    const tenant = tenantName(index);
    const secret = secretOf(tenant);
    const meetingId = `room-${index}`;
    const call = async (name: string, query: string, signedWith = secret): Promise<string> => {
      const path = `/t/${tenant}${callPath(name, query, signedWith)}`;
      const { body } = await client.request({ path, method: 'GET' });
      return body.text();
    };
    const created = await call('create', `name=Room&meetingID=${meetingId}&attendeePW=ap&moderatorPW=mp`);
    if (!created.includes('<returncode>SUCCESS</returncode>')) throw new Error(`create: ${created}`);
    await call('join', `meetingID=${meetingId}&fullName=Somebody&password=ap`);
    await call('isMeetingRunning', `meetingID=${meetingId}`);
    await call('getMeetingInfo', `meetingID=${meetingId}`);
    await call('isMeetingRunning', `meetingID=${meetingId}`, 'a wrong secret');
    if (index % 7 === 0) await call('getMeetingInfo', `meetingID=nobody-${index}`);
    if (index % 2 === 0) await call('end', `meetingID=${meetingId}&password=mp`);
    if (index % 200 === 0) await call('getMeetings', '');
  });
}
