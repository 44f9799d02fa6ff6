import type { JoinBook } from './join-book.js';
import type { MeetingDirectory } from './meeting-directory.js';
import type { Meeting } from './meeting.js';

export interface EventCountsDeps {
  readonly directory: Pick<MeetingDirectory, 'byScopedId'>;
  readonly joins: Pick<JoinBook, 'arrived' | 'touch'>;
}

/** Someone came into a meeting or went, as the server itself told. */
export interface PersonEvent {
  readonly serverId: string;
  readonly scopedId: string;
  /** The server's own ID of the person's session. */
  readonly userId: string;
  /** Ballast's clock, ms since 1970. */
  readonly at: number;
}

/** When each person came and went, by user ID: a set of facts, so that neither order nor repeats of events matter. */
interface Moves {
  readonly came: Map<string, number>;
  readonly went: Map<string, number>;
}

interface ServerMoves {
  /** Start of the newest good poll: what happened before is in its counts. */
  polledAt: number;
  /** By scoped ID. */
  readonly meetings: Map<string, Moves>;
}

/** People of a meeting that are noted between two polls, over what is expected of it. */
const MOST_TIMES_EXPECTED = 4;
const MOST_BEYOND = 50;

/**
 * People who came and went since the newest poll, as servers tell by webhook. Who was sent by a join and then tells of
 * itself is one person: the arrival takes the join's place. A lost event is healed by the next poll, which forgets all
 * that was before it. Bounded; meetings nobody claimed on that server are not counted.
 */
export class EventCounts {
  readonly #deps: EventCountsDeps;
  readonly #servers = new Map<string, ServerMoves>();

  constructor(deps: EventCountsDeps) {
    this.#deps = deps;
  }

  joined(event: PersonEvent): void {
    if (this.#note(event, 'came')) this.#deps.joins.arrived(event.serverId, event.scopedId);
  }

  left(event: PersonEvent): void {
    if (this.#note(event, 'went')) this.#deps.joins.touch(event.serverId);
  }

  /** Those who came less those who went after `since`: the start of the newest poll. */
  netSince(serverId: string, scopedId: string, since: number): number {
    const moves = this.#servers.get(serverId)?.meetings.get(scopedId);
    return moves === undefined ? 0 : netOf(moves, since);
  }

  /** The same for all meetings of a server. */
  netOn(serverId: string, since: number): number {
    let net = 0;
    for (const moves of this.#servers.get(serverId)?.meetings.values() ?? []) net += netOf(moves, since);
    return net;
  }

  /** A good poll of the server began at `startedAt`: what was told of before is in its counts. */
  polled(serverId: string, startedAt: number): void {
    const server = this.#movesOn(serverId);
    server.polledAt = startedAt;
    for (const [scopedId, { came, went }] of server.meetings) {
      for (const moves of [came, went]) {
        for (const [userId, at] of moves) if (at <= startedAt) moves.delete(userId);
      }
      if (came.size + went.size === 0) server.meetings.delete(scopedId);
    }
  }

  /** Forgets a server that has left the pool. */
  forget(serverId: string): void {
    this.#servers.delete(serverId);
  }

  /** False when it says nothing new. */
  #note({ serverId, scopedId, userId, at }: PersonEvent, what: keyof Moves): boolean {
    const meeting = this.#deps.directory.byScopedId(scopedId);
    if (meeting?.serverId !== serverId) return false;
    const server = this.#movesOn(serverId);
    if (at <= server.polledAt) return false;
    let moves = server.meetings.get(scopedId);
    if (moves === undefined) {
      server.meetings.set(scopedId, (moves = { came: new Map(), went: new Map() }));
    }
    if (moves[what].has(userId) || moves[what].size >= mostOf(meeting)) return false;
    moves[what].set(userId, at);
    return true;
  }

  #movesOn(serverId: string): ServerMoves {
    let server = this.#servers.get(serverId);
    if (server === undefined) {
      this.#servers.set(serverId, (server = { polledAt: -Infinity, meetings: new Map() }));
    }
    return server;
  }
}

function mostOf({ expectedAttendees }: Meeting): number {
  return MOST_TIMES_EXPECTED * expectedAttendees + MOST_BEYOND;
}

function netOf({ came, went }: Moves, since: number): number {
  let net = 0;
  for (const at of came.values()) if (at > since) net += 1;
  for (const at of went.values()) if (at > since) net -= 1;
  return net;
}
