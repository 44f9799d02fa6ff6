import type { CallbackOutbox } from './outbox.js';

const AT_ONCE = 500;

/** Gives up all pending callbacks of a tenant that leaves. `now` in ms since 1970; rejects when the store fails. */
export async function dropTenant(
  outbox: Pick<CallbackOutbox, 'list' | 'end'>,
  tenantId: string,
  now: () => number,
): Promise<void> {
  for (;;) {
    // Newest first: no lane goes on meanwhile.
    const waiting = await outbox.list({ tenantId, state: 'pending', limit: AT_ONCE });
    const end = {
      state: 'failed',
      outcome: 'dropped',
      lastFailure: 'its tenant was removed',
      at: now(),
    } as const;
    await Promise.all(waiting.map(({ id }) => outbox.end(id, end)));
    if (waiting.length < AT_ONCE) return;
  }
}
