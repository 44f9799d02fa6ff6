import type { MetricBook } from './metric-book.js';

/**
 * Measured on a SQLite file: a write alone takes 0.2 to 0.5 ms, one of 64 creates at a time on a busy machine 35 ms in the
 * middle and up to 0.5 s, mostly in the queue; the reads of a start 0.5 to 5 ms. Another process' lock is waited for up to 5 s.
 */
const STORE_BUCKETS = [0.00025, 0.0005, 0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 5];

/** What the store reports. */
export interface StoreHooks {
  storeOperation(event: {
    readonly operation: 'read' | 'write';
    readonly seconds: number;
    readonly isOk: boolean;
  }): void;
}

/** The database. */
export function storeMetrics(book: MetricBook): StoreHooks {
  const duration = book.histogram(
    'ballast_store_operation_duration_seconds',
    'Seconds that a read or write of the store took for who waits for it, its place in the queue included.',
    STORE_BUCKETS,
    'operation',
  );
  const failures = book.counter(
    'ballast_store_failures_total',
    'Reads and writes of the store that failed; the log says why.',
    'operation',
  );
  book.readOne(
    'ballast_store_queue_length',
    'Claims and changes of meetings that wait for their common commit.',
    (sources) => sources.storeQueueLength?.(),
  );
  book.readOne(
    'ballast_store_size_bytes',
    'Bytes of the database file and of its write-ahead log; no series for a store in memory.',
    (sources) => sources.storeBytes?.(),
  );
  const children = {
    read: {
      duration: duration.tally({ operation: 'read' }),
      failures: failures.tally({ operation: 'read' }),
    },
    write: {
      duration: duration.tally({ operation: 'write' }),
      failures: failures.tally({ operation: 'write' }),
    },
  };
  // From 0 on, so that a first failure shows as an increase.
  for (const child of Object.values(children)) child.failures.add(0);
  return {
    storeOperation: ({ operation, seconds, isOk }) => {
      const child = children[operation];
      child.duration.observe(seconds);
      if (!isOk) child.failures.add(1);
    },
  };
}
