import { byId } from '../by-id.js';
import { describeLoad } from '../describe-load.js';
import { predicted } from './predicted.js';
import type { Policy } from './policy.js';

/** Draws two servers at random and takes the lighter by predicted load; the rest follow in order of load. */
export const powerOfTwo: Policy = {
  order(servers, context) {
    const { order } = predicted.order(servers, { ...context, random: () => 0 });
    const byName = [...servers].sort(byId);
    const one = byName[Math.floor(context.random() * byName.length)];
    const other = byName[Math.floor(context.random() * byName.length)];
    const first = order.find((server) => server === one || server === other);
    if (first === undefined) return { order, tied: 1 };
    return { order: [first, ...order.filter((server) => server !== first)], tied: 1 };
  },
  reason: () => 'policy',
  describe: describeLoad,
  behind: 'heavier',
};
