import type { LogFields, Logger } from '../log.js';

/** How grave a line can be, the gravest first. */
export const LOG_LEVELS = ['error', 'warn', 'info', 'debug'] as const;

/** How grave a line of the log is. */
export type LogLevel = (typeof LOG_LEVELS)[number];

/** The same log, telling of each line that is written at `level`: of those that are less grave, nothing. */
export function countedLog(log: Logger, level: LogLevel, onLine: (level: LogLevel) => void): Logger {
  const written = LOG_LEVELS.slice(0, LOG_LEVELS.indexOf(level) + 1);
  const counted = (of: LogLevel): ((message: string, fields?: LogFields) => void) => {
    const isWritten = written.includes(of);
    return (message, fields) => {
      if (isWritten) onLine(of);
      log[of](message, fields);
    };
  };
  return { error: counted('error'), warn: counted('warn'), info: counted('info'), debug: counted('debug') };
}
