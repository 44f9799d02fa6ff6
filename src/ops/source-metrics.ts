import type { MetricBook } from './metric-book.js';

/**
 * Seconds. Measured with 500 servers, median and 95th percentile: ingest 11 and 19 ms, InfluxDB 137 and 340, InfluxQL 205 and 436,
 * Prometheus 173 and 429; with a few servers a tenth of it. 5 s is the longest a query may take.
 */
const QUERY_BUCKETS = [0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.2, 0.3, 0.5, 1, 2.5, 5];

/** What the keeper of the load table reports. */
export interface SourceHooks {
  /** One query of the metrics source ended. */
  metricsRefreshed(seconds: number, isOk: boolean): void;
}

/** The source of samples; `source` is its name in the configuration. */
export function sourceMetrics(
  book: MetricBook,
  { source, now }: { readonly source: string | undefined; readonly now: () => number },
): SourceHooks {
  const info = book.gauge(
    'ballast_metrics_source_info',
    'The configured source of samples; always 1.',
    'source',
  );
  if (source !== undefined) info.set({ source }, 1);
  const up = book.gauge(
    'ballast_metrics_source_up',
    'Whether the last query of the metrics source succeeded: 1 or 0.',
  );
  const lastSuccess = book.gauge(
    'ballast_metrics_source_last_success_timestamp_seconds',
    'When a query of the metrics source last succeeded, seconds since 1970.',
  );
  const duration = book.histogram(
    'ballast_metrics_query_duration_seconds',
    'Time of one query of the metrics source.',
    QUERY_BUCKETS,
  );
  const failures = book.counter(
    'ballast_metrics_query_failures_total',
    'Queries of the metrics source that failed.',
  );
  return {
    metricsRefreshed: (seconds, isOk) => {
      duration.observe(seconds);
      if (isOk) lastSuccess.set(now() / 1000);
      else failures.inc();
      up.set(isOk ? 1 : 0);
    },
  };
}
