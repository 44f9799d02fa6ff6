import type { Logger } from '../log.js';
import type { Pool } from '../pool/pool.js';
import type { ServerPoll } from '../pool/server.js';
import type { MeetingDirectory } from './meeting-directory.js';
import type { Meeting } from './meeting.js';
import { isOutOfService } from './server-gone.js';

/** By then a poll has shown what is true, or the meeting was closed in another way. */
const KEPT_MS = 600_000;

/** Which session a server says has ended; BBB gives each an internal ID of its own. */
export interface NamedSession {
  readonly serverId: string;
  readonly internalMeetingId: string;
}

/** What was said of one session; a server tells its end twice, and its call by the URL of the create names none. */
interface Hint {
  /** The last time that it was said, ms since 1970. */
  readonly at: number;
  readonly session: NamedSession | undefined;
}

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
  /** By scoped ID, the last said at the end; of each session that was named, and of none, for itself. */
  readonly #said = new Map<string, readonly Hint[]>();

  constructor(deps: EndHintsDeps) {
    this.#deps = deps;
  }

  /**
   * The meeting is looked for on its server at once; hints that come together share one poll. `session`: where the server
   * says which one it was. Never rejects.
   */
  async meetingMayHaveEnded(tenantId: string, meetingId: string, session?: NamedSession): Promise<void> {
    const { pool, directory, now, logger } = this.#deps;
    const meeting = directory.get(tenantId, meetingId);
    if (meeting === undefined) return;
    this.#note(meeting.scopedId, now(), session);
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

  /**
   * A poll missed the meeting: what was said before of its end, and whether of this very session, which no copy and no
   * session before it can be mistaken for.
   */
  confirmed(meeting: Meeting, poll: ServerPoll): 'nothing' | 'an-end' | 'this-end' {
    const hints = this.#said.get(meeting.scopedId) ?? [];
    const counted = hints.filter(({ at }) => at >= meeting.claimedAt && at <= poll.startedAt);
    if (counted.some(({ session }) => isOf(meeting, session))) return 'this-end';
    return counted.some(({ session }) => mayBeOf(meeting, session)) ? 'an-end' : 'nothing';
  }

  /** A poll shows the meeting, or it was closed: what was said before no longer counts. */
  drop(scopedId: string, before = Infinity): void {
    const later = this.#said.get(scopedId)?.filter(({ at }) => at > before) ?? [];
    if (later.length === 0) this.#said.delete(scopedId);
    else this.#said.set(scopedId, later);
  }

  #note(scopedId: string, at: number, session: NamedSession | undefined): void {
    const others = this.#said.get(scopedId)?.filter((said) => !isSame(said.session, session)) ?? [];
    this.#said.delete(scopedId);
    this.#said.set(scopedId, [...others.filter((said) => said.at > at - KEPT_MS), { at, session }]);
    for (const [oldest, said] of this.#said) {
      if (said.some((hint) => hint.at > at - KEPT_MS)) break;
      this.#said.delete(oldest);
    }
  }
}

function isOf({ serverId, internalMeetingId }: Meeting, session: NamedSession | undefined): boolean {
  return session?.serverId === serverId && session.internalMeetingId === internalMeetingId;
}

/** Nothing shows that another session was meant. */
function mayBeOf({ serverId, internalMeetingId }: Meeting, session: NamedSession | undefined): boolean {
  return session === undefined || (session.serverId === serverId && internalMeetingId === undefined);
}

function isSame(one: NamedSession | undefined, other: NamedSession | undefined): boolean {
  return one?.serverId === other?.serverId && one?.internalMeetingId === other?.internalMeetingId;
}
