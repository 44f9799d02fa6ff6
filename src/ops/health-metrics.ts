import type { MetricBook } from './metric-book.js';

/** How a server begins: it is never entered. */
const BEGINNING = 'unknown';

/** What the pool reports of its judgement. */
export interface HealthHooks {
  /** `state` is the health it has from now on. */
  healthChanged(serverId: string, state: string): void;
}

/** Changes of health: between two scrapes a server may go and come back. `healths`: every one there is. */
export function healthMetrics(book: MetricBook, healths: readonly string[]): HealthHooks {
  const entered = healths.filter((health) => health !== BEGINNING);
  const changes = book.perServer(
    'ballast_server_health_changes_total',
    'Changes of the health of the server, by the state it entered.',
    'state',
  );
  return {
    healthChanged: (serverId, state) => {
      // From 0 on, so that the first time it goes offline shows as an increase.
      for (const possible of entered) changes.add(0, serverId, possible);
      changes.inc(serverId, state);
    },
  };
}
