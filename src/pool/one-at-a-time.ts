/** Runs tasks one after the other: two changes never see each other half done. What one throws stops none behind it. */
export class OneAtATime {
  #last: Promise<unknown> = Promise.resolve();

  run<Result>(task: () => Promise<Result>): Promise<Result> {
    const result = this.#last.then(task);
    this.#last = result.catch(() => undefined);
    return result;
  }

  /** Waits for what was begun by now. */
  async settled(): Promise<void> {
    await this.#last;
  }
}
