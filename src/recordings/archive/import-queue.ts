export interface ImportQueueDeps {
  /** Tries one; true when it is over, done or failed. Does not reject. */
  readonly attempt: (id: string) => Promise<boolean>;
  readonly now: () => number;
}

const FIRST_WAIT_MS = 5000;
const LONGEST_WAIT_MS = 5 * 60_000;

/** What is to be imported, one after the other; what is not over comes again, after longer and longer pauses. */
export class ImportQueue {
  readonly #deps: ImportQueueDeps;
  /** When each is due, and how often it was tried. */
  readonly #waiting = new Map<string, { readonly dueAt: number; readonly attempts: number }>();
  #isStopped = false;
  #running: Promise<void> | undefined;
  #timer: NodeJS.Timeout | undefined;

  constructor(deps: ImportQueueDeps) {
    this.#deps = deps;
  }

  /** Those that are not over. */
  get size(): number {
    return this.#waiting.size;
  }

  /** To be tried at once, when those before it were. */
  add(id: string): void {
    this.#enqueue(id, 0);
  }

  /** Resolves when nothing is to be done now; what waits for a second try is not waited for. */
  async settled(): Promise<void> {
    while (this.#running !== undefined) await this.#running;
  }

  /** Begins nothing more, and waits for what is under way. */
  async stop(): Promise<void> {
    this.#isStopped = true;
    clearTimeout(this.#timer);
    await this.settled();
  }

  #enqueue(id: string, attempts: number): void {
    const wait = attempts === 0 ? 0 : Math.min(LONGEST_WAIT_MS, FIRST_WAIT_MS * 2 ** (attempts - 1));
    this.#waiting.set(id, { dueAt: this.#deps.now() + wait, attempts });
    this.#wake();
  }

  #wake(): void {
    if (this.#isStopped) return;
    this.#running ??= this.#work().finally(() => {
      this.#running = undefined;
      this.#sleep();
    });
  }

  #sleep(): void {
    clearTimeout(this.#timer);
    if (this.#isStopped || this.#waiting.size === 0) return;
    const next = Math.min(...[...this.#waiting.values()].map(({ dueAt }) => dueAt));
    this.#timer = setTimeout(
      () => {
        this.#wake();
      },
      Math.max(0, next - this.#deps.now()),
    );
    this.#timer.unref();
  }

  async #work(): Promise<void> {
    for (;;) {
      const now = this.#deps.now();
      const due = [...this.#waiting].find(([, { dueAt }]) => dueAt <= now);
      if (due === undefined || this.#isStopped) return;
      const [id, entry] = due;
      const isOver = await this.#deps.attempt(id);
      // Asked for again meanwhile: the attempt may have seen it as it was before.
      if (this.#waiting.get(id) !== entry) continue;
      if (isOver) this.#waiting.delete(id);
      else this.#enqueue(id, entry.attempts + 1);
    }
  }
}
