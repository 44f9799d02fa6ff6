import type { PooledServer, ServerDefinition } from './server.js';

/**
 * Called after each good poll of a server, before a `freshPoll` that waits for it resolves; awaited, and the next poll
 * of that server waits as well. It must not wait for a `freshPoll` of the same server, nor for long work.
 */
export type PollListener = (server: PooledServer) => Promise<void> | void;

/** The view of the pool that other rooms use; `server-pool.ts` implements it. */
export interface Pool {
  /** All servers, in order of ID. */
  servers(): readonly PooledServer[];
  server(id: string): PooledServer | undefined;
  /** A call failed: the server becomes unstable at once and is polled soon. */
  reportFailure(serverId: string, message: string): void;
  /** Something changed there (create, end): the last poll no longer serves as fresh. */
  markChanged(serverId: string): void;
  /** True when the last good poll began within `maxAgeMs` and after the last `markChanged`: no need to ask again. */
  hasFreshPoll(serverId: string, maxAgeMs: number): boolean;
  /**
   * Resolves with the server after a good poll that began no earlier than `maxAgeMs` ago and after the last
   * `markChanged`; joins a poll under way where that serves. Throws UpstreamError when the poll fails, BbbError
   * `serverUnavailable` when the server refuses our secret, is not polled or not there.
   */
  freshPoll(serverId: string, maxAgeMs: number): Promise<PooledServer>;
  /** Inserts or replaces a definition (store first, then memory). */
  save(definition: ServerDefinition): Promise<void>;
  remove(id: string): Promise<void>;
  /** Returns a function that unsubscribes. */
  onPolled(listener: PollListener): () => void;
}
