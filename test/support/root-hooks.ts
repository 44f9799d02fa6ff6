import { setTimeout as delay } from 'node:timers/promises';

/** Kinds of `process.getActiveResourcesInfo()` that a test file must not leave behind. Timers of idle connections may stay. */
const MUST_END = new Set(['TCPServerWrap', 'TCPSocketWrap', 'ProcessWrap']);
const LONGEST_MS = 10_000;

function open(): readonly string[] {
  return process.getActiveResourcesInfo().filter((kind) => MUST_END.has(kind));
}

// Node ends a balancer for such a rejection; mocha alone lets it pass.
process.on('unhandledRejection', (reason) => {
  throw reason;
});

/** Mocha ends its workers whatever they hold: a test file that leaves a server, a socket or a process fails here. */
export const mochaHooks = {
  async afterAll(this: Mocha.Context): Promise<void> {
    this.timeout(2 * LONGEST_MS);
    for (const since = Date.now(); open().length > 0 && Date.now() - since < LONGEST_MS;) await delay(20);
    if (open().length > 0) throw new Error(`the tests of this file left open: ${open().join(', ')}`);
  },
};
