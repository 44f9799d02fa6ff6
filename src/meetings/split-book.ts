import type { Logger } from '../log.js';
import type { Pool } from '../pool/pool.js';
import type { ServerPoll } from '../pool/server.js';
import type { MeetingDirectory } from './meeting-directory.js';

export interface SplitBookDeps {
  readonly pool: Pool;
  readonly directory: MeetingDirectory;
  readonly logger: Logger;
  /** Told of each copy when it is first seen. */
  readonly onSplit?: ((serverId: string) => void) | undefined;
}

/** Which meetings were seen on a second server by the newest polls. */
export class SplitBook {
  readonly #deps: SplitBookDeps;
  /** scopedId → servers that hold a second copy. */
  readonly #splits = new Map<string, Set<string>>();

  constructor(deps: SplitBookDeps) {
    this.#deps = deps;
  }

  get size(): number {
    return this.#splits.size;
  }

  /** Counts a copy on `serverId` while joins go to `mappedTo`; logged the first time. */
  note(scopedId: string, serverId: string, mappedTo: string): void {
    const servers = this.#splits.get(scopedId) ?? new Set<string>();
    if (!servers.has(serverId)) {
      this.#deps.onSplit?.(serverId);
      this.#deps.logger.error('a meeting runs on two servers, the emptier copy is ended', {
        meetingId: scopedId,
        serverId,
        mappedTo,
      });
    }
    this.#splits.set(scopedId, servers.add(serverId));
  }

  /** Forgets the splits that a good poll of `serverId` no longer shows. */
  onPolled(serverId: string, poll: ServerPoll): void {
    const { directory, pool } = this.#deps;
    for (const [scopedId, servers] of this.#splits) {
      const wantedOn = directory.byScopedId(scopedId)?.serverId;
      for (const id of servers) {
        const isEnded = id === serverId && !poll.meetings.has(scopedId);
        // What is no longer polled would count for ever.
        const adminState = pool.server(id)?.definition.adminState ?? 'disabled';
        if (isEnded || wantedOn === id || adminState === 'disabled') servers.delete(id);
      }
      if (servers.size === 0) this.#splits.delete(scopedId);
    }
  }
}
