import type { LogFields, Logger } from '../../src/log.js';

/** One line of the log. */
export interface RecordedLine {
  readonly level: 'error' | 'warn' | 'info' | 'debug';
  readonly message: string;
  readonly fields: LogFields;
}

/** Keeps every line, also as "level message". */
export class RecordingLogger implements Logger {
  readonly lines: string[] = [];
  readonly entries: RecordedLine[] = [];

  error(message: string, fields?: LogFields): void {
    this.#add('error', message, fields);
  }

  warn(message: string, fields?: LogFields): void {
    this.#add('warn', message, fields);
  }

  info(message: string, fields?: LogFields): void {
    this.#add('info', message, fields);
  }

  debug(message: string, fields?: LogFields): void {
    this.#add('debug', message, fields);
  }

  #add(level: RecordedLine['level'], message: string, fields: LogFields = {}): void {
    this.lines.push(`${level} ${message}`);
    this.entries.push({ level, message, fields });
  }
}
