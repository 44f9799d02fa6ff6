import { randomInt } from 'node:crypto';
import { once } from 'node:events';
import { createServer } from 'node:net';

const FIRST = 20_000;
const BEHIND_LAST = 32_000;
const ATTEMPTS = 50;

/**
 * A port on 127.0.0.1 that nobody listens on. Below the range that outgoing connections are given theirs from, so that
 * it is still free when an engine comes back on it. Never one of `taken`: chosen before, and nobody listens on it yet.
 */
export async function freeLoopbackPort(taken: readonly number[] = []): Promise<number> {
  for (let attempt = 0; attempt < ATTEMPTS; attempt += 1) {
    const port = randomInt(FIRST, BEHIND_LAST);
    if (!taken.includes(port) && (await isFreeLoopbackPort(port))) return port;
  }
  throw new Error(`no free port between ${FIRST} and ${BEHIND_LAST}`);
}

/** Whether nobody listens on this port of 127.0.0.1. */
export async function isFreeLoopbackPort(port: number): Promise<boolean> {
  const server = createServer();
  try {
    server.listen(port, '127.0.0.1');
    await once(server, 'listening');
  } catch {
    return false;
  }
  await new Promise((resolve) => server.close(resolve));
  return true;
}
