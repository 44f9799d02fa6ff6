import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import express from 'express';
import { request } from 'undici';
import { createAdminRouter } from '../src/admin/admin-router.js';
import type { AdminDeps } from '../src/admin/deps.js';
import { TokenBook } from '../src/admin/token-book.js';
import { silentLogger } from '../src/log.js';
import { PlacementJournal } from '../src/meetings/placement-journal.js';
import { decide } from '../src/placement/decide.js';
import { openStore } from '../src/store/open-store.js';
import type { Bench } from './bench.js';
import { busyPool, PLACEMENT_OPTIONS, PLACEMENT_REQUEST } from './busy-pool.js';
import { median } from './rounds.js';

const SERVERS = 500;
const DECISIONS = 500;
const TOKEN = 'bench-of-the-list';
const MAX_PAUSE_MS = 25;

/** The longest time in which nothing else happens while 500 decisions among 500 servers are listed. */
export const placementList: Bench = {
  name: 'placement-list',
  run: async ({ isQuick }) => {
    const folder = mkdtempSync(join(tmpdir(), 'ballast-bench-'));
    const store = await openStore(`sqlite:${join(folder, 'ballast.db')}`, { logger: silentLogger });
    const journal = new PlacementJournal(store.placements, silentLogger);
    const candidates = busyPool(SERVERS);
    for (let i = 0; i < DECISIONS; i += 1) {
      const { decision } = decide(PLACEMENT_REQUEST, candidates, PLACEMENT_OPTIONS, Math.random);
      journal.record({
        ...{ id: `placement-${i}`, at: Date.now() + i, tenantId: 'default', meetingId: `room-${i}` },
        ...{
          serverId: decision.ranking[0],
          policy: 'predicted',
          expectedAttendees: 30,
          decision,
          retries: [],
        },
      });
    }
    // Writes what waits to be written.
    await journal.stop();
    const admin = await serveList(journal);
    try {
      const pauses: number[] = [];
      const times: number[] = [];
      let bytes = 0;
      for (let round = 0; round < (isQuick ? 2 : 7); round += 1) {
        const watch = watchPauses();
        const startedAt = performance.now();
        bytes = await readList(admin.url);
        times.push(performance.now() - startedAt);
        pauses.push(watch.stop());
      }
      const pause = median(pauses.slice(1));
      return [
        {
          what: 'longest pause while 500 decisions among 500 servers are listed',
          figure: `${pause.toFixed(0)} ms`,
          goal: `< ${MAX_PAUSE_MS} ms`,
          isMet: pause < MAX_PAUSE_MS,
          detail: `${(bytes / 1e6).toFixed(1)} MB in ${median(times.slice(1)).toFixed(0)} ms`,
        },
      ];
    } finally {
      await admin.stop();
      await store.close();
      rmSync(folder, { recursive: true });
    }
  },
};

async function serveList(journal: PlacementJournal): Promise<{ url: string; stop: () => Promise<void> }> {
  // Of all that the admin API serves only the list is asked for.
  const deps = {
    placements: {
      listPlacements: (filter: Parameters<PlacementJournal['list']>[0]) => journal.list(filter),
      findPlacement: (id: string) => journal.find(id),
    },
    tokens: new TokenBook([{ name: 'bench', token: TOKEN, scope: 'read' }]),
    logger: silentLogger,
  } as unknown as AdminDeps;
  const server = createServer(express().use('/admin/v1', createAdminRouter(deps)));
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}/admin/v1/placements?limit=${DECISIONS}`,
    stop: async () => {
      server.close();
      server.closeAllConnections();
      await once(server, 'close');
    },
  };
}

async function readList(url: string): Promise<number> {
  const { body, statusCode } = await request(url, { headers: { authorization: `Bearer ${TOKEN}` } });
  let bytes = 0;
  for await (const chunk of body as AsyncIterable<Buffer>) bytes += chunk.length;
  if (statusCode !== 200) throw new Error(`the list was answered ${statusCode}`);
  return bytes;
}

/** The longest time between two turns of the event loop until it is stopped. */
function watchPauses(): { stop: () => number } {
  let longest = 0;
  let last = performance.now();
  let isOver = false;
  const turn = (): void => {
    const now = performance.now();
    longest = Math.max(longest, now - last);
    last = now;
    if (!isOver) setImmediate(turn);
  };
  setImmediate(turn);
  return {
    stop: () => {
      isOver = true;
      return longest;
    },
  };
}
