import { setTimeout } from 'node:timers/promises';
import type { BbbAnswer } from '../bbb/bbb-answer.js';
import type { ServerAddress } from '../bbb/server-address.js';
import { UpstreamError } from '../bbb/upstream-error.js';
import type { PooledServer, ServerPoll } from '../pool/server.js';
import { answeredMeeting } from './answered-meeting.js';
import type { ClaimDeps } from './claim-deps.js';
import { ClaimServer } from './claim-server.js';
import { createRequest, type CreateCommand, type CreateResult } from './create-command.js';
import { InFlight } from './in-flight.js';
import { callServer, lookOnServer, meetingQuery } from './meeting-client.js';
import type { Meeting } from './meeting.js';
import type { MoveCause } from './placement-observer.js';
import { RefusedCreate } from './refused-create.js';
import { goneCause, isGone, requestRejected, serverUnavailable } from './server-gone.js';

/** Enough to tell a web server that restarts from one that is gone, and short enough to leave time for another. */
const PROBE_AFTER_MS = 800;
const PROBE_TIMEOUT_MS = 1_000;

/** The running meeting is given up where it is; without a cause it has ended. */
interface PlaceAnew {
  readonly moveCause: MoveCause | undefined;
}

/** How long one create waited for others, in seconds; `undefined` while it did not. */
interface Waits {
  seconds: number | undefined;
}

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

  /** The server's answer, SUCCESS or FAILED. Throws RefusedCreate when no server gave one in time or a limit refuses it. */
  async create(command: CreateCommand): Promise<CreateResult> {
    const { limits, now, observer } = this.#deps;
    const deadline = now() + (command.hasDocuments ? limits.documentsDeadlineMs : limits.deadlineMs);
    const waits: Waits = { seconds: undefined };
    try {
      return await this.#create(command, deadline, waits);
    } catch (error) {
      observer.failed(error instanceof RefusedCreate ? error.reason : 'error');
      throw error;
    } finally {
      if (waits.seconds !== undefined) observer.waited('same-meeting', waits.seconds);
    }
  }

  /** Waits for the creates under way. */
  async stop(): Promise<void> {
    await this.inFlight.settled();
  }

  async #create(command: CreateCommand, deadline: number, waits: Waits): Promise<CreateResult> {
    const { directory, now } = this.#deps;
    for (;;) {
      const underWay = this.inFlight.underWay(command.scopedId);
      if (underWay !== undefined) {
        const startedAt = performance.now();
        const isSettled = await settledBefore(underWay, deadline - now());
        waits.seconds = (waits.seconds ?? 0) + (performance.now() - startedAt) / 1000;
        if (!isSettled) throw new RefusedCreate('other-create', serverUnavailable('of another create'));
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
        if (now() >= deadline) throw failing(known);
        continue;
      }
      if ('answer' in repeated) return repeated;
      const isUnchanged = directory.byScopedId(command.scopedId) === known;
      if (isUnchanged && this.inFlight.underWay(command.scopedId) === undefined) {
        return this.inFlight.create(command.scopedId, () =>
          this.#claimServer.place(known, command, deadline, repeated.moveCause),
        );
      }
      if (now() >= deadline) throw failing(known);
    }
  }

  /** A create of a meeting that runs: to its server, unless that is gone or may no longer be used. `again`: it is back, or elsewhere. */
  async #repeat(
    known: Meeting,
    command: CreateCommand,
    deadline: number,
  ): Promise<CreateResult | PlaceAnew | 'again'> {
    const { pool, limits, now } = this.#deps;
    const server = pool.server(known.serverId);
    if (server === undefined || isGone(server)) return { moveCause: goneCause(server) };
    const mayHaveEnded = known.endRequestedAt !== undefined || server.definition.adminState !== 'enabled';
    try {
      if (mayHaveEnded && (await lookOnServer(this.#deps, server, known.scopedId)) !== 'there') {
        await this.#forget(known);
        return { moveCause: undefined };
      }
      const firstTryMs = command.hasDocuments ? limits.documentsFirstTryMs : limits.firstTryMs;
      const request = createRequest(command, Math.max(1, Math.min(firstTryMs, deadline - now())));
      const answer = await callServer(this.#deps, server, request);
      // Another create moved it while this one was asked: the front end needs the answer of the copy that joins go to.
      if (!(await this.#follow(known, answer))) return 'again';
      return { answer, serverId: known.serverId };
    } catch (error) {
      if (!(error instanceof UpstreamError)) throw error;
      if (error.reason === 'rejected') throw new RefusedCreate('rejected', requestRejected(error));
      const state = await this.#stateAfter(known, server, error);
      if (state === 'back') return 'again';
      if (state === 'failing') throw failing(known, error);
      return { moveCause: state };
    }
  }

  /**
   * The row follows what a repeat was answered: a meeting that ended unseen is created again by its repeat, and one that
   * was closed while the answer was on the way is known again. What was answered SUCCESS is never lost. False when the row
   * has moved to another server meanwhile: two copies, and the polls tell which one stays.
   */
  async #follow(known: Meeting, answer: BbbAnswer): Promise<boolean> {
    const created = answeredMeeting(answer);
    if (created === undefined) return true;
    const { directory, pool, now } = this.#deps;
    for (;;) {
      const current = directory.byScopedId(known.scopedId);
      if (current !== undefined && current.serverId !== known.serverId) return false;
      if (current?.internalMeetingId === created.internalMeetingId) return true;
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
      return true;
    }
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
  ): Promise<MoveCause | 'back' | 'failing'> {
    // A disabled server is not polled: it would never become offline.
    if (definition.adminState === 'disabled') return 'disabled';
    if (known.endRequestedAt !== undefined) return 'ended';
    const poll = this.#deps.pool.server(known.serverId)?.poll;
    const isCounted = poll !== undefined && poll.startedAt > known.claimedAt;
    if (isCounted && this.#isEmpty(known, poll)) return 'empty';
    // A kept connection that breaks is how a server that was just stopped looks at first.
    if (failure.reason !== 'refused' && failure.reason !== 'reset') return 'failing';
    await setTimeout(this.#deps.probeAfterMs ?? PROBE_AFTER_MS);
    const probed = await this.#probe(known, definition);
    this.#deps.observer.probed(known.serverId, probed);
    return probed === 'lost' ? 'refused' : probed;
  }

  async #probe(known: Meeting, server: ServerAddress): Promise<'lost' | 'back' | 'failing'> {
    try {
      await this.#deps.client.call(server, {
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

function failing({ serverId }: Meeting, cause?: Error): RefusedCreate {
  return new RefusedCreate('server-failing', serverUnavailable(serverId, cause));
}

async function settledBefore(promise: Promise<unknown>, timeoutMs: number): Promise<boolean> {
  if (timeoutMs <= 0) return false;
  const timer = new AbortController();
  const expired = setTimeout(timeoutMs, 'expired' as const, { signal: timer.signal });
  // How the other create ended is for its own caller.
  const settled = promise.then(
    () => 'settled' as const,
    () => 'settled' as const,
  );
  try {
    return (await Promise.race([settled, expired])) === 'settled';
  } finally {
    expired.catch(() => undefined);
    timer.abort();
  }
}
