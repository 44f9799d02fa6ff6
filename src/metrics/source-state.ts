import type { Logger } from '../log.js';
import { SourceError, type SourceErrorReason } from './source-error.js';

/** Whether the source answers; logs a line when that changes, and when the reason of a failure does. */
export class SourceState {
  readonly #name: string;
  readonly #logger: Logger;
  #isUp: boolean | undefined;
  #reason: SourceErrorReason | 'failed' | undefined;

  constructor(name: string, logger: Logger) {
    this.#name = name;
    this.#logger = logger;
  }

  /** `undefined` before the first answer or failure. */
  get isUp(): boolean | undefined {
    return this.#isUp;
  }

  answered(): void {
    if (this.#isUp === false) this.#logger.info('metrics source answers again', { source: this.#name });
    this.#isUp = true;
    this.#reason = undefined;
  }

  failed(failure: unknown): void {
    const reason = failure instanceof SourceError ? failure.reason : 'failed';
    const isNews = this.#isUp !== false || reason !== this.#reason;
    this.#isUp = false;
    this.#reason = reason;
    if (!isNews) return;
    this.#logger.warn('metrics source fails; samples age, then placement goes by attendees', {
      source: this.#name,
      reason,
      error: failure instanceof Error ? failure.message : 'unknown failure',
    });
  }
}
