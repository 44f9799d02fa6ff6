import { byId } from '../by-id.js';
import type { Policy } from './policy.js';

/** One after the other by ID, starting behind the server that got the last meeting. */
export const roundRobin: Policy = {
  order(unsorted, { state: { lastServerId } }) {
    const servers = [...unsorted].sort(byId);
    const next =
      lastServerId === undefined ? 0 : servers.findIndex(({ candidate }) => candidate.id > lastServerId);
    const start = Math.max(0, next);
    return { order: [...servers.slice(start), ...servers.slice(0, start)], tied: 1 };
  },
  reason: () => 'policy',
  describe: () => 'next in turn',
  behind: 'not-its-turn',
};
