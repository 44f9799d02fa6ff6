import type { Terminal } from './terminal.js';

/** Nobody wants to hear of what is done in a moment. */
const QUIET_MS = 3_000;
const EVERY_MS = 5_000;

/** Says on standard error how far a command is, once it takes long, and not often. */
export function progressLine(
  terminal: Pick<Terminal, 'err'>,
  now: () => number = () => performance.now(),
): { readonly show: (done: number, of: number) => void; readonly end: () => void } {
  let nextAt = now() + QUIET_MS;
  let hasEnded = false;
  return {
    show(done, of) {
      if (hasEnded || done >= of || now() < nextAt) return;
      nextAt = now() + EVERY_MS;
      terminal.err(`${done} of ${of} done\n`);
    },
    end() {
      hasEnded = true;
    },
  };
}
