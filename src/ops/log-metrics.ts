import { LOG_LEVELS, type LogLevel } from './counted-log.js';
import type { MetricBook } from './metric-book.js';

/** What the log reports. */
export interface LogHooks {
  logged(level: LogLevel): void;
}

/** Lines of the log. */
export function logMetrics(book: MetricBook): LogHooks {
  const messages = book.counter(
    'ballast_log_messages_total',
    'Lines written to the log, by level; an error is something that somebody must act on.',
    'level',
  );
  const children = new Map(LOG_LEVELS.map((level) => [level, messages.tally({ level })]));
  // From 0 on, so that a first error shows as an increase.
  for (const child of children.values()) child.add(0);
  return {
    logged: (level) => {
      children.get(level)?.add(1);
    },
  };
}
