import { CALLBACK_KINDS, type CallbackStore } from './callback.js';

const HOUR_MS = 3_600_000;
const DAY_MS = 24 * HOUR_MS;

/** Remembered after delivery, so that a repeat of the server's is known as one. */
const DELIVERED_KEPT_MS = 7 * DAY_MS;
/** BBB repeats an event for some minutes, and there are tens of them a second. */
const DELIVERED_HOOKS_KEPT_MS = HOUR_MS;
const FAILED_KEPT_MS = 30 * DAY_MS;
/** Nobody sends an old event again, and there are as many as ever of a front end that is gone. */
const FAILED_HOOKS_KEPT_MS = DAY_MS;

/** Forgets what ended long ago; `now` in ms since 1970. */
export async function pruneCallbacks(
  store: Pick<CallbackStore, 'pruneCallbacks'>,
  now: number,
): Promise<void> {
  for (const kind of CALLBACK_KINDS) {
    const deliveredKeptMs = kind === 'hook' ? DELIVERED_HOOKS_KEPT_MS : DELIVERED_KEPT_MS;
    await store.pruneCallbacks('delivered', kind, now - deliveredKeptMs);
    const failedKeptMs = kind === 'hook' ? FAILED_HOOKS_KEPT_MS : FAILED_KEPT_MS;
    await store.pruneCallbacks('failed', kind, now - failedKeptMs);
  }
}
