import type { RuleKind, SeenMeeting } from '../rule.js';
import { lowest } from './lowest.js';
import { strengths } from './told-sizes.js';

const MINUTE = 60_000;
/** BBB_LOAD_MIN_USER_INTERVAL and BBB_LOAD_MIN_USER_COUNT. */
const YOUNG_MS = 15 * MINUTE;
const LEAST_PEOPLE = 15;
/** Failures until offline, and successes until online again. */
const THRESHOLD = 3;

interface Server {
  readonly id: string;
  /** 1 to 10, set by the administrator. */
  readonly strength: number;
  load: number | undefined;
  errors: number;
  recoveries: number;
}

/** A meeting as PILOS weighs it; `maxUsers` 0 or absent: no limit. */
export type PilosMeeting = Pick<SeenMeeting, 'createdAt' | 'attendees'> & { readonly maxUsers?: number };

/** Load of PILOS's default plugin: a meeting below 15 minutes counts for at least 15 people, or for its own maximum. */
export function pilosLoad(meetings: readonly PilosMeeting[], now: number): number {
  let load = 0;
  for (const { attendees, createdAt, maxUsers = 0 } of meetings) {
    const least = maxUsers > 0 ? Math.min(LEAST_PEOPLE, maxUsers) : LEAST_PEOPLE;
    load += now - createdAt < YOUNG_MS ? Math.max(least, attendees) : attendees;
  }
  return load;
}

/**
 * PILOS 4: lowest load / strength, the first in the list among equals, changed by the scheduled poll of all servers each
 * minute and by nothing else. Any failure takes a server out at once; it is given up at the third and needs three successes to come back.
 */
export const pilos: RuleKind = {
  name: 'pilos',
  family: 'peer',
  start({ hosts }) {
    const strengthOf = strengths(hosts);
    const servers = new Map(
      hosts.map(({ id }): [string, Server] => [
        id,
        { id, strength: strengthOf.get(id) ?? 1, load: 0, errors: 0, recoveries: THRESHOLD },
      ]),
    );
    const fail = (id: string): void => {
      const server = servers.get(id);
      if (server === undefined) return;
      server.errors += 1;
      server.recoveries = 0;
      server.load = undefined;
    };
    return {
      pollEveryMs: MINUTE,
      pollOrder: 'at-full-minutes',
      rank() {
        const usable = [...servers.values()].filter(
          ({ errors, recoveries, load }) => errors === 0 && recoveries >= THRESHOLD && load !== undefined,
        );
        const [best] = lowest(usable, ({ load, strength }) => (load ?? Number.POSITIVE_INFINITY) / strength);
        return best === undefined ? [] : [best.id];
      },
      createFailed: fail,
      polled(id, meetings, now) {
        if (meetings === undefined) {
          fail(id);
          return;
        }
        const server = servers.get(id);
        if (server === undefined) return;
        server.recoveries += 1;
        if (server.recoveries >= THRESHOLD) server.errors = 0;
        server.load = pilosLoad(meetings, now);
      },
      hasGivenUp: (id) => (servers.get(id)?.errors ?? 0) >= THRESHOLD,
    };
  },
};
