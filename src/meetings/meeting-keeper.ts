import type { PolledMeeting } from '../bbb/polled-meeting.js';
import type { Logger } from '../log.js';
import type { Pool } from '../pool/pool.js';
import type { RoomHabits } from '../placement/learning/room-habits.js';
import type { PooledServer } from '../pool/server.js';
import { type CareObserver, NO_CARE_OBSERVER } from './care-observer.js';
import { CopyEnder, mustEnd } from './copy-ender.js';
import type { EndHints } from './end-hints.js';
import type { InFlight } from './in-flight.js';
import type { MeetingClient } from './meeting-client.js';
import type { MeetingDirectory } from './meeting-directory.js';
import { MeetingReaper } from './meeting-reaper.js';
import type { Meeting, MeetingHistory } from './meeting.js';
import { SecondCopies, type Sighting } from './second-copies.js';

export interface MeetingKeeperDeps {
  readonly pool: Pool;
  readonly client: MeetingClient;
  readonly directory: MeetingDirectory;
  readonly ownerOf: (scopedId: string) => { readonly tenantId: string; readonly meetingId: string };
  readonly inFlight: InFlight;
  readonly hints?: Pick<EndHints, 'confirmed' | 'drop'> | undefined;
  /** What is expected of a session that was made directly on a server. */
  readonly habits: Pick<RoomHabits, 'expect'>;
  /** Told of each session that ended, and how many people were expected of it: `undefined` of an adopted one. */
  readonly onEnded?: ((session: MeetingHistory, expectedAttendees: number | undefined) => void) | undefined;
  readonly observer?: CareObserver | undefined;
  readonly now: () => number;
  readonly logger: Logger;
}

/**
 * Brings claims and polls together after each good poll: settles cut claims, adopts meetings made directly on a server,
 * ends unwanted copies, closes what is gone.
 */
export class MeetingKeeper {
  readonly #deps: MeetingKeeperDeps;
  readonly #observer: CareObserver;
  readonly #reaper: MeetingReaper;
  readonly #copies: CopyEnder;
  readonly #secondCopies: SecondCopies;

  constructor(deps: MeetingKeeperDeps) {
    this.#deps = deps;
    this.#observer = deps.observer ?? NO_CARE_OBSERVER;
    this.#reaper = new MeetingReaper(deps);
    this.#copies = new CopyEnder({ ...deps, observer: this.#observer });
    this.#secondCopies = new SecondCopies({ ...deps, observer: this.#observer, copies: this.#copies });
  }

  /** Meetings seen on two servers by the newest polls. */
  get splitCount(): number {
    return this.#secondCopies.count;
  }

  /** Unwanted copies yet to be ended. Those on a disabled server wait until somebody enables it. */
  get orphanCount(): number {
    const { directory, pool } = this.#deps;
    const inUse = pool.servers().filter(({ definition }) => definition.adminState !== 'disabled');
    return inUse.reduce((count, { definition }) => count + directory.orphansOn(definition.id).length, 0);
  }

  /** Waits for the splits that are being decided. */
  stop(): Promise<void> {
    return this.#secondCopies.stop();
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
      else await this.#secondCopies.onSeen(sighting, row);
    }
    this.#secondCopies.onPolled(server.definition.id, poll);
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
