import { setTimeout } from 'node:timers/promises';
import type { BbbAnswer } from '../bbb/bbb-answer.js';
import { readElement } from '../bbb/read-answer.js';
import { UpstreamError } from '../bbb/upstream-error.js';
import type { PooledServer, ServerPoll } from '../pool/server.js';
import { answeredMeeting } from './answered-meeting.js';
import type { ClaimDeps } from './claim-deps.js';
import { ClaimServer } from './claim-server.js';
import { createRequest, type CreateCommand, type CreateResult } from './create-command.js';
import { InFlight } from './in-flight.js';
import { callServer, meetingQuery, STATUS_TIMEOUT_MS } from './meeting-client.js';
import type { Meeting } from './meeting.js';
import { isGone, requestRejected, serverUnavailable } from './server-gone.js';

/** Enough to tell a web server that restarts from one that is gone, and short enough to leave time for another. */
const PROBE_AFTER_MS = 800;
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
      const underWay = this.inFlight.underWay(command.scopedId);
      if (underWay !== undefined) {
        await settledBefore(underWay, deadline - now());
        continue;
      }
      const known = directory.byScopedId(command.scopedId);
      if (known?.state !== 'running') {
        return this.inFlight.create(command.scopedId, () =>
          this.#claimServer.place(known, command, deadline),
        );
      }
      const repeated = await this.#repeat(known, command, deadline);
      if (repeated === 'again') {
        if (now() >= deadline) throw serverUnavailable(known.serverId);
        continue;
      }
      if (repeated !== 'place-anew') return repeated;
      const isUnchanged = directory.byScopedId(command.scopedId) === known;
      if (isUnchanged && this.inFlight.underWay(command.scopedId) === undefined) {
        return this.inFlight.create(command.scopedId, () =>
          this.#claimServer.place(known, command, deadline),
        );
      }
      if (now() >= deadline) throw serverUnavailable(known.serverId);
    }
  }

  /** Waits for the creates under way. */
  async stop(): Promise<void> {
    await this.inFlight.settled();
  }

  /** A create of a meeting that runs: to its server, unless that is gone or may no longer be used. `again`: it is back. */
  async #repeat(
    known: Meeting,
    command: CreateCommand,
    deadline: number,
  ): Promise<CreateResult | 'place-anew' | 'again'> {
    const { pool, limits, now } = this.#deps;
    const server = pool.server(known.serverId);
    if (server === undefined || isGone(server)) return 'place-anew';
    const mayHaveEnded = known.endRequestedAt !== undefined || server.definition.adminState !== 'enabled';
    try {
      if (mayHaveEnded && !(await this.#isStillThere(known, server))) {
        await this.#forget(known);
        return 'place-anew';
      }
      const firstTryMs = command.hasDocuments ? limits.documentsFirstTryMs : limits.firstTryMs;
      const request = createRequest(command, Math.max(1, Math.min(firstTryMs, deadline - now())));
      const answer = await callServer(this.#deps, server, request);
      await this.#follow(known, answer);
      return { answer, serverId: known.serverId };
    } catch (error) {
      if (!(error instanceof UpstreamError)) throw error;
      if (error.reason === 'rejected') throw requestRejected(error);
      const state = await this.#stateAfter(known, server, error);
      if (state === 'lost') return 'place-anew';
      if (state === 'back') return 'again';
      throw serverUnavailable(known.serverId, error);
    }
  }

  /**
   * The row follows what a repeat was answered: a meeting that ended unseen is created again by its repeat, and one that
   * was closed while the answer was on the way is known again. What was answered SUCCESS is never lost.
   */
  async #follow(known: Meeting, answer: BbbAnswer): Promise<void> {
    const created = answeredMeeting(answer);
    if (created === undefined) return;
    const { directory, pool, now } = this.#deps;
    for (;;) {
      const current = directory.byScopedId(known.scopedId);
      const isSame = current?.internalMeetingId === created.internalMeetingId;
      // Moved meanwhile: two copies, and the polls tell which one stays.
      if (current !== undefined && (isSame || current.serverId !== known.serverId)) return;
      const followed: Meeting = {
        ...(current ?? known),
        ...created,
        state: 'running',
        claimedAt: now(),
        wasMoved: false,
        endRequestedAt: undefined,
      };
      pool.markChanged(known.serverId);
      if (current === undefined) await directory.claim(followed);
      else if (!(await directory.update(current, followed))) continue;
      return;
    }
  }

  /** Throws UpstreamError when the server does not say. */
  async #isStillThere(known: Meeting, server: PooledServer): Promise<boolean> {
    const answer = await callServer(this.#deps, server, {
      call: 'getMeetingInfo',
      query: meetingQuery(known.scopedId),
      timeoutMs: STATUS_TIMEOUT_MS,
    });
    // BBB goes on showing an ended meeting for a while.
    return answer.returnCode === 'SUCCESS' && readElement(answer.body, 'hasBeenForciblyEnded') !== 'true';
  }

  async #forget(known: Meeting): Promise<void> {
    const { directory } = this.#deps;
    if (directory.byScopedId(known.scopedId) === known) await directory.close(known);
  }

  /**
   * Whether a meeting may be given up on a server that just failed and is not offline yet. Moving a running class splits
   * it, so: only when it was to be ended, when a poll since its create showed nobody in it and nobody was sent there since,
   * or when the server still refuses connections a moment later: then nobody can be in it (with nginx gone the web client
   * is gone). bbb-web alone restarting (502) ends no class. A server that answers a moment later is back.
   */
  async #stateAfter(
    known: Meeting,
    { definition }: PooledServer,
    failure: UpstreamError,
  ): Promise<'lost' | 'back' | 'failing'> {
    // A disabled server is not polled: it would never become offline.
    if (known.endRequestedAt !== undefined || definition.adminState === 'disabled') return 'lost';
    const poll = this.#deps.pool.server(known.serverId)?.poll;
    const isCounted = poll !== undefined && poll.startedAt > known.claimedAt;
    if (isCounted && this.#isEmpty(known, poll)) return 'lost';
    // A kept connection that breaks is how a server that was just stopped looks at first.
    if (failure.reason !== 'refused' && failure.reason !== 'reset') return 'failing';
    await setTimeout(this.#deps.probeAfterMs ?? PROBE_AFTER_MS);
    try {
      await this.#deps.client.call(definition, {
        call: 'isMeetingRunning',
        query: meetingQuery(known.scopedId),
        timeoutMs: PROBE_TIMEOUT_MS,
      });
      return 'back';
    } catch (error) {
      return error instanceof UpstreamError && error.reason === 'refused' ? 'lost' : 'failing';
    }
  }

  #isEmpty({ serverId, scopedId }: Meeting, { meetings, startedAt }: ServerPoll): boolean {
    const isSeen = (meetings.get(scopedId)?.attendees ?? 0) > 0;
    return !isSeen && this.#deps.joins.countSince(serverId, scopedId, startedAt) === 0;
  }
}

async function settledBefore(promise: Promise<unknown>, timeoutMs: number): Promise<void> {
  if (timeoutMs <= 0) throw serverUnavailable('of another create');
  const timer = new AbortController();
  const expired = setTimeout(timeoutMs, 'expired' as const, { signal: timer.signal });
  // How the other create ended is for its own caller.
  const settled = promise.then(
    () => 'settled' as const,
    () => 'settled' as const,
  );
  try {
    if ((await Promise.race([settled, expired])) === 'expired') throw serverUnavailable('of another create');
  } finally {
    expired.catch(() => undefined);
    timer.abort();
  }
}
