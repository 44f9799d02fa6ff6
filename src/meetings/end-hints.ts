import type { Logger } from '../log.js';
import type { Pool } from '../pool/pool.js';
import type { ServerPoll } from '../pool/server.js';
import type { MeetingDirectory } from './meeting-directory.js';
import type { Meeting } from './meeting.js';
import { isOutOfService } from './server-gone.js';

/** By then a poll has shown what is true, or the meeting was closed in another way. */
const KEPT_MS = 600_000;

export interface EndHintsDeps {
  readonly pool: Pick<Pool, 'server' | 'markChanged' | 'freshPoll'>;
  readonly directory: Pick<MeetingDirectory, 'get'>;
  readonly now: () => number;
  readonly logger: Logger;
}

/**
 * Servers that say a meeting has ended are not believed but asked: the next poll that misses it closes it at once. A
 * meeting that was moved has not ended because the copy it left behind has.
 */
export class EndHints {
  readonly #deps: EndHintsDeps;
  /** By scoped ID: when it was said. */
  readonly #saidAt = new Map<string, number>();

  constructor(deps: EndHintsDeps) {
    this.#deps = deps;
  }

  /** The meeting is looked for on its server at once; hints that come together share one poll. Never rejects. */
  async meetingMayHaveEnded(tenantId: string, meetingId: string): Promise<void> {
    const { pool, directory, now, logger } = this.#deps;
    const meeting = directory.get(tenantId, meetingId);
    if (meeting === undefined) return;
    this.#note(meeting.scopedId, now());
    pool.markChanged(meeting.serverId);
    try {
      await pool.freshPoll(meeting.serverId, 0);
    } catch (error) {
      // The next good poll does it.
      logger.debug('a meeting that may have ended could not be looked for yet', {
        serverId: meeting.serverId,
        meetingId: meeting.scopedId,
        error,
      });
    }
  }

  /**
   * Whether a fresh poll of its server shows the meeting; false when it is known no more, and when its server is out of
   * service: nobody can be asked then, so that what was said of it counts. Throws when the poll fails.
   */
  async isAlive(tenantId: string, meetingId: string): Promise<boolean> {
    const { pool, directory } = this.#deps;
    const meeting = directory.get(tenantId, meetingId);
    if (meeting === undefined || isOutOfService(pool.server(meeting.serverId))) return false;
    const server = await pool.freshPoll(meeting.serverId, 0).catch((error: unknown) => {
      if (isOutOfService(pool.server(meeting.serverId))) return undefined;
      throw error;
    });
    const current = directory.get(tenantId, meetingId);
    if (current?.serverId !== meeting.serverId) return current !== undefined;
    const copy = server?.poll?.meetings.get(meeting.scopedId);
    return copy !== undefined && !copy.hasBeenForciblyEnded;
  }

  /** A poll missed the meeting: true when it was said before to have ended. */
  isConfirmed({ scopedId, claimedAt }: Meeting, poll: ServerPoll): boolean {
    const saidAt = this.#saidAt.get(scopedId);
    return saidAt !== undefined && saidAt >= claimedAt && poll.startedAt >= saidAt;
  }

  /** A poll shows the meeting, or it was closed: what was said before no longer counts. */
  drop(scopedId: string, before = Infinity): void {
    const saidAt = this.#saidAt.get(scopedId);
    if (saidAt !== undefined && saidAt <= before) this.#saidAt.delete(scopedId);
  }

  #note(scopedId: string, at: number): void {
    this.#saidAt.delete(scopedId);
    this.#saidAt.set(scopedId, at);
    for (const [oldest, saidAt] of this.#saidAt) {
      if (saidAt > at - KEPT_MS) break;
      this.#saidAt.delete(oldest);
    }
  }
}
