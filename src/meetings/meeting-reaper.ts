import type { PolledMeeting } from '../bbb/polled-meeting.js';
import type { Logger } from '../log.js';
import type { ServerPoll } from '../pool/server.js';
import type { InFlight } from './in-flight.js';
import type { MeetingDirectory } from './meeting-directory.js';
import type { Meeting, MeetingHistory } from './meeting.js';

/** A new meeting is not missed before this: BBB lists it late, and a create with documents answers late. */
const GRACE_MS = 60_000;

/** Good polls in a row that must miss a meeting, or an orphan, before it is given up. */
const MISSES = 2;

export interface MeetingReaperDeps {
  readonly directory: MeetingDirectory;
  readonly inFlight: InFlight;
  readonly now: () => number;
  readonly logger: Logger;
}

/** Closes meetings that good polls no longer show, and writes their history; drops orphan notes that came to nothing. */
export class MeetingReaper {
  readonly #deps: MeetingReaperDeps;
  /** Successive good polls that missed it, by server and ID. */
  readonly #misses = new Map<string, number>();
  readonly #mostAttendees = new Map<string, number>();

  constructor(deps: MeetingReaperDeps) {
    this.#deps = deps;
  }

  /** The meeting was seen where it belongs. */
  saw(copy: PolledMeeting): void {
    const most = this.#mostAttendees.get(copy.meetingId) ?? 0;
    if (copy.attendees >= most) this.#mostAttendees.set(copy.meetingId, copy.attendees);
  }

  async onPolled(serverId: string, poll: ServerPoll): Promise<void> {
    for (const meeting of this.#deps.directory.onServer(serverId)) {
      const copy = poll.meetings.get(meeting.scopedId);
      const isThere = copy !== undefined && !copy.hasBeenForciblyEnded;
      if (isThere) this.#misses.delete(missKey(serverId, meeting.scopedId));
      else if (this.#isOver(meeting, poll)) await this.#close(meeting);
    }
    for (const orphan of this.#deps.directory.orphansOn(serverId)) {
      if (poll.meetings.has(orphan.scopedId)) this.#misses.delete(missKey(serverId, orphan.scopedId));
      else if (poll.startedAt > orphan.notedAt + GRACE_MS && this.#miss(serverId, orphan.scopedId)) {
        await this.#deps.directory.removeOrphan(serverId, orphan.scopedId);
      }
    }
  }

  #isOver(meeting: Meeting, poll: ServerPoll): boolean {
    if (poll.startedAt <= meeting.claimedAt || this.#deps.inFlight.has(meeting.scopedId)) return false;
    if (meeting.endRequestedAt !== undefined && poll.startedAt > meeting.endRequestedAt) return true;
    return poll.startedAt > meeting.claimedAt + GRACE_MS && this.#miss(meeting.serverId, meeting.scopedId);
  }

  /** Counts a miss; true when it was the last that is forgiven. */
  #miss(serverId: string, scopedId: string): boolean {
    const key = missKey(serverId, scopedId);
    const misses = (this.#misses.get(key) ?? 0) + 1;
    if (misses >= MISSES) this.#misses.delete(key);
    else this.#misses.set(key, misses);
    return misses >= MISSES;
  }

  async #close(meeting: Meeting): Promise<void> {
    await this.#deps.directory.close(meeting, this.#history(meeting));
    this.#mostAttendees.delete(meeting.scopedId);
    const { serverId, tenantId, meetingId } = meeting;
    this.#deps.logger.info('meeting ended', { serverId, tenantId, meetingId });
  }

  #history(meeting: Meeting): MeetingHistory | undefined {
    if (meeting.state !== 'running') return undefined;
    return {
      tenantId: meeting.tenantId,
      meetingId: meeting.meetingId,
      serverId: meeting.serverId,
      startedAt: meeting.claimedAt,
      endedAt: this.#deps.now(),
      maxAttendees: this.#mostAttendees.get(meeting.scopedId) ?? 0,
    };
  }
}

function missKey(serverId: string, scopedId: string): string {
  return `${serverId} ${scopedId}`;
}
