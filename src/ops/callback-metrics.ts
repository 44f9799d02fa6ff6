import type { MetricBook } from './metric-book.js';

/** What delivers callbacks reports. */
export interface CallbackHooks {
  callbackHandled(kind: string, outcome: string): void;
}

/** Callbacks to front ends. */
export function callbackMetrics(book: MetricBook): CallbackHooks {
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
  return {
    callbackHandled: (kind, outcome) => {
      callbacks.inc({ kind, outcome });
    },
  };
}
