import type { Logger } from '../log.js';
import type { ServerPoll } from '../pool/server.js';
import type { EndHints } from './end-hints.js';
import type { InFlight } from './in-flight.js';
import { LostWatch, type LostWatchDeps } from './lost-watch.js';
import type { MeetingDirectory } from './meeting-directory.js';
import type { Meeting, MeetingHistory } from './meeting.js';

/** A new meeting is not missed before this: BBB lists it late, and a create with documents answers late. */
export const GRACE_MS = 60_000;

/** Good polls in a row that must miss a meeting, or an orphan, before it is given up. */
const MISSES = 2;

export interface MeetingReaperDeps extends LostWatchDeps {
  readonly directory: MeetingDirectory;
  readonly inFlight: InFlight;
  /** What servers say of ends. */
  readonly hints?: Pick<EndHints, 'confirmed' | 'drop'> | undefined;
  /** Told of each session whose history was written, and how many people were expected of it: `undefined` of an adopted one. */
  readonly onEnded?: ((session: MeetingHistory, expectedAttendees: number | undefined) => void) | undefined;
  readonly logger: Logger;
}

/** What the reaper keeps of one server between two polls, by scoped ID. */
interface Memory {
  /** When the last good poll began; `undefined` before the first. */
  polledAt: number | undefined;
  /** Successive good polls that missed a meeting. */
  readonly misses: Map<string, number>;
  readonly orphanMisses: Map<string, number>;
  /** Meetings that good polls have shown. */
  readonly seen: Set<string>;
  /** Most people seen in a meeting at once. */
  readonly most: Map<string, number>;
  /** When meetings began that were adopted: nothing was expected of them before people had come. */
  readonly adopted: Map<string, number>;
}

/** Closes meetings that good polls no longer show, and writes their history; drops orphan notes that came to nothing. */
export class MeetingReaper {
  readonly #deps: MeetingReaperDeps;
  /** By server; made anew at each poll, so that nothing stays of what has left in other ways. */
  readonly #memory = new Map<string, Memory>();

  readonly #lost: LostWatch;

  constructor(deps: MeetingReaperDeps) {
    this.#deps = deps;
    this.#lost = new LostWatch(deps);
  }

  /** Told of a meeting that was made directly on a server. Not kept over a restart. */
  onAdopted({ serverId, scopedId, claimedAt }: Meeting): void {
    const memory = this.#memory.get(serverId) ?? emptyMemory();
    memory.adopted.set(scopedId, claimedAt);
    this.#memory.set(serverId, memory);
  }

  async onPolled(serverId: string, poll: ServerPoll): Promise<void> {
    const { directory } = this.#deps;
    const before = this.#memory.get(serverId) ?? emptyMemory();
    const after = emptyMemory();
    after.polledAt = poll.startedAt;
    for (const { scopedId } of directory.onServer(serverId)) {
      // Read afresh: closing the ones before took its time.
      const meeting = directory.byScopedId(scopedId);
      if (meeting?.serverId !== serverId) continue;
      // Ended and made anew in between, it is another meeting.
      const isAdopted = before.adopted.get(scopedId) === meeting.claimedAt;
      if (isAdopted) after.adopted.set(scopedId, meeting.claimedAt);
      const copy = poll.meetings.get(scopedId);
      const isThere = copy !== undefined && !copy.hasBeenForciblyEnded;
      const most = Math.max(before.most.get(scopedId) ?? 0, isThere ? copy.attendees : 0);
      if (isThere || before.seen.has(seenAs(meeting))) after.seen.add(seenAs(meeting));
      if (isThere) this.#deps.hints?.drop(scopedId, poll.startedAt);
      if (isThere || !this.#isOver(meeting, poll, before, after)) after.most.set(scopedId, most);
      else await this.#close(meeting, most, isAdopted);
    }
    for (const { scopedId, notedAt } of directory.orphansOn(serverId)) {
      if (poll.meetings.has(scopedId) || poll.startedAt <= notedAt + GRACE_MS) continue;
      if (isMissed(scopedId, before.orphanMisses, after.orphanMisses)) {
        await directory.removeOrphan(serverId, scopedId);
      }
    }
    this.#memory.set(serverId, after);
  }

  /**
   * Gives up the meetings of servers that have been out of reach for long: nothing else would tell of their end. Copies
   * that come back with people in them are adopted, others are ended. `signal` ends it between two meetings.
   */
  async giveUpLost(signal?: AbortSignal): Promise<void> {
    const { directory, pool, now } = this.#deps;
    const silent = new Set<string>();
    for (const meeting of [...directory.all()]) {
      if (signal?.aborted === true) return;
      if (!(await this.#lost.isLost(meeting, silent))) continue;
      const { serverId, scopedId } = meeting;
      if (pool.server(serverId) !== undefined) {
        await directory.noteOrphan({ serverId, scopedId, notedAt: now(), cause: 'moved' });
      }
      // The server may be back, or the meeting placed anew.
      if (directory.byScopedId(scopedId) !== meeting || !this.#lost.isOut(meeting)) continue;
      const memory = this.#memory.get(serverId);
      const isAdopted = memory?.adopted.get(scopedId) === meeting.claimedAt;
      const endedAt = Math.max(meeting.claimedAt, memory?.polledAt ?? 0);
      await this.#close(meeting, memory?.most.get(scopedId) ?? 0, isAdopted, endedAt);
    }
  }

  #isOver(meeting: Meeting, poll: ServerPoll, before: Memory, after: Memory): boolean {
    const { scopedId, claimedAt, endRequestedAt } = meeting;
    if (poll.startedAt <= claimedAt || this.#deps.inFlight.isCreating(scopedId)) return false;
    if (endRequestedAt !== undefined && poll.startedAt > endRequestedAt) return true;
    const said = this.#deps.hints?.confirmed(meeting, poll) ?? 'nothing';
    if (said === 'this-end') return true;
    // A new one may be listed late, and what was said may be of another copy.
    if (said === 'an-end' && before.seen.has(seenAs(meeting))) return true;
    return poll.startedAt > claimedAt + GRACE_MS && isMissed(scopedId, before.misses, after.misses);
  }

  /** `lostAt`: when its server was last seen, of one that was given up. */
  async #close(meeting: Meeting, most: number, isAdopted: boolean, lostAt?: number): Promise<void> {
    const history = this.#history(meeting, most, lostAt);
    await this.#deps.directory.close(meeting, history);
    this.#deps.hints?.drop(meeting.scopedId);
    const expected = isAdopted ? undefined : meeting.expectedAttendees;
    if (history !== undefined) this.#deps.onEnded?.(history, expected);
    const { serverId, tenantId, meetingId } = meeting;
    const what = lostAt === undefined ? 'meeting ended' : 'meeting given up: its server is out of service';
    this.#deps.logger.info(what, { serverId, tenantId, meetingId });
  }

  #history(meeting: Meeting, most: number, lostAt: number | undefined): MeetingHistory | undefined {
    if (meeting.state !== 'running') return undefined;
    return {
      tenantId: meeting.tenantId,
      meetingId: meeting.meetingId,
      serverId: meeting.serverId,
      startedAt: meeting.claimedAt,
      endedAt: lostAt ?? this.#deps.now(),
      maxAttendees: most,
      wasMoved: meeting.wasMoved || lostAt !== undefined,
    };
  }
}

function emptyMemory(): Memory {
  return {
    polledAt: undefined,
    misses: new Map(),
    orphanMisses: new Map(),
    seen: new Set(),
    most: new Map(),
    adopted: new Map(),
  };
}

/** Made anew on the same server, a meeting counts as not yet seen. */
function seenAs({ scopedId, claimedAt }: Meeting): string {
  return `${claimedAt} ${scopedId}`;
}

/** Counts a miss; true when it was the last that is forgiven. */
function isMissed(
  scopedId: string,
  before: ReadonlyMap<string, number>,
  after: Map<string, number>,
): boolean {
  const misses = (before.get(scopedId) ?? 0) + 1;
  after.set(scopedId, misses);
  return misses >= MISSES;
}
