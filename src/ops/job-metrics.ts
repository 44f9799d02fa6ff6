import type { MetricBook } from './metric-book.js';

/** What runs jobs reports. */
export interface JobHooks {
  /** `at` in ms since 1970. */
  jobSucceeded(job: string, at: number): void;
  jobRan(run: {
    readonly job: string;
    readonly isOk: boolean;
    readonly seconds: number;
    readonly at: number;
  }): void;
  /** What is to succeed once in so many seconds; `hasRuns`: `jobRan` will tell of it. */
  jobExpected(job: string, intervalSeconds: number, hasRuns: boolean): void;
}

/** Periodic jobs. */
export function jobMetrics(book: MetricBook): JobHooks {
  const lastSuccess = book.gauge(
    'ballast_job_last_success_timestamp_seconds',
    'When the job last succeeded, seconds since 1970.',
    'job',
  );
  const failures = book.counter('ballast_job_failures_total', 'Runs of the job that failed.', 'job');
  const lastDuration = book.gauge(
    'ballast_job_last_duration_seconds',
    'Seconds that the last run of the job took, whether it succeeded or failed.',
    'job',
  );
  const interval = book.gauge(
    'ballast_job_interval_seconds',
    'Seconds between two runs of the job as planned, the longest where they differ.',
    'job',
  );
  return {
    jobSucceeded: (job, at) => {
      lastSuccess.set({ job }, at / 1000);
    },
    jobRan: ({ job, isOk, seconds, at }) => {
      lastDuration.set({ job }, seconds);
      if (!isOk) failures.inc({ job });
      if (isOk) lastSuccess.set({ job }, at / 1000);
    },
    jobExpected: (job, intervalSeconds, hasRuns) => {
      interval.set({ job }, intervalSeconds);
      // From 0 on, so that a first failure shows as an increase.
      if (hasRuns) failures.inc({ job }, 0);
    },
  };
}
