import { byId } from '../by-id.js';
import { describeLoad } from '../describe-load.js';
import { predicted } from './predicted.js';
import type { Policy } from './policy.js';

/**
 * Draws two servers at random and takes the lighter by predicted load; the other follows, then the rest in order of
 * load (Mitzenmacher's two choices: close to the lightest without all replicas choosing the same).
 */
export const powerOfTwo: Policy = {
  order(servers, context) {
    const byName = [...servers].sort(byId);
    const { order } = predicted.order(byName, { ...context, random: () => 0 });
    if (order.length < 3) return { order, tied: 1 };
    const one = Math.floor(context.random() * order.length);
    const step = 1 + Math.floor(context.random() * (order.length - 1));
    const other = (one + step) % order.length;
    const isDrawn = (server: unknown): boolean => server === byName[one] || server === byName[other];
    return {
      order: [...order.filter(isDrawn), ...order.filter((server) => !isDrawn(server))],
      tied: 1,
      drawn: 2,
    };
  },
  reason: () => 'policy',
  describe: describeLoad,
  isUnknown: ({ load }) => load === undefined,
  behind: 'heavier',
  superlative: 'the lighter',
  advantage: 'is lighter',
};
