import { describeLoad } from '../describe-load.js';
import { orderKnownFirst } from './order-by-score.js';
import type { Policy } from './policy.js';

/** Lowest predicted load first; servers without a CPU sample after all known ones. */
export const predicted: Policy = {
  order: (servers, context) =>
    orderKnownFirst(servers, ({ load }) => load, context.options.tolerance, context),
  reason: (first) => (first.load === undefined ? 'unknown-load' : 'lowest-load'),
  describe: describeLoad,
  isUnknown: ({ load }) => load === undefined,
  behind: 'heavier',
  superlative: 'the lightest',
  advantage: 'is lighter',
};
