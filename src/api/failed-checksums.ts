import { RateLimiterMemory, RateLimiterRes } from 'rate-limiter-flexible';

/** Counts wrong checksums per client address, so that nobody can try secrets at leisure. */
export class FailedChecksums {
  readonly #limiter: RateLimiterMemory;

  constructor(perMinute: number) {
    this.#limiter = new RateLimiterMemory({ points: perMinute, duration: 60 });
  }

  /** Counts one; false once the address has had its share of this minute. */
  async count(address: string): Promise<boolean> {
    try {
      await this.#limiter.consume(address);
      return true;
    } catch (error) {
      if (error instanceof RateLimiterRes) return false;
      throw error;
    }
  }
}
