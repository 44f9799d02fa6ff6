import type { MetricBook } from './metric-book.js';

/** What the embedded ingest reports. */
export interface IngestHooks {
  ingested(event: { readonly lines: number; readonly rejected: ReadonlyMap<string, number> }): void;
}

/** Line protocol that hosts write to Ballast itself. `rejections`: every reason there is. */
export function ingestMetrics(book: MetricBook, rejections: readonly string[]): IngestHooks {
  const lines = book.counter(
    'ballast_ingest_lines_total',
    'Lines of line protocol read by the embedded ingest, those of no use for placement included.',
  );
  const rejected = book.counter(
    'ballast_ingest_rejected_total',
    'Lines (reason line, no-host, future) and whole writes (any other reason) that the ingest did not take.',
    'reason',
  );
  for (const reason of rejections) rejected.inc({ reason }, 0);
  return {
    ingested: (event) => {
      lines.inc(event.lines);
      for (const [reason, count] of event.rejected) rejected.inc({ reason }, count);
    },
  };
}
