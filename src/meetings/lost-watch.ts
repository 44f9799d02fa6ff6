import { UpstreamError } from '../bbb/upstream-error.js';
import type { Pool } from '../pool/pool.js';
import type { PooledServer } from '../pool/server.js';
import type { InFlight } from './in-flight.js';
import { lookOnServer, type MeetingClient } from './meeting-client.js';
import type { Meeting } from './meeting.js';
import { isGone, isOutOfService } from './server-gone.js';

/** Servers restart within minutes, and people wait for them; whoever is told of an end frees the room for good. */
const LOST_AFTER_MS = 10 * 60_000;

/** The same while no server at all is online: it is rather our own network then, and behind it all classes go on. */
const ALL_LOST_AFTER_MS = 60 * 60_000;

export interface LostWatchDeps {
  readonly pool: Pick<Pool, 'server' | 'servers' | 'reportFailure'>;
  readonly client: MeetingClient;
  readonly inFlight: Pick<InFlight, 'isCreating'>;
  readonly now: () => number;
}

/** Tells which meetings are lost with their server: one that has been out of reach for long, and cannot be asked. */
export class LostWatch {
  readonly #deps: LostWatchDeps;
  /** Since when a server that is not polled was not there, or did not answer; ms since 1970. */
  readonly #silentSince = new Map<string, number>();

  constructor(deps: LostWatchDeps) {
    this.#deps = deps;
  }

  /** Whether the meeting's server neither takes calls nor is polled, and no create of it is under way. */
  isOut({ serverId, scopedId }: Meeting): boolean {
    const { pool, inFlight } = this.#deps;
    return isOutOfService(pool.server(serverId)) && !inFlight.isCreating(scopedId);
  }

  /** `silent`: servers that did not answer in this round, so that each is waited for once. */
  async isLost(meeting: Meeting, silent: Set<string>): Promise<boolean> {
    const { pool, now } = this.#deps;
    const { serverId } = meeting;
    const server = pool.server(serverId);
    if (!isOutOfService(server)) this.#silentSince.delete(serverId);
    if (!this.isOut(meeting)) return false;
    if (server !== undefined && isGone(server)) return this.#isLong(server.healthSince);
    if (server !== undefined && !silent.has(serverId)) {
      // A disabled server is not polled, yet its classes may go on: one failed look ends none of them.
      const seen = await this.#look(server, meeting.scopedId);
      if (seen !== 'unsaid') {
        this.#silentSince.delete(serverId);
        return seen === 'gone';
      }
      silent.add(serverId);
    }
    const since = this.#silentSince.get(serverId) ?? now();
    this.#silentSince.set(serverId, since);
    return this.#isLong(since);
  }

  #isLong(since: number): boolean {
    const isAnyInReach = this.#deps.pool.servers().some(({ health }) => health === 'online');
    return this.#deps.now() - since >= (isAnyInReach ? LOST_AFTER_MS : ALL_LOST_AFTER_MS);
  }

  async #look(server: PooledServer, scopedId: string): ReturnType<typeof lookOnServer> {
    try {
      return await lookOnServer(this.#deps, server, scopedId);
    } catch (error) {
      if (error instanceof UpstreamError) return 'unsaid';
      throw error;
    }
  }
}
