interface Question {
  readonly controller: AbortController;
  readonly ended: Promise<unknown>;
}

/** Questions to servers that are under way, so that nothing of a server is written once it has left. */
export class ServerQuestions {
  readonly #open = new Map<string, Set<Question>>();

  /** Runs a question until it ends, or `end` or `stop` aborts it. */
  async run<T>(serverId: string, work: (signal: AbortSignal) => Promise<T>): Promise<T> {
    const controller = new AbortController();
    const answer = work(controller.signal);
    const question = { controller, ended: answer.catch(() => undefined) };
    const open = this.#open.get(serverId) ?? new Set();
    this.#open.set(serverId, open.add(question));
    try {
      return await answer;
    } finally {
      open.delete(question);
      if (open.size === 0 && this.#open.get(serverId) === open) this.#open.delete(serverId);
    }
  }

  /** Aborts the questions to a server and waits for their ends. */
  async end(serverId: string): Promise<void> {
    const open = [...(this.#open.get(serverId) ?? [])];
    for (const { controller } of open) controller.abort();
    await Promise.all(open.map(({ ended }) => ended));
  }

  /** The same for all servers. */
  async stop(): Promise<void> {
    await Promise.all([...this.#open.keys()].map((serverId) => this.end(serverId)));
  }
}
