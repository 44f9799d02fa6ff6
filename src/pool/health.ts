import type { Health } from './server.js';

/** Health with the two counts that decide the next change. */
export interface HealthState {
  readonly health: Health;
  readonly consecutiveFailures: number;
  /** Good polls in a row since the last failure; only counted while the server has to prove itself. */
  readonly consecutiveSuccesses: number;
}

/** What a poll, or a call reported by another room, says of a server. */
export type HealthEvent = 'success' | 'failure' | 'wrong-secret';

/** After how many in a row a failing server is offline, and a failed one online again; both at least 1. */
export interface HealthThresholds {
  readonly offlineAfter: number;
  readonly onlineAfter: number;
}

/** A server that was not polled yet. */
export const unknownHealth: HealthState = {
  health: 'unknown',
  consecutiveFailures: 0,
  consecutiveSuccesses: 0,
};

/**
 * The health after one event. Failures weigh more than successes: one makes a server unstable at once, while a
 * server that failed has to show `onlineAfter` good polls. A server never seen failing is online with its first.
 */
export function nextHealth(
  state: HealthState,
  event: HealthEvent,
  { offlineAfter, onlineAfter }: HealthThresholds,
): HealthState {
  if (event === 'wrong-secret') {
    return { health: 'wrong-secret', consecutiveFailures: 0, consecutiveSuccesses: 0 };
  }
  if (event === 'failure') {
    const consecutiveFailures = state.consecutiveFailures + 1;
    const isOffline = state.health === 'offline' || consecutiveFailures >= offlineAfter;
    return { health: isOffline ? 'offline' : 'unstable', consecutiveFailures, consecutiveSuccesses: 0 };
  }
  if (state.health !== 'unstable' && state.health !== 'offline') {
    return { health: 'online', consecutiveFailures: 0, consecutiveSuccesses: 0 };
  }
  const consecutiveSuccesses = state.consecutiveSuccesses + 1;
  if (consecutiveSuccesses >= onlineAfter) {
    return { health: 'online', consecutiveFailures: 0, consecutiveSuccesses: 0 };
  }
  return { health: state.health, consecutiveFailures: 0, consecutiveSuccesses };
}

/** True of a server whose last poll or call failed: the next may take as long as its time limit. */
export function isLikelyToHang(health: Health | undefined): boolean {
  return health === 'unstable' || health === 'offline';
}
