import type { Logger } from '../log.js';
import type { PollListener } from './pool.js';
import type { PooledServer } from './server.js';

/** Those who want to hear of each good poll. */
export class PollListeners {
  readonly #listeners = new Set<PollListener>();
  readonly #logger: Logger;

  constructor(logger: Logger) {
    this.#logger = logger;
  }

  /** Returns a function that unsubscribes. */
  add(listener: PollListener): () => void {
    this.#listeners.add(listener);
    return () => {
      this.#listeners.delete(listener);
    };
  }

  /** Calls them one by one, each awaited; what one throws is logged and stops nobody. */
  async notify(server: PooledServer): Promise<void> {
    const serverId = server.definition.id;
    for (const listener of [...this.#listeners]) {
      try {
        await listener(server);
      } catch (error) {
        this.#logger.error(`what follows a poll of server ${serverId} failed`, { serverId, error });
      }
    }
  }
}
