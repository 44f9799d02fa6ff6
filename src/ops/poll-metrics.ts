import type { MetricBook } from './metric-book.js';
import { ROUND_TRIP_BUCKETS } from './round-trip-buckets.js';

/** What the poller reports. */
export interface PollHooks {
  /** `outcome` is `ok` or the cause of the failure. */
  polled(event: { readonly serverId: string; readonly outcome: string; readonly seconds: number }): void;
}

/** Rounds of getMeetings over the servers. */
export function pollMetrics(book: MetricBook): PollHooks {
  const duration = book.histogram(
    'ballast_poll_duration_seconds',
    'Time of one poll of one server.',
    ROUND_TRIP_BUCKETS,
  );
  const failures = book.perServer(
    'ballast_poll_failures_total',
    'Polls that failed, by server and cause.',
    'cause',
  );
  book.readOne(
    'ballast_poll_queue_length',
    'Polls that are due and wait, since as many as allowed (poll.concurrency) are under way.',
    (sources) => sources.pollQueueLength?.(),
  );
  return {
    polled: ({ serverId, outcome, seconds }) => {
      duration.observe(seconds);
      if (outcome !== 'ok') failures.inc(serverId, outcome);
    },
  };
}
