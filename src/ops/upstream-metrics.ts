import type { MetricBook } from './metric-book.js';
import { ROUND_TRIP_BUCKETS } from './round-trip-buckets.js';
import type { TallyBuckets } from './tally-histogram.js';

/** What the client of the servers reports. */
export interface UpstreamHooks {
  upstreamCalled(event: {
    readonly serverId: string;
    readonly call: string;
    readonly outcome: string;
    readonly seconds: number;
  }): void;
  /** A call was sent once more over a new connection. */
  upstreamReadAgain(serverId: string): void;
}

/** Calls to servers, polls among them. */
export function upstreamMetrics(book: MetricBook, calls: readonly string[]): UpstreamHooks {
  const knownCalls = new Set(calls);
  const requests = book.perServer(
    'ballast_upstream_requests_total',
    'Calls to servers, by call and outcome.',
    'call',
    'outcome',
  );
  const waited = book.perServer(
    'ballast_upstream_request_seconds_total',
    'Seconds spent waiting for answers of the server; over ballast_upstream_requests_total it is the mean.',
  );
  const readAgain = book.perServer(
    'ballast_upstream_retries_total',
    'Calls that only read and were sent once more, since the server had closed the connection kept open to it.',
  );
  const duration = book.histogram(
    'ballast_upstream_request_duration_seconds',
    'Time until a server answered a call.',
    ROUND_TRIP_BUCKETS,
    'call',
  );
  book.readOne(
    'ballast_upstream_requests_in_flight',
    'Calls to servers, polls among them, that wait for an answer.',
    (sources) => sources.upstreamInFlight?.(),
  );
  const durations = new Map<string, TallyBuckets>();
  return {
    upstreamReadAgain: (serverId) => {
      readAgain.inc(serverId);
    },
    upstreamCalled: ({ serverId, call, outcome, seconds }) => {
      const label = knownCalls.has(call) ? call : 'other';
      requests.inc(serverId, label, outcome);
      waited.add(seconds, serverId);
      let child = durations.get(label);
      if (child === undefined) durations.set(label, (child = duration.tally({ call: label })));
      child.observe(seconds);
    },
  };
}
