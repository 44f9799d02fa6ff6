import type { ChangeCount } from './meeting-index.js';
import type { Meeting } from './meeting.js';

/** Who was sent this long before a poll began may still be on the way: a browser takes its time to load the client. */
const ON_THE_WAY_MS = 30_000;

/** Joins of a meeting that count between two polls, over what is expected of it: links are opened twice, or by a script. */
const MOST_TIMES_EXPECTED = 4;
const MOST_BEYOND = 50;

interface ServerJoins {
  /** Joins ever sent there; tells that something changed. */
  readonly changes: ChangeCount;
  /** By scoped ID: when joins were sent, oldest first. */
  readonly sentAt: Map<string, number[]>;
  /** By scoped ID: joins from before the newest poll that may still be on the way, oldest first. They count no more. */
  readonly onTheWay: Map<string, number[]>;
}

/** Joins that were sent on and that no poll can show yet. Bounded; a join costs the same however many there were. */
export class JoinBook {
  readonly #servers = new Map<string, ServerJoins>();

  /** A join was sent to the meeting's server at `at` (ms since 1970). */
  joined({ serverId, scopedId, expectedAttendees }: Meeting, at: number): void {
    const server = this.#joinsOf(serverId);
    const sentAt = server.sentAt.get(scopedId);
    if (sentAt === undefined) server.sentAt.set(scopedId, [at]);
    else if (sentAt.length < MOST_TIMES_EXPECTED * expectedAttendees + MOST_BEYOND) sentAt.push(at);
    else return;
    server.changes.count += 1;
  }

  /**
   * The server told that somebody has come into a meeting: the one who was sent first is taken to be it and is no
   * longer counted here.
   */
  arrived(serverId: string, scopedId: string): void {
    const server = this.#joinsOf(serverId);
    server.changes.count += 1;
    for (const joins of [server.onTheWay, server.sentAt]) {
      const times = joins.get(scopedId);
      if (times === undefined) continue;
      times.shift();
      if (times.length === 0) joins.delete(scopedId);
      return;
    }
  }

  /** Something else has changed who is on the server. */
  touch(serverId: string): void {
    this.#joinsOf(serverId).changes.count += 1;
  }

  /** Joins of a meeting sent after `since`: the start of the newest poll. */
  countSince(serverId: string, scopedId: string, since: number): number {
    const sentAt = this.#servers.get(serverId)?.sentAt.get(scopedId);
    return sentAt === undefined ? 0 : sentAt.length - shown(sentAt, since);
  }

  /** Joins sent to the server, ever; the same live value until it is forgotten. */
  changesOn(serverId: string): Readonly<ChangeCount> {
    return this.#joinsOf(serverId).changes;
  }

  /** A good poll of the server began at `startedAt`: who was sent before is in its counts, or did not come. */
  polled(serverId: string, startedAt: number): void {
    const server = this.#servers.get(serverId);
    if (server === undefined) return;
    const { sentAt: sent, onTheWay } = server;
    for (const [scopedId, times] of onTheWay) keepAfter(onTheWay, scopedId, times, startedAt - ON_THE_WAY_MS);
    for (const [scopedId, times] of sent) {
      const late = times.slice(0, shown(times, startedAt)).filter((at) => at > startedAt - ON_THE_WAY_MS);
      if (late.length > 0) onTheWay.set(scopedId, [...(onTheWay.get(scopedId) ?? []), ...late]);
      keepAfter(sent, scopedId, times, startedAt);
    }
  }

  /** Forgets a server that has left the pool. */
  forget(serverId: string): void {
    this.#servers.delete(serverId);
  }

  #joinsOf(serverId: string): ServerJoins {
    let server = this.#servers.get(serverId);
    if (server === undefined) {
      this.#servers.set(
        serverId,
        (server = { changes: { count: 0 }, sentAt: new Map(), onTheWay: new Map() }),
      );
    }
    return server;
  }
}

/** How many of the times, in their order, are not after `since`. */
function shown(sentAt: readonly number[], since: number): number {
  const first = sentAt.findIndex((at) => at > since);
  return first < 0 ? sentAt.length : first;
}

function keepAfter(joins: Map<string, number[]>, scopedId: string, times: number[], since: number): void {
  const count = shown(times, since);
  if (count === times.length) joins.delete(scopedId);
  else times.splice(0, count);
}
