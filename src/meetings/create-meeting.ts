import type { BbbAnswer } from '../bbb/bbb-answer.js';
import { UpstreamError } from '../bbb/upstream-error.js';
import type { PooledServer } from '../pool/server.js';
import { answeredMeeting } from './answered-meeting.js';
import { ClaimServer, type ClaimDeps } from './claim-server.js';
import { createRequest, type CreateCommand, type CreateResult } from './create-command.js';
import { InFlight } from './in-flight.js';
import { callServer, meetingQuery, STATUS_TIMEOUT_MS } from './meeting-client.js';
import type { Meeting } from './meeting.js';
import { isGone, requestRejected, serverUnavailable } from './server-gone.js';

/** Enough to tell a web server that restarts from one that is gone, and short enough to leave time for another. */
const PROBE_TIMEOUT_MS = 1_000;

/**
 * Creates meetings so that one ID lives on one server. The first create of an ID claims it and goes to the best server,
 * moving on while servers fail; creates that come meanwhile wait for its outcome; repeats go where the meeting is.
 */
export class MeetingCreator {
  readonly #deps: ClaimDeps;
  readonly #claimServer: ClaimServer;
  /** Shared with who ends copies of meetings. */
  readonly inFlight = new InFlight();

  constructor(deps: ClaimDeps) {
    this.#deps = deps;
    this.#claimServer = new ClaimServer(deps);
  }

  /** The server's answer, SUCCESS or FAILED. Throws BbbError when no server gave one in time or a limit refuses it. */
  async create(command: CreateCommand): Promise<CreateResult> {
    const { limits, directory, now } = this.#deps;
    const deadline = now() + (command.hasDocuments ? limits.documentsDeadlineMs : limits.deadlineMs);
    for (;;) {
      const underWay = this.inFlight.get(command.scopedId);
      if (underWay !== undefined) {
        await settledBefore(underWay, deadline - now());
        continue;
      }
      const known = directory.byScopedId(command.scopedId);
      if (known?.state !== 'running') {
        return this.inFlight.run(command.scopedId, () => this.#claimServer.place(known, command, deadline));
      }
      const repeated = await this.#repeat(known, command, deadline);
      if (repeated !== 'place-anew') return repeated;
      const isUnchanged = directory.byScopedId(command.scopedId)?.claimedAt === known.claimedAt;
      if (isUnchanged && !this.inFlight.has(command.scopedId)) {
        return this.inFlight.run(command.scopedId, () => this.#claimServer.place(known, command, deadline));
      }
      if (now() >= deadline) throw serverUnavailable(known.serverId);
    }
  }

  /** Waits for the creates under way. */
  async stop(): Promise<void> {
    await this.inFlight.settled();
  }

  /** A create of a meeting that runs: to its server, unless that is gone or may no longer be used. */
  async #repeat(
    known: Meeting,
    command: CreateCommand,
    deadline: number,
  ): Promise<CreateResult | 'place-anew'> {
    const { pool, limits, now } = this.#deps;
    const server = pool.server(known.serverId);
    if (server === undefined || isGone(server)) return 'place-anew';
    if (known.endRequestedAt !== undefined || server.definition.adminState !== 'enabled') {
      const isThere = await this.#isStillThere(known, server);
      if (isThere === false) await this.#forget(known);
      if (isThere !== true) return 'place-anew';
    }
    const firstTryMs = command.hasDocuments ? limits.documentsFirstTryMs : limits.firstTryMs;
    const request = createRequest(command, Math.max(1, Math.min(firstTryMs, deadline - now())));
    try {
      const answer = await callServer(this.#deps, server, request);
      await this.#refresh(known, answer);
      return { answer, serverId: known.serverId };
    } catch (error) {
      if (!(error instanceof UpstreamError)) throw error;
      if (error.reason === 'rejected') throw requestRejected(error);
      if (await this.#isLost(known, server, error)) return 'place-anew';
      throw serverUnavailable(known.serverId, error);
    }
  }

  /** A meeting that ended unseen is created again by its repeat: the row follows the new one. */
  async #refresh(known: Meeting, answer: BbbAnswer): Promise<void> {
    const created = answeredMeeting(answer);
    if (created === undefined || created.internalMeetingId === known.internalMeetingId) return;
    const { directory, pool, now } = this.#deps;
    const current = directory.byScopedId(known.scopedId);
    if (current?.serverId !== known.serverId || current.internalMeetingId === created.internalMeetingId)
      return;
    await directory.update(current, {
      ...current,
      ...created,
      claimedAt: now(),
      wasMoved: false,
      endRequestedAt: undefined,
    });
    pool.markChanged(known.serverId);
  }

  async #isStillThere(known: Meeting, server: PooledServer): Promise<boolean | undefined> {
    try {
      const answer = await callServer(this.#deps, server, {
        call: 'getMeetingInfo',
        query: meetingQuery(known.scopedId),
        timeoutMs: STATUS_TIMEOUT_MS,
      });
      return answer.returnCode === 'SUCCESS';
    } catch (error) {
      if (!(error instanceof UpstreamError)) throw error;
      return undefined;
    }
  }

  async #forget(known: Meeting): Promise<void> {
    const current = this.#deps.directory.byScopedId(known.scopedId);
    if (current?.claimedAt === known.claimedAt) await this.#deps.directory.close(current);
  }

  /**
   * Whether a meeting may be given up on a server that just failed and is not offline yet. Moving a running class splits
   * it, so: only when nobody was in it at the last poll, or when the server refuses connections twice, which means that
   * nobody can be in it (with nginx gone the web client is gone). bbb-web alone restarting (502) ends no class.
   */
  async #isLost(known: Meeting, server: PooledServer, failure: UpstreamError): Promise<boolean> {
    const polled = this.#deps.pool.server(known.serverId)?.poll?.meetings.get(known.scopedId);
    if ((polled?.attendees ?? 0) === 0) return true;
    if (failure.reason !== 'refused') return false;
    try {
      await this.#deps.client.call(server.definition, {
        call: 'isMeetingRunning',
        query: meetingQuery(known.scopedId),
        timeoutMs: PROBE_TIMEOUT_MS,
      });
      return false;
    } catch (error) {
      return error instanceof UpstreamError && error.reason === 'refused';
    }
  }
}

async function settledBefore(promise: Promise<unknown>, timeoutMs: number): Promise<void> {
  if (timeoutMs <= 0) throw serverUnavailable('of another create');
  let timer: NodeJS.Timeout | undefined;
  const expired = new Promise<'expired'>((resolve) => {
    timer = setTimeout(() => {
      resolve('expired');
    }, timeoutMs);
  });
  // How the other create ended is for its own caller.
  const settled = promise.then(
    () => 'settled' as const,
    () => 'settled' as const,
  );
  try {
    if ((await Promise.race([settled, expired])) === 'expired') throw serverUnavailable('of another create');
  } finally {
    clearTimeout(timer);
  }
}
