import type { MetricBook } from './metric-book.js';

/** What delivers callbacks reports. */
export interface CallbackHooks {
  callbackHandled(kind: string, outcome: string): void;
}

/** What is counted of a callback. */
export interface CallbackCount {
  readonly kind: string;
  readonly outcome: string;
}

/** Callbacks to front ends; those of `counts` count from 0 on. */
export function callbackMetrics(book: MetricBook, counts: readonly CallbackCount[]): CallbackHooks {
  book.readOne('ballast_callbacks_pending', 'Callbacks yet to be delivered.', (sources) =>
    sources.callbacksPending?.(),
  );
  book.readOne(
    'ballast_callbacks_oldest_seconds',
    'Seconds that the oldest callback yet to be delivered has waited.',
    (sources) => sources.callbacksOldestSeconds?.(),
  );
  const callbacks = book.counter(
    'ballast_callbacks_total',
    'Callbacks by kind and outcome.',
    'kind',
    'outcome',
  );
  for (const { kind, outcome } of counts) callbacks.inc({ kind, outcome }, 0);
  return {
    callbackHandled: (kind, outcome) => {
      callbacks.inc({ kind, outcome });
    },
  };
}
