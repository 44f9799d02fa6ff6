import type { MetricBook } from './metric-book.js';

/** The other create takes as long as a server does: 0.1 s when idle, seconds at the full hour, 12 s and a minute are the deadlines. */
const WAIT_BUCKETS = [0.01, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 12, 60];

/** What creates report beside their placement. */
export interface CreationHooks {
  /** A create waited: for others at work on the same meeting, or for the first polls after a start. */
  createWaited(cause: 'same-meeting' | 'first-polls', seconds: number): void;
  /** No server could take a create; why this one could not. */
  passedOver(serverId: string, reason: string): void;
  /** A server refused connections and was asked again, before its running meeting was given up or not. */
  serverProbed(serverId: string, outcome: string): void;
}

/** What creates wait for and fail of. */
export function creationMetrics(book: MetricBook): CreationHooks {
  const sameMeeting = book.histogram(
    'ballast_create_wait_seconds',
    'Seconds that a create waited for another create, or an end, of the same meeting; only those that had to.',
    WAIT_BUCKETS,
  );
  const firstPolls = book.histogram(
    'ballast_create_first_poll_wait_seconds',
    'Seconds that a create waited, after a start of Ballast, for the first polls of the servers; only those that had to.',
    WAIT_BUCKETS,
  );
  const passedOver = book.perServer(
    'ballast_placement_passed_over_total',
    'Creates that found no server, by each server and why it could not take them.',
    'reason',
  );
  const probes = book.perServer(
    'ballast_server_probes_total',
    'Times a server that refused connections to a running meeting was asked again a moment later: back, failing or lost.',
    'outcome',
  );
  return {
    createWaited: (cause, seconds) => {
      (cause === 'same-meeting' ? sameMeeting : firstPolls).observe(seconds);
    },
    passedOver: (serverId, reason) => {
      passedOver.inc(serverId, reason);
    },
    serverProbed: (serverId, outcome) => {
      probes.inc(serverId, outcome);
    },
  };
}
