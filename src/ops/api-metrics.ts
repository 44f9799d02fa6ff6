import type { Counter, Histogram } from 'prom-client';
import type { MetricBook } from './metric-book.js';

/** Outcome of a BBB API request: served, answered FAILED, refused before it was looked at, or a fault in Ballast. */
export type ApiOutcome = 'success' | 'failed' | 'refused' | 'error';

/** What the BBB API reports. */
export interface ApiHooks {
  apiRequest(call: string, outcome: ApiOutcome, seconds: number): void;
}

type CallChildren = Readonly<Record<ApiOutcome, Counter.Internal>> & {
  readonly duration: Histogram.Internal<string>;
};

/** Counts and times BBB API requests by call. On the hot path: all children are resolved beforehand. */
export function apiMetrics(book: MetricBook, calls: readonly string[]): ApiHooks {
  const requests = book.counter(
    'ballast_api_requests_total',
    'BBB API requests by call and outcome.',
    'call',
    'outcome',
  );
  const duration = book.histogram(
    'ballast_api_request_duration_seconds',
    'Time to answer a BBB API request.',
    [0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 12, 60],
    'call',
  );
  const resolve = (call: string): CallChildren => ({
    success: requests.labels(call, 'success'),
    failed: requests.labels(call, 'failed'),
    refused: requests.labels(call, 'refused'),
    error: requests.labels(call, 'error'),
    duration: duration.labels(call),
  });
  const byCall = new Map(calls.map((call) => [call, resolve(call)]));
  const other = resolve('other');
  return {
    apiRequest: (call, outcome, seconds) => {
      // A stranger must not be able to make labels.
      const children = byCall.get(call) ?? other;
      children[outcome].inc();
      children.duration.observe(seconds);
    },
  };
}
