import type { MetricBook } from './metric-book.js';

/** What runs jobs reports. */
export interface JobHooks {
  /** `at` in ms since 1970. */
  jobSucceeded(job: string, at: number): void;
}

/** Periodic jobs. */
export function jobMetrics(book: MetricBook): JobHooks {
  const lastSuccess = book.gauge(
    'ballast_job_last_success_timestamp_seconds',
    'When the job last succeeded, seconds since 1970.',
    'job',
  );
  return {
    jobSucceeded: (job, at) => {
      lastSuccess.set({ job }, at / 1000);
    },
  };
}
