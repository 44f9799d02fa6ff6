import type { MetricBook } from './metric-book.js';

/** What takes the events of servers reports. */
export interface EventHooks {
  /** relayed, unmatched or malformed. */
  hookEvent(outcome: string): void;
}

/** Events that servers tell by webhook; each of the `outcomes` counts from 0 on. */
export function hookMetrics(book: MetricBook, outcomes: readonly string[]): EventHooks {
  book.readServers(
    'ballast_server_hook_up',
    'Whether the server has the webhook of Ballast by which it tells of events at once, 0 or 1.',
    ({ hasHook }) => (hasHook === undefined ? undefined : Number(hasHook)),
  );
  const events = book.counter(
    'ballast_hook_events_total',
    'Events that servers told by webhook: relayed to a hook of a front end, unmatched by any, or malformed.',
    'outcome',
  );
  for (const outcome of outcomes) events.inc({ outcome }, 0);
  return {
    hookEvent: (outcome) => {
      events.inc({ outcome });
    },
  };
}
