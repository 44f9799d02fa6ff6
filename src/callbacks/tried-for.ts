import type { CallbackKind } from './callback.js';

const MINUTE_MS = 60_000;

/** Beyond this an event of a webhook is old news, and those behind it wait: BBB itself tries for five minutes. */
const HOOKS_TRIED_FOR_MS = 10 * MINUTE_MS;
const TRIED_FOR_MS = 24 * 60 * MINUTE_MS;

/** How long after being added a callback is tried, in ms; what had to wait for others in its lane is tried once even so. */
export function triedFor(kind: CallbackKind): number {
  return kind === 'hook' ? HOOKS_TRIED_FOR_MS : TRIED_FOR_MS;
}
