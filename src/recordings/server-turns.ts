/** Keeps repeats of old changes and new changes of the same server apart; new ones go on side by side. */
export class ServerTurns {
  readonly #direct = new Map<string, number>();
  readonly #repeats = new Map<string, Promise<void>>();

  /** Runs new changes of these servers, behind the repeats under way. */
  async direct<T>(serverIds: readonly string[], work: () => Promise<T>): Promise<T> {
    for (const id of serverIds) this.#direct.set(id, (this.#direct.get(id) ?? 0) + 1);
    try {
      for (const id of serverIds) await this.#repeats.get(id);
      return await work();
    } finally {
      for (const id of serverIds) {
        const left = (this.#direct.get(id) ?? 1) - 1;
        if (left === 0) this.#direct.delete(id);
        else this.#direct.set(id, left);
      }
    }
  }

  /** Whether a new change of this server goes on or waits: repeats give way to it. */
  isWanted(serverId: string): boolean {
    return this.#direct.has(serverId);
  }

  /** Runs repeats for a server, unless something of it is under way. */
  async repeat(serverId: string, work: () => Promise<void>): Promise<void> {
    if (this.#direct.has(serverId) || this.#repeats.has(serverId)) return;
    const ended = work().finally(() => this.#repeats.delete(serverId));
    // A new change waits for the end of it, not for its success.
    this.#repeats.set(
      serverId,
      ended.catch(() => undefined),
    );
    await ended;
  }
}
