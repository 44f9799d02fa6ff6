import type { Logger } from './log.js';

/** Stops one part. */
export type Cleanup = () => Promise<void> | void;

/** What was started, to be stopped in the opposite order. */
export class Cleanups {
  readonly #cleanups: Cleanup[] = [];
  readonly #logger: Logger;

  constructor(logger: Logger) {
    this.#logger = logger;
  }

  /** Adds what stops the newest parts, in the order in which those were made. */
  push(...cleanups: readonly Cleanup[]): void {
    this.#cleanups.push(...cleanups);
  }

  /** Stops every part, the newest first, each awaited; what one throws is logged. A second run has nothing to do. */
  async run(): Promise<void> {
    for (let cleanup = this.#cleanups.pop(); cleanup !== undefined; cleanup = this.#cleanups.pop()) {
      try {
        await cleanup();
      } catch (error) {
        // What could not be stopped must not keep the rest (the store!) from being closed.
        this.#logger.error('a part could not be stopped', { error });
      }
    }
  }
}
