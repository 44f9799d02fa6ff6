import type { RuleKind, SeenMeeting } from '../rule.js';
import { lowest } from './lowest.js';

const PER_MEETING = 5;
const PER_USER = 1;
const PER_VOICE = 0.5;
const PER_VIDEO = 0.5;
/** LOAD_RESERVED: people expected in any meeting; a hint counts up to five times that. */
const LEAST_EXPECTED = 20;
const MOST_EXPECTED = 5 * LEAST_EXPECTED;
/** Of those expected one in ten brings a camera. */
const VIDEO_SHARE = 0.1;
const OFFLINE_AFTER = 3;
const ONLINE_AFTER = 5;

interface Server {
  readonly id: string;
  load: number;
  failures: number;
  state: 'available' | 'unstable' | 'offline';
  successes: number;
}

/** Load of the people expected and not there yet, without decay. */
function ghosts(sizeHint: number): number {
  const people = Math.max(LEAST_EXPECTED, Math.min(sizeHint, MOST_EXPECTED));
  return people * (PER_USER + PER_VOICE + VIDEO_SHARE * PER_VIDEO);
}

/**
 * Load of a meeting in bbblb's poll. Meant to fade over 30 minutes, the expected people never do: the age is computed
 * from milliseconds taken for seconds and is always 0. The size hint is looked for under a name BBB does not use.
 */
export function bbblbLoad({
  attendees,
  voice,
  video,
}: Pick<SeenMeeting, 'attendees' | 'voice' | 'video'>): number {
  return PER_MEETING + PER_USER * attendees + PER_VOICE * voice + PER_VIDEO * video + ghosts(0);
}

/** Load added at placement: a meeting of two people with voice and camera, and those expected. */
export function bbblbPromise(sizeHint: number | undefined): number {
  return PER_MEETING + 2 * (PER_USER + PER_VOICE + PER_VIDEO) + ghosts(sizeHint ?? 0);
}

/**
 * bbblb: lowest load among available servers; +40 (more with a size hint) at placement and +1 at each join until the
 * poll (30 s). The first failed poll takes a server out and forgets its meetings; it is back after five good ones.
 */
export const bbblb: RuleKind = {
  name: 'bbblb',
  family: 'peer',
  start({ hosts }) {
    const servers = new Map(
      hosts.map(({ id }): [string, Server] => [
        id,
        { id, load: 0, failures: 0, successes: 0, state: 'available' },
      ]),
    );
    const raise = (id: string, load: number): void => {
      const server = servers.get(id);
      if (server !== undefined) server.load += load;
    };
    return {
      pollEveryMs: 30_000,
      pollOrder: 'one-round',
      rank() {
        const available = [...servers.values()].filter(({ state }) => state === 'available');
        const [best] = lowest(available, ({ load }) => load);
        return best === undefined ? [] : [best.id];
      },
      placed(id, { sizeHint }) {
        raise(id, bbblbPromise(sizeHint));
      },
      createFailed(id, _now, { sizeHint }) {
        raise(id, bbblbPromise(sizeHint));
      },
      joined(id) {
        raise(id, PER_USER);
      },
      polled(id, meetings) {
        const server = servers.get(id);
        if (server === undefined) return;
        if (meetings === undefined) {
          server.failures += 1;
          server.successes = 0;
          server.state = server.failures >= OFFLINE_AFTER ? 'offline' : 'unstable';
          return;
        }
        server.load = meetings.reduce((sum, meeting) => sum + bbblbLoad(meeting), 0);
        server.successes += 1;
        if (server.state !== 'available' && server.successes < ONLINE_AFTER) return;
        server.state = 'available';
        server.failures = 0;
      },
      hasGivenUp: (id) => servers.get(id)?.state !== 'available',
    };
  },
};
