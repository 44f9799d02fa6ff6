import { createLogger as createWinston, format, transports } from 'winston';
import type { LogFields, Logger } from '../log.js';
import { redactText, redactValue } from './redact.js';

/** How the log is written. */
export interface LogOptions {
  readonly level: 'error' | 'warn' | 'info' | 'debug';
  /** One JSON object a line, or text for a person. */
  readonly format: 'json' | 'text';
  /** Where lines go; standard output when absent. */
  readonly stream?: NodeJS.WritableStream;
}

/** The process log: a Logger with a lifetime. */
export interface ProcessLog extends Logger {
  /** Resolves when every line was handed to the stream. */
  close(): Promise<void>;
}

/** Writes log lines with winston; whatever looks like a secret prints as `***`. */
export function createLog(options: LogOptions): ProcessLog {
  const stream = options.stream ?? process.stdout;
  const winston = createWinston({
    level: options.level,
    format: format.combine(format.timestamp(), options.format === 'json' ? format.json() : text),
    // eslint-disable-next-line @typescript-eslint/no-unsafe-class-instance-assignment -- winston types its classes as interfaces
    transports: [new transports.Stream({ stream })],
  });
  const write = (level: string, message: string, fields?: LogFields): void => {
    if (!winston.isLevelEnabled(level)) return;
    winston.log({ ...clean(fields), level, message: redactText(message) });
  };
  return {
    error: (message, fields) => {
      write('error', message, fields);
    },
    warn: (message, fields) => {
      write('warn', message, fields);
    },
    info: (message, fields) => {
      write('info', message, fields);
    },
    debug: (message, fields) => {
      write('debug', message, fields);
    },
    close: () =>
      new Promise((resolve) => {
        winston.once('finish', () => {
          resolve();
        });
        winston.end();
      }),
  };
}

function clean(fields: LogFields | undefined): Record<string, unknown> {
  if (fields === undefined) return {};
  const cleaned: Record<string, unknown> = {};
  for (const [name, value] of Object.entries(fields)) {
    if (value === undefined) continue;
    // These three are the line's own.
    const key = name === 'level' || name === 'message' || name === 'timestamp' ? `${name}_` : name;
    cleaned[key] = redactValue(value, name);
    if (value instanceof Error && value.stack !== undefined && isUnexpected(value)) {
      cleaned[`${key}Stack`] = redactText(value.stack);
    }
  }
  return cleaned;
}

/** Errors of the language itself are faults in Ballast: only there does the stack help. */
function isUnexpected(error: Error): boolean {
  return error instanceof TypeError || error instanceof RangeError || error instanceof ReferenceError;
}

const text = format.printf((info) => {
  const { level, message, timestamp, ...fields } = info;
  const pairs = Object.entries(fields)
    .map(([name, value]) => ` ${name}=${typeof value === 'string' ? quoted(value) : JSON.stringify(value)}`)
    .join('');
  return `${String(timestamp)} ${level.padEnd(5)} ${oneLine(String(message))}${pairs}`;
});

function quoted(value: string): string {
  return /^[\w.:/@+-]+$/.test(value) ? value : JSON.stringify(value);
}

/** A line break inside a message would let a hostile server forge log lines. */
function oneLine(value: string): string {
  // eslint-disable-next-line no-control-regex
  return value.replace(/[\u0000-\u001f\u007f]+/g, ' ');
}
