import type { Assessment } from './predict-load.js';

/** Compares servers by ID, so that nothing depends on the order in which candidates came. */
export function byId({ candidate: { id: a } }: Assessment, { candidate: { id: b } }: Assessment): number {
  return a < b ? -1 : a > b ? 1 : 0;
}
