import type { PolledMeeting } from '../bbb/polled-meeting.js';
import type { Logger } from '../log.js';
import type { Pool } from '../pool/pool.js';
import type { RoomHabits } from '../placement/learning/room-habits.js';
import type { PooledServer, ServerPoll } from '../pool/server.js';
import { type CareObserver, NO_CARE_OBSERVER } from './care-observer.js';
import { CopyEnder } from './copy-ender.js';
import type { EndHints } from './end-hints.js';
import type { InFlight } from './in-flight.js';
import type { MeetingClient } from './meeting-client.js';
import type { MeetingDirectory } from './meeting-directory.js';
import { MeetingReaper } from './meeting-reaper.js';
import type { Meeting, MeetingHistory, Orphan } from './meeting.js';
import type { MoveCause } from './placement-observer.js';
import { goneCause, isOutOfService } from './server-gone.js';
import { SplitBook } from './split-book.js';
import { keptCopy } from './split-decision.js';

/** A new meeting is not missed before this: BBB lists it late, and a create with documents answers late. */
const GRACE_MS = 60_000;

export interface MeetingKeeperDeps {
  readonly pool: Pool;
  readonly client: MeetingClient;
  readonly directory: MeetingDirectory;
  readonly ownerOf: (scopedId: string) => { readonly tenantId: string; readonly meetingId: string };
  readonly inFlight: InFlight;
  readonly hints?: Pick<EndHints, 'isConfirmed' | 'drop'> | undefined;
  /** What is expected of a session that was made directly on a server. */
  readonly habits: Pick<RoomHabits, 'expect'>;
  /** Told of each session that ended, and how many people were expected of it: `undefined` of an adopted one. */
  readonly onEnded?: ((session: MeetingHistory, expectedAttendees: number | undefined) => void) | undefined;
  readonly observer?: CareObserver | undefined;
  readonly now: () => number;
  readonly logger: Logger;
}

interface Sighting {
  readonly server: PooledServer;
  readonly poll: ServerPoll;
  readonly copy: PolledMeeting;
  readonly endings: PolledMeeting[];
}

/**
 * Brings claims and polls together after each good poll: settles cut claims, adopts meetings made directly on a server,
 * ends unwanted copies, closes what is gone.
 */
export class MeetingKeeper {
  readonly #deps: MeetingKeeperDeps;
  readonly #observer: CareObserver;
  readonly #reaper: MeetingReaper;
  readonly #splits: SplitBook;
  readonly #copies: CopyEnder;
  /** Splits being decided by asking the other server: not awaited by the poll, since that poll may wait for this one. */
  readonly #deciding = new Map<string, Promise<void>>();

  constructor(deps: MeetingKeeperDeps) {
    this.#deps = deps;
    this.#observer = deps.observer ?? NO_CARE_OBSERVER;
    this.#reaper = new MeetingReaper(deps);
    this.#copies = new CopyEnder({ ...deps, observer: this.#observer });
    this.#splits = new SplitBook({
      ...deps,
      onSplit: (serverId) => {
        this.#observer.split(serverId);
      },
    });
  }

  /** Meetings seen on two servers by the newest polls. */
  get splitCount(): number {
    return this.#splits.size;
  }

  /** Unwanted copies yet to be ended. Those on a disabled server wait until somebody enables it. */
  get orphanCount(): number {
    const { directory, pool } = this.#deps;
    const inUse = pool.servers().filter(({ definition }) => definition.adminState !== 'disabled');
    return inUse.reduce((count, { definition }) => count + directory.orphansOn(definition.id).length, 0);
  }

  /** Waits for the splits that are being decided. */
  async stop(): Promise<void> {
    await Promise.all(this.#deciding.values());
  }

  /** Gives up the meetings of servers that are out of service for long; to be called each minute. */
  giveUpLost(signal?: AbortSignal): Promise<void> {
    return this.#reaper.giveUpLost(signal);
  }

  async onPolled(server: PooledServer): Promise<void> {
    const { poll } = server;
    if (poll === undefined) return;
    const endings: PolledMeeting[] = [];
    for (const copy of poll.meetings.values()) {
      if (copy.isBreakout || copy.hasBeenForciblyEnded || this.#deps.inFlight.isCreating(copy.meetingId))
        continue;
      const sighting = { server, poll, copy, endings };
      const row = this.#deps.directory.byScopedId(copy.meetingId);
      if (row === undefined) await this.#onUnknown(sighting);
      else if (row.serverId === server.definition.id) await this.#onExpected(sighting, row);
      else await this.#onElsewhere(sighting, row);
    }
    this.#splits.onPolled(server.definition.id, poll);
    await this.#reaper.onPolled(server.definition.id, poll);
    await this.#copies.endAll(server, endings);
  }

  /** No claim: a foreign meeting, adopted; or a copy that was given up, ended. */
  async #onUnknown({ server, poll, copy, endings }: Sighting): Promise<void> {
    const { directory, logger } = this.#deps;
    if (directory.wasClosedSince(copy.meetingId, poll.startedAt)) return;
    const serverId = server.definition.id;
    const orphan = directory.orphan(serverId, copy.meetingId);
    if (orphan !== undefined && (copy.attendees === 0 || mustEnd(orphan))) {
      endings.push(copy);
      return;
    }
    const { won, meeting } = await directory.claim(this.#adopted(server, copy));
    if (!won) return;
    this.#reaper.onAdopted(meeting);
    await directory.removeOrphan(serverId, copy.meetingId);
    this.#observer.adopted(serverId);
    logger.info('adopted a meeting that was made directly on the server', {
      serverId,
      meetingId: copy.meetingId,
    });
  }

  async #onExpected({ server, poll, copy }: Sighting, row: Meeting): Promise<void> {
    const { directory, logger } = this.#deps;
    const isSettled = row.state === 'running' && row.internalMeetingId === copy.internalMeetingId;
    const isNews = !isSettled && row.claimedAt < poll.startedAt;
    const { internalMeetingId, createTime } = copy;
    if (isNews && !(await directory.update(row, { ...row, state: 'running', internalMeetingId, createTime })))
      return;
    await directory.removeOrphan(server.definition.id, copy.meetingId);
    if (!isNews) return;
    logger.info('took over what the server says of a meeting', {
      serverId: server.definition.id,
      meetingId: copy.meetingId,
    });
  }

  /** A second copy: joins go to another server. */
  async #onElsewhere(sighting: Sighting, row: Meeting): Promise<void> {
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
      await this.#copies.endAll(server, [copy]);
      return;
    }
    if (!(await this.#takeOver(sighting, row, 'more people are in this copy'))) return;
    if (mapped !== undefined) await this.#copies.endAll(holder, [mapped]);
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
    this.#observer.moved(row.serverId, cause);
    logger.warn('joins now go to another copy of the meeting', {
      serverId,
      fromServerId: row.serverId,
      meetingId: copy.meetingId,
      why,
    });
    return true;
  }

  #adopted(server: PooledServer, copy: PolledMeeting): Meeting {
    const now = this.#deps.now();
    const createdAt = (copy.createTime ?? now) - (server.clockSkewMs ?? 0);
    const startedAt = Math.min(now, createdAt);
    const owner = this.#deps.ownerOf(copy.meetingId);
    const { attendees } = this.#deps.habits.expect({ ...owner, at: startedAt });
    return {
      ...owner,
      scopedId: copy.meetingId,
      serverId: server.definition.id,
      state: 'running',
      expectedAttendees: Math.max(Math.round(attendees), copy.attendees),
      claimedAt: startedAt,
      internalMeetingId: copy.internalMeetingId,
      createTime: copy.createTime,
      wasMoved: false,
      endRequestedAt: undefined,
    };
  }
}

function mustEnd(orphan: Orphan): boolean {
  return orphan.cause === 'ended' || orphan.cause === 'panic';
}

function asCopy(meeting: PolledMeeting | undefined, isMapped: boolean): Parameters<typeof keptCopy>[0][0] {
  return { attendees: meeting?.attendees ?? 0, createTime: meeting?.createTime, isMapped };
}
