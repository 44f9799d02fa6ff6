import type { MetricBook } from './metric-book.js';

/** Meetings of the whole pool. */
export function meetingMetrics(book: MetricBook): void {
  book.readOne('ballast_split_meetings', 'Meetings seen on two servers at once.', (sources) =>
    sources.splitMeetings?.(),
  );
  book.readOne('ballast_orphan_meetings', 'Unwanted copies of meetings yet to be ended.', (sources) =>
    sources.orphanMeetings?.(),
  );
}
