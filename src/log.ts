/** Structured fields of one log line; never a secret, a checksum, a password or a query string. */
export type LogFields = Readonly<Record<string, unknown>>;

/**
 * What every room logs through. error = someone must act; warn = it heals itself;
 * info = a state changed; debug = a round went by.
 */
export interface Logger {
  error(message: string, fields?: LogFields): void;
  warn(message: string, fields?: LogFields): void;
  info(message: string, fields?: LogFields): void;
  debug(message: string, fields?: LogFields): void;
}

/** Swallows everything: the default where no log is wanted. */
export const silentLogger: Logger = {
  error: () => undefined,
  warn: () => undefined,
  info: () => undefined,
  debug: () => undefined,
};
