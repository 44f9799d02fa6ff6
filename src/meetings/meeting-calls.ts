import type { BbbAnswer } from '../bbb/bbb-answer.js';
import type { BbbRequest } from '../bbb/bbb-request.js';
import type { PolledMeeting } from '../bbb/polled-meeting.js';
import { UpstreamError } from '../bbb/upstream-error.js';
import type { Logger } from '../log.js';
import type { Pool } from '../pool/pool.js';
import type { PooledServer } from '../pool/server.js';
import type { JoinBook } from './join-book.js';
import { callServer, endOnServer, STATUS_TIMEOUT_MS, type MeetingClient } from './meeting-client.js';
import type { MeetingDirectory } from './meeting-directory.js';
import type { Meeting } from './meeting.js';
import { isGone, serverUnavailable } from './server-gone.js';

/** A known meeting and the server it lives on. */
export interface LocatedMeeting {
  readonly meeting: Meeting;
  readonly server: PooledServer;
  /** The server is offline (or refuses our secret): the meeting may be placed anew and counts as not running. */
  readonly isGone: boolean;
  /** As the last good poll showed it. */
  readonly polled: PolledMeeting | undefined;
}

export interface MeetingCallsDeps {
  readonly pool: Pool;
  readonly client: MeetingClient;
  readonly directory: MeetingDirectory;
  readonly joins: JoinBook;
  readonly now: () => number;
  readonly logger: Logger;
}

/** Calls about meetings that exist: finds the server, relays, and keeps the books. */
export class MeetingCalls {
  readonly #deps: MeetingCallsDeps;

  constructor(deps: MeetingCallsDeps) {
    this.#deps = deps;
  }

  /** Memory only; `undefined` when no such meeting is known or its server left the pool. */
  locate(tenantId: string, meetingId: string): LocatedMeeting | undefined {
    const meeting = this.#deps.directory.get(tenantId, meetingId);
    if (meeting === undefined) return undefined;
    const server = this.#deps.pool.server(meeting.serverId);
    if (server === undefined) return undefined;
    return { meeting, server, isGone: isGone(server), polled: server.poll?.meetings.get(meeting.scopedId) };
  }

  /** Someone was sent to the meeting: they count before a poll shows them. */
  noteJoin({ meeting }: LocatedMeeting): void {
    this.#deps.joins.joined(meeting, this.#deps.now());
  }

  /** Relays a call; a server that fails it is reported. Throws UpstreamError. */
  async relay(server: PooledServer, request: BbbRequest): Promise<BbbAnswer> {
    return callServer(this.#deps, server, request);
  }

  /**
   * Relays an `end`. A meeting whose server is gone is forgotten and ended there once the server is back.
   * Returns the server's answer, or `undefined` when the server is gone. Throws BbbError when the server fails.
   */
  async end(located: LocatedMeeting, query: string): Promise<BbbAnswer | undefined> {
    const { meeting, server } = located;
    if (located.isGone) {
      await this.#forget(meeting);
      return undefined;
    }
    let answer: BbbAnswer;
    try {
      answer = await this.relay(server, { call: 'end', query, timeoutMs: STATUS_TIMEOUT_MS });
    } catch (error) {
      if (error instanceof UpstreamError) throw serverUnavailable(meeting.serverId, error);
      throw error;
    }
    if (answer.returnCode === 'SUCCESS') await this.#noteEnd(meeting);
    return answer;
  }

  /** Ends a meeting for the administrator. Returns false when no such meeting is known. Throws BbbError. */
  async endByAdmin(tenantId: string, meetingId: string): Promise<boolean> {
    const located = this.locate(tenantId, meetingId);
    if (located === undefined) return false;
    if (located.isGone) {
      await this.#forget(located.meeting);
      return true;
    }
    try {
      const password = located.polled?.moderatorPassword;
      await endOnServer(this.#deps.client, located.server.definition, located.meeting.scopedId, password);
    } catch (error) {
      if (error instanceof UpstreamError) throw serverUnavailable(located.meeting.serverId, error);
      throw error;
    }
    await this.#noteEnd(located.meeting);
    return true;
  }

  /**
   * Ends all meetings of a server and forgets them now; what cannot be ended now is ended when the server answers again.
   * Returns how many meetings were there.
   */
  async panic(serverId: string): Promise<number> {
    const server = this.#deps.pool.server(serverId);
    if (server === undefined) return 0;
    const passwords = new Map<string, string | undefined>();
    for (const copy of server.poll?.meetings.values() ?? []) {
      if (!copy.isBreakout) passwords.set(copy.meetingId, copy.moderatorPassword);
    }
    const meetings = this.#deps.directory.onServer(serverId);
    for (const { scopedId } of meetings) passwords.set(scopedId, passwords.get(scopedId));
    const { directory, now } = this.#deps;
    const notedAt = now();
    await Promise.all(
      [...passwords.keys()].map((scopedId) =>
        directory.noteOrphan({ serverId, scopedId, notedAt, cause: 'panic' }),
      ),
    );
    await Promise.all(meetings.map((meeting) => directory.close(meeting)));
    const outcomes = await Promise.allSettled(
      [...passwords].map(([scopedId, password]) =>
        endOnServer(this.#deps.client, server.definition, scopedId, password),
      ),
    );
    const failed = outcomes.filter((outcome) => outcome.status === 'rejected').length;
    this.#deps.pool.markChanged(serverId);
    this.#deps.logger.warn('panic: all meetings of the server were ended', {
      serverId,
      meetings: passwords.size,
      failed,
    });
    return passwords.size;
  }

  /** Forgets the meetings of a server that leaves the pool. */
  async forgetServer(serverId: string): Promise<void> {
    for (const meeting of this.#deps.directory.onServer(serverId)) await this.#deps.directory.close(meeting);
    for (const orphan of this.#deps.directory.orphansOn(serverId)) {
      await this.#deps.directory.removeOrphan(serverId, orphan.scopedId);
    }
  }

  async #noteEnd(meeting: Meeting): Promise<void> {
    const { directory, now, pool } = this.#deps;
    pool.markChanged(meeting.serverId);
    const current = directory.get(meeting.tenantId, meeting.meetingId);
    if (current?.serverId !== meeting.serverId || current.claimedAt !== meeting.claimedAt) return;
    await directory.update(current, { ...current, endRequestedAt: now() });
  }

  async #forget(meeting: Meeting): Promise<void> {
    const { directory, now } = this.#deps;
    const { serverId, scopedId } = meeting;
    await directory.noteOrphan({ serverId, scopedId, notedAt: now(), cause: 'ended' });
    await directory.close(meeting);
  }
}
