import type { NewMeeting, RuleKind, SeenMeeting } from '../rule.js';
import { lowest } from './lowest.js';
import { loadFactors } from './told-sizes.js';

const MINUTE = 60_000;
/** LOAD_JOIN_BUFFER_TIME and LOAD_MIN_USER_COUNT. */
const YOUNG_MS = 15 * MINUTE;
const LEAST_PEOPLE = 15;
/** SERVER_UNHEALTHY_THRESHOLD; one success brings a server back. */
const OFFLINE_AFTER = 2;

interface Server {
  readonly id: string;
  /** load_multiplier, set by the administrator: higher for weak servers. */
  readonly multiplier: number;
  load: number;
  isOnline: boolean;
  failures: number;
}

/** Load that Scalelite's poller gives a server, before its multiplier: moderators count twice, a young meeting for 15. */
export function scaleliteLoad(meetings: readonly SeenMeeting[], now: number): number {
  let load = 0;
  for (const { attendees, moderators, createdAt } of meetings) {
    const people = attendees + moderators;
    load += now - createdAt < YOUNG_MS ? Math.max(people, LEAST_PEOPLE) : people;
  }
  return load;
}

/**
 * Scalelite 1.8 with its defaults: lowest load, ties by ID; +1 (times the multiplier) at create and at each join until the
 * round of polls each minute; no retry: a create that failed stays bound to its server until that is panicked (second
 * failed poll) or answers again.
 */
export const scalelite: RuleKind = {
  name: 'scalelite',
  family: 'peer',
  start({ hosts }) {
    const multipliers = loadFactors(hosts);
    const servers = new Map(
      hosts
        .map(({ id }): Server => ({
          id,
          multiplier: multipliers.get(id) ?? 1,
          load: 0,
          isOnline: true,
          failures: 0,
        }))
        .sort((a, b) => (a.id < b.id ? -1 : 1))
        .map((server) => [server.id, server]),
    );
    const bound = new Map<string, string>();
    const raise = (id: string): void => {
      const server = servers.get(id);
      if (server?.isOnline === true) server.load += server.multiplier;
    };
    const forget = (id: string): void => {
      for (const [key, at] of bound) if (at === id) bound.delete(key);
    };
    return {
      pollEveryMs: MINUTE,
      pollOrder: 'one-round',
      rank(meeting) {
        const known = bound.get(keyOf(meeting));
        if (known !== undefined) return [known];
        const online = [...servers.values()].filter(({ isOnline }) => isOnline);
        const [best] = lowest(online, ({ load }) => load);
        return best === undefined ? [] : [best.id];
      },
      placed(id, meeting) {
        bound.delete(keyOf(meeting));
        raise(id);
      },
      createFailed(id, _now, meeting) {
        // The record is written and the load raised before the server is asked; only a repeat raises nothing.
        if (!bound.has(keyOf(meeting))) raise(id);
        bound.set(keyOf(meeting), id);
      },
      joined: raise,
      polled(id, meetings, now) {
        const server = servers.get(id);
        if (server === undefined) return;
        if (meetings !== undefined) {
          server.failures = 0;
          server.isOnline = true;
          server.load = server.multiplier * scaleliteLoad(meetings, now);
          forget(id);
        } else if (server.isOnline && ++server.failures >= OFFLINE_AFTER) {
          server.isOnline = false;
          forget(id);
        }
      },
      hasGivenUp: (id) => servers.get(id)?.isOnline === false,
    };
  },
};

function keyOf({ tenantId, meetingId }: NewMeeting): string {
  return `${tenantId}/${meetingId}`;
}
