import type { Terminal } from './terminal.js';

/** SIGINT and SIGTERM as promises: the first asks to end, the second to end at once. */
export interface StopSignals {
  readonly first: Promise<void>;
  readonly second: Promise<undefined>;
  /** Stops listening. */
  forget(): void;
}

/** Starts listening for signals. */
export function listenForStop(terminal: Pick<Terminal, 'onStopSignal'>): StopSignals {
  let count = 0;
  let onFirst = (): void => undefined;
  let onSecond = (): void => undefined;
  const first = new Promise<void>((settle) => {
    onFirst = settle;
  });
  const second = new Promise<undefined>((settle) => {
    onSecond = () => {
      settle(undefined);
    };
  });
  const forget = terminal.onStopSignal(() => {
    count += 1;
    if (count === 1) onFirst();
    else onSecond();
  });
  return { first, second, forget };
}
