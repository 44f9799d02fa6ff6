import type { PollEvent } from '../../src/pool/attempt-poll.js';
import { ServerPool, type ServerPoolOptions } from '../../src/pool/server-pool.js';
import type { ServerDefinition } from '../../src/pool/server.js';
import { FakePollClient } from './fake-poll-client.js';
import { ManualClock } from './manual-clock.js';
import { MemoryServerStore } from './memory-server-store.js';
import { serverDefinition } from './poll-xml.js';
import { RecordingLogger } from './recording-logger.js';

/** A pool on a clock that stands still, with default settings and a client without sockets. */
export async function poolRig(
  servers: readonly (string | ServerDefinition)[],
  changes: Partial<ServerPoolOptions> = {},
) {
  const definitions = servers.map((server) =>
    typeof server === 'string' ? serverDefinition(server) : server,
  );
  const clock = new ManualClock();
  const client = new FakePollClient();
  const store = new MemoryServerStore(definitions);
  const logger = new RecordingLogger();
  const events: PollEvent[] = [];
  const claims = new Set<string>();
  const pool = await ServerPool.load({
    store,
    client,
    config: { intervalMs: 10_000, timeoutMs: 5000, offlineAfter: 3, onlineAfter: 2, concurrency: 32 },
    now: clock.now,
    random: () => 0.5,
    logger,
    hasClaims: (serverId) => claims.has(serverId),
    onPoll: (event) => events.push(event),
    setTimer: clock.setTimer,
    ...changes,
  });
  return { pool, clock, client, store, logger, events, claims };
}
