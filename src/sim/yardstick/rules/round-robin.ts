import type { RuleKind } from '../rule.js';

/** tinyscale's: each server in turn, whatever it carries. It looks at its servers only when it starts. */
export const roundRobin: RuleKind = {
  name: 'tinyscale',
  family: 'peer',
  start({ hosts }) {
    let turn = 0;
    return {
      pollEveryMs: 60_000,
      rank() {
        const host = hosts[turn % hosts.length];
        turn += 1;
        return host ? [host.id] : [];
      },
    };
  },
};
