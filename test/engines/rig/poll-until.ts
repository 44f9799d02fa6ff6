import { setTimeout as sleep } from 'node:timers/promises';

const INTERVAL_MS = 50;

export interface PollOptions {
  /** What is waited for, for the error. */
  readonly what: string;
  readonly timeoutMs: number;
  /** Added to the error when the time is up. */
  readonly context?: (() => string) | undefined;
}

/** Asks again and again until the answer is not `undefined`. Throws when the time is up, with the last error as cause. */
export async function pollUntil<T>(ask: () => Promise<T | undefined>, options: PollOptions): Promise<T> {
  const deadline = performance.now() + options.timeoutMs;
  let cause: unknown;
  for (;;) {
    try {
      const answer = await ask();
      if (answer !== undefined) return answer;
      cause = undefined;
    } catch (error) {
      cause = error;
    }
    if (performance.now() > deadline) {
      const context = options.context?.() ?? '';
      throw new Error(`no ${options.what} after ${options.timeoutMs} ms\n${context}`.trimEnd(), { cause });
    }
    await sleep(INTERVAL_MS);
  }
}
