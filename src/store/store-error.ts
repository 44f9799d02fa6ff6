/** Why the store failed; one closed list, so that a start or a probe can act on it. */
export type StoreFailure =
  | 'unsupported'
  | 'locked'
  | 'not-writable'
  | 'not-a-database'
  | 'newer-version'
  | 'disk-full'
  | 'damaged'
  | 'failed';

/** The store cannot be opened, read or written. The message is one line that names the store and says what to do. */
export class StoreError extends Error {
  readonly reason: StoreFailure;

  constructor(reason: StoreFailure, message: string, options?: { readonly cause?: unknown }) {
    super(message, options);
    this.name = 'StoreError';
    this.reason = reason;
  }
}
