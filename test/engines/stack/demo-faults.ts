import { setTimeout as delay } from 'node:timers/promises';
import type { Stack } from './start-stack.js';

/** What it works on. */
export interface DemoFaultsDeps {
  readonly stack: Pick<Stack, 'service'>;
  /** Told what is done. */
  readonly say: (line: string) => void;
  /** Ends it; what is dead by then stays dead. */
  readonly signal: AbortSignal;
  /** Length of a minute in ms; tests have shorter ones. */
  readonly minuteMs?: number | undefined;
}

/** What goes wrong in turn, and when it is over, in minutes since the begin of the round. */
const FAULTS = [
  { service: 'bbb3', from: 2, until: 5, words: 'a server dies' },
  { service: 'influxdb', from: 8, until: 12, words: 'the source of samples dies' },
  { service: 'telegraf', from: 15, until: 22, words: 'one host sends no samples any more' },
] as const;
const ROUND_MINUTES = 25;

/** Kills services of a stack and starts them again, round after round, until it is aborted. */
export async function runDemoFaults({
  stack,
  say,
  signal,
  minuteMs = 60_000,
}: DemoFaultsDeps): Promise<void> {
  // False once it is aborted: a stack that is being stopped must not get one more process.
  const wait = (minutes: number): Promise<boolean> =>
    delay(minutes * minuteMs, undefined, { signal }).then(
      () => true,
      () => false,
    );
  do {
    let at = 0;
    for (const { service, from, until, words } of FAULTS) {
      if (!(await wait(from - at))) return;
      say(`${words}: ${service} is killed for ${until - from} minutes`);
      await stack.service(service).kill();
      if (!(await wait(until - from))) return;
      await stack.service(service).start();
      say(`${service} is back`);
      at = until;
    }
    if (!(await wait(ROUND_MINUTES - at))) return;
  } while (!signal.aborted);
}
