import { setTimeout as delay } from 'node:timers/promises';
import { startStack, type Stack } from '../../../test/engines/stack/start-stack.js';

/** The server that dies in the story, twice; the second time it is still dead when the pictures are taken. */
export const DYING = 'bbb3';

const MINUTE_MS = 60_000;
/** Minutes since all was up. The rule of BallastServerOffline waits half a minute. */
const STORY: readonly { readonly at: number; readonly does: 'kill' | 'start' }[] = [
  { at: 4.5, does: 'kill' },
  { at: 6.5, does: 'start' },
  { at: 11, does: 'kill' },
];
const ENDS_AT = 12.5;

/** What can be asked once the story is over, until it is closed. */
export interface Told {
  readonly stack: Stack;
  readonly fromMs: number;
  readonly toMs: number;
  readonly close: () => Promise<void>;
}

/** Starts the whole stack, lets it run for some minutes, and kills a server meanwhile. Nothing is left running when it throws. */
export async function tellStory(say: (line: string) => void): Promise<Told> {
  const stack = await startStack({
    onReady: (service) => {
      say(`${service} is up`);
    },
  });
  const fromMs = Date.now();
  try {
    for (const { at, does } of STORY) {
      await delay(fromMs + at * MINUTE_MS - Date.now());
      say(does === 'kill' ? `${DYING} is killed` : `${DYING} comes back`);
      await stack.service(DYING)[does]();
    }
    await delay(fromMs + ENDS_AT * MINUTE_MS - Date.now());
    return { stack, fromMs, toMs: Date.now(), close: () => stack.stop() };
  } catch (error) {
    await stack.stop();
    throw error;
  }
}
