import type { PolledMeeting } from '../bbb/polled-meeting.js';
import type { Logger } from '../log.js';
import type { Pool } from '../pool/pool.js';
import type { PooledServer, ServerPoll } from '../pool/server.js';
import type { CareObserver } from './care-observer.js';
import { type CopyEnder, mustEnd } from './copy-ender.js';
import type { InFlight } from './in-flight.js';
import type { MeetingDirectory } from './meeting-directory.js';
import { GRACE_MS } from './meeting-reaper.js';
import type { Meeting } from './meeting.js';
import type { MoveCause } from './placement-observer.js';
import { goneCause, isOutOfService } from './server-gone.js';
import { SplitBook } from './split-book.js';
import { keptCopy } from './split-decision.js';

/** A copy of a meeting that a poll shows. */
export interface Sighting {
  readonly server: PooledServer;
  readonly poll: ServerPoll;
  readonly copy: PolledMeeting;
  /** Copies to be ended once this poll has been gone through. */
  readonly endings: PolledMeeting[];
}

export interface SecondCopiesDeps {
  readonly pool: Pool;
  readonly directory: MeetingDirectory;
  readonly inFlight: InFlight;
  readonly copies: CopyEnder;
  readonly observer: CareObserver;
  readonly now: () => number;
  readonly logger: Logger;
}

/** Decides which copy of a meeting stays that is seen on another server than the one joins go to. */
export class SecondCopies {
  readonly #deps: SecondCopiesDeps;
  readonly #splits: SplitBook;
  /** Splits being decided by asking the other server: not awaited by the poll, since that poll may wait for this one. */
  readonly #deciding = new Map<string, Promise<void>>();

  constructor(deps: SecondCopiesDeps) {
    this.#deps = deps;
    this.#splits = new SplitBook({
      ...deps,
      onSplit: (serverId) => {
        deps.observer.split(serverId);
      },
    });
  }

  /** Meetings seen on two servers by the newest polls. */
  get count(): number {
    return this.#splits.size;
  }

  /** Waits for what is being decided. */
  async stop(): Promise<void> {
    await Promise.all(this.#deciding.values());
  }

  /** To be called once all copies of a good poll were seen. */
  onPolled(serverId: string, poll: ServerPoll): void {
    this.#splits.onPolled(serverId, poll);
  }

  /** Told of a copy on another server than the row's. */
  async onSeen(sighting: Sighting, row: Meeting): Promise<void> {
    const { server, poll, copy, endings } = sighting;
    if (row.claimedAt >= poll.startedAt) return;
    const serverId = server.definition.id;
    const orphan = this.#deps.directory.orphan(serverId, copy.meetingId);
    if (orphan !== undefined && mustEnd(orphan)) {
      endings.push(copy);
      return;
    }
    const holder = this.#deps.pool.server(row.serverId);
    if (holder === undefined || isOutOfService(holder)) {
      await this.#takeOver(sighting, row, 'the other server is gone', goneCause(holder));
      return;
    }
    const mapped = holder.poll?.meetings.get(copy.meetingId);
    const isTooYoungToMiss = row.claimedAt + GRACE_MS >= (holder.poll?.startedAt ?? 0);
    if (mapped === undefined && !isTooYoungToMiss) {
      if (orphan !== undefined && copy.attendees === 0) endings.push(copy);
      else await this.#takeOver(sighting, row, 'the other server no longer has it');
      return;
    }
    // An empty copy that was expected here is no split: joins never went there.
    if (orphan === undefined || copy.attendees > 0) this.#splits.note(copy.meetingId, serverId, row.serverId);
    if (keptCopy([asCopy(mapped, true), asCopy(copy, false)]) === 0) endings.push(copy);
    else this.#decideSoon(sighting, row);
  }

  #decideSoon(sighting: Sighting, row: Meeting): void {
    const { scopedId } = row;
    if (this.#deciding.has(scopedId)) return;
    const deciding = this.#endMapped(sighting, row)
      .catch((error: unknown) => {
        this.#deps.logger.warn('a split meeting could not be settled yet', { meetingId: scopedId, error });
      })
      .finally(() => this.#deciding.delete(scopedId));
    this.#deciding.set(scopedId, deciding);
  }

  /** People sit in the copy that joins do not go to: ask the other server afresh, then decide for good. */
  async #endMapped(sighting: Sighting, row: Meeting): Promise<void> {
    const { server, copy } = sighting;
    const holder = await this.#deps.pool.freshPoll(row.serverId, 0);
    const mapped = holder.poll?.meetings.get(copy.meetingId);
    if (keptCopy([asCopy(mapped, true), asCopy(copy, false)]) === 0) {
      await this.#deps.copies.endAll(server, [copy]);
      return;
    }
    if (!(await this.#takeOver(sighting, row, 'more people are in this copy'))) return;
    if (mapped !== undefined) await this.#deps.copies.endAll(holder, [mapped]);
  }

  /** False when the row changed meanwhile: what was decided no longer holds. */
  async #takeOver(
    { server, copy }: Sighting,
    row: Meeting,
    why: string,
    cause: MoveCause = 'copy',
  ): Promise<boolean> {
    const { directory, inFlight, now, pool, logger } = this.#deps;
    const serverId = server.definition.id;
    const { scopedId } = row;
    if (inFlight.isCreating(scopedId)) return false;
    const hasLeft = pool.server(row.serverId) === undefined;
    const orphan = hasLeft
      ? undefined
      : ({ serverId: row.serverId, scopedId, notedAt: now(), cause: 'moved' } as const);
    const taken: Meeting = {
      ...row,
      serverId,
      state: 'running',
      internalMeetingId: copy.internalMeetingId,
      createTime: copy.createTime,
      wasMoved: true,
    };
    if (!(await directory.update(row, taken, orphan))) return false;
    await directory.removeOrphan(serverId, copy.meetingId);
    this.#deps.observer.moved(row.serverId, cause);
    logger.warn('joins now go to another copy of the meeting', {
      serverId,
      fromServerId: row.serverId,
      meetingId: copy.meetingId,
      why,
    });
    return true;
  }
}

function asCopy(meeting: PolledMeeting | undefined, isMapped: boolean): Parameters<typeof keptCopy>[0][0] {
  return { attendees: meeting?.attendees ?? 0, createTime: meeting?.createTime, isMapped };
}
