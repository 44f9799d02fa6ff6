import { randomBytes } from 'node:crypto';

const TIME_DIGITS = 9;
const COUNT_DIGITS = 4;
const MAX_COUNT = 36 ** COUNT_DIGITS;

/**
 * Makes IDs that sort in the order in which they were made, also when the clock is set back or the process starts anew:
 * time (base 36), a count within the millisecond, and some random so that two processes never make the same one.
 */
export class CallbackIds {
  readonly #now: () => number;
  #time: number;
  #count = 0;

  /** `newest` is the greatest ID there is; empty where there is none. */
  constructor(newest: string, now: () => number) {
    this.#now = now;
    const time = parseInt(newest.slice(0, TIME_DIGITS), 36);
    this.#time = Number.isNaN(time) ? 0 : time + 1;
  }

  next(): string {
    const now = this.#now();
    if (now > this.#time) {
      this.#time = now;
      this.#count = 0;
    }
    if (this.#count === MAX_COUNT) {
      this.#time += 1;
      this.#count = 0;
    }
    const time = this.#time.toString(36).padStart(TIME_DIGITS, '0');
    const count = this.#count.toString(36).padStart(COUNT_DIGITS, '0');
    this.#count += 1;
    return time + count + randomBytes(2).toString('hex');
  }
}
