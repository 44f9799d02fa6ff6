import type { MetricBook } from './metric-book.js';

/** What importing recordings into the archive reports. */
export interface ImportHooks {
  recordingImported(outcome: 'done' | 'failed' | 'retried'): void;
}

/** Ballast's own archive of recordings; no series where there is none. */
export function importMetrics(book: MetricBook): ImportHooks {
  book.readOne(
    'ballast_recording_imports_pending',
    'Recordings that have arrived and are yet to be imported.',
    (sources) => sources.recordingImportsPending?.(),
  );
  book.readOne(
    'ballast_recording_imports_failed',
    'Recordings that could not be imported, put aside or left in the spool, until they are imported or dropped.',
    (sources) => sources.recordingImportsFailed?.(),
  );
  const imports = book.counter(
    'ballast_recording_imports_total',
    'Imports of recordings by outcome (done, failed, retried).',
    'outcome',
  );
  return {
    recordingImported: (outcome) => {
      imports.inc({ outcome });
    },
  };
}
