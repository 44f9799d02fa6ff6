import type { CallbackOutcome, OutgoingCallback } from './callback.js';
import type { Verdict } from './deliver-callback.js';
import type { FailureLog } from './failure-log.js';
import type { CallbackOutbox } from './outbox.js';
import { retryDelay } from './retry-delay.js';

export interface VerdictDeps {
  readonly outbox: Pick<CallbackOutbox, 'end' | 'postpone' | 'superseded'>;
  readonly failures: FailureLog;
  /** Told of each that was delivered or given up. */
  readonly onEnd?: ((callback: OutgoingCallback, isDelivered: boolean) => void) | undefined;
  /** ms since 1970. */
  readonly now: () => number;
  readonly random: () => number;
}

/** Writes down how an attempt went; resolves with whether the callback is still to be delivered. Rejects when the store fails. */
export async function noteVerdict(
  callback: OutgoingCallback,
  verdict: Verdict,
  { outbox, failures, onEnd, now, random }: VerdictDeps,
): Promise<boolean> {
  const { id } = callback;
  const at = now();
  const giveUp = async (outcome: CallbackOutcome, failure: string): Promise<boolean> => {
    failures.failed(callback, outcome, failure);
    await outbox.end(id, { state: 'failed', outcome, lastFailure: failure, at });
    onEnd?.(callback, false);
    return false;
  };
  switch (verdict.is) {
    case 'delivered':
      failures.delivered(callback);
      await outbox.end(id, { state: 'delivered', outcome: 'delivered', lastFailure: undefined, at });
      onEnd?.(callback, true);
      return false;
    case 'superseded':
      await outbox.superseded(id);
      return false;
    case 'final':
      return await giveUp(verdict.outcome, verdict.failure);
    case 'failed': {
      if (at >= callback.expiresAt) return await giveUp('expired', verdict.failure);
      const dueAt = at + retryDelay(callback.attempts + 1, random());
      await outbox.postpone(id, Math.min(dueAt, callback.expiresAt), verdict.failure);
      return true;
    }
  }
}
