import { byId } from '../by-id.js';
import type { Policy } from './policy.js';

/**
 * Whoever got a meeting longest ago, then by ID: the same circle for all, also where tenants with servers of their own
 * take turns in parts of the pool.
 */
export const roundRobin: Policy = {
  order(servers, { state: { turns } }) {
    const turnOf = ({ candidate }: { candidate: { id: string } }): number => turns.get(candidate.id) ?? 0;
    return { order: [...servers].sort((a, b) => turnOf(a) - turnOf(b) || byId(a, b)), tied: 1 };
  },
  reason: () => 'policy',
  describe: () => 'next in turn',
  behind: 'not-its-turn',
  superlative: 'the one that waited longest',
  advantage: 'is next in turn',
};
