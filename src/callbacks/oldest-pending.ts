/**
 * When the oldest pending callback was added, in ms since 1970: read again whenever that may have changed, one read at a
 * time, and another for what changed meanwhile, since callbacks mostly end as the oldest, as they came.
 */
export class OldestPending {
  readonly #read: () => Promise<number | undefined>;
  #at: number | undefined;
  #isRead = true;
  #isReading = false;

  /** `at`: what `read` has just resolved with. */
  constructor(read: () => Promise<number | undefined>, at: number | undefined) {
    this.#read = read;
    this.#at = at;
  }

  /** `undefined` where nothing is pending, and while it is being read. */
  get at(): number | undefined {
    return this.#at;
  }

  /** One was added. */
  added(): void {
    if (this.#at === undefined) this.readAgain();
  }

  /** One that was added at `createdAt` is pending no more. */
  left(createdAt: number): void {
    if (this.#at === undefined || createdAt <= this.#at) this.readAgain();
  }

  /** An old one may be pending again. */
  readAgain(): void {
    this.#isRead = false;
    if (this.#isReading) return;
    this.#isReading = true;
    void this.#readUntilRead();
  }

  async #readUntilRead(): Promise<void> {
    while (!this.#isRead) {
      this.#isRead = true;
      // A store that fails is told of by whoever needs it; the age is unknown meanwhile.
      this.#at = await this.#read().catch(() => undefined);
    }
    this.#isReading = false;
  }
}
