import type { RuleKind } from '../rule.js';
import { lowest } from './lowest.js';
import { loadFactors } from './told-sizes.js';

const PEOPLE_PER_MEETING = 15;
/** A heartbeat must not be older than this. Agents beat each second and push what happens; polls stand for both here. */
const HEARTBEAT_MS = 5_000;

interface Server {
  readonly id: string;
  /** Set by the administrator, above 1 for weak servers. */
  readonly loadFactor: number;
  meetings: number;
  attendees: number;
  isReady: boolean;
}

/** b3scale's stress of a backend, without CPU. */
export function b3scaleStress(server: { meetings: number; attendees: number; loadFactor: number }): number {
  return server.loadFactor * Math.max(PEOPLE_PER_MEETING * server.meetings, server.attendees);
}

/**
 * b3scale: lowest stress, kept by events: creates and joins count at once, ends and leaves within a heartbeat. A server
 * without a heartbeat for 5 s gets no meetings, and its own may start elsewhere (the kinder reading of what is known).
 */
export const b3scale: RuleKind = {
  name: 'b3scale',
  family: 'peer',
  start({ hosts }) {
    const factors = loadFactors(hosts);
    const servers = new Map(
      hosts.map(({ id }): [string, Server] => [
        id,
        { id, loadFactor: factors.get(id) ?? 1, meetings: 0, attendees: 0, isReady: true },
      ]),
    );
    return {
      pollEveryMs: HEARTBEAT_MS,
      rank() {
        const ready = [...servers.values()].filter(({ isReady }) => isReady);
        const [best] = lowest(ready, b3scaleStress);
        return best === undefined ? [] : [best.id];
      },
      placed(id) {
        const server = servers.get(id);
        if (server !== undefined) server.meetings += 1;
      },
      joined(id) {
        const server = servers.get(id);
        if (server !== undefined) server.attendees += 1;
      },
      ended(id) {
        const server = servers.get(id);
        if (server !== undefined) server.meetings = Math.max(0, server.meetings - 1);
      },
      polled(id, meetings) {
        const server = servers.get(id);
        if (server === undefined) return;
        server.isReady = meetings !== undefined;
        if (meetings === undefined) return;
        server.meetings = meetings.length;
        server.attendees = meetings.reduce((sum, { attendees }) => sum + attendees, 0);
      },
      hasGivenUp: (id) => servers.get(id)?.isReady === false,
    };
  },
};
