import { z } from 'zod';
import { CALLBACK_KINDS, CALLBACK_OUTCOMES, type StoredCallback } from '../callbacks/callback.js';
import { shownTarget } from '../callbacks/target-url.js';

/** A callback in the outbox as the admin API shows it: of its target neither credentials nor query, of what it says nothing. */
export const callbackView = z.strictObject({
  id: z.string(),
  kind: z.enum(CALLBACK_KINDS),
  tenantId: z.string(),
  meetingId: z.string().optional(),
  target: z.string().describe('without credentials and query'),
  state: z.enum(['pending', 'delivered', 'failed']),
  attempts: z.int(),
  createdAt: z.int(),
  nextAt: z.int().optional().describe('of a pending one: not before this, ms since 1970'),
  endedAt: z.int().optional(),
  outcome: z.enum(CALLBACK_OUTCOMES).optional(),
  lastFailure: z.string().optional(),
});

/** One callback in the outbox. */
export type CallbackView = z.infer<typeof callbackView>;

/** Answers about callbacks by their names in the OpenAPI document. */
export const callbackAnswers = {
  CallbackView: callbackView,
  CallbacksAnswer: z.strictObject({ callbacks: z.array(callbackView) }),
};

/** Answer of `GET /admin/v1/callbacks`, newest first. */
export type CallbacksAnswer = z.infer<typeof callbackAnswers.CallbacksAnswer>;

/** What of a callback may be seen. */
export function callbackViewOf(callback: StoredCallback): CallbackView {
  const { id, kind, tenantId, meetingId, target, state, attempts, createdAt, dueAt, endedAt, lastFailure } =
    callback;
  const outcome = CALLBACK_OUTCOMES.find((known) => known === callback.outcome);
  return {
    ...{ id, kind, tenantId, state, attempts, createdAt },
    target: shownTarget(target),
    ...(meetingId !== undefined && { meetingId }),
    ...(state === 'pending' && { nextAt: dueAt }),
    ...(endedAt !== undefined && { endedAt }),
    ...(outcome !== undefined && { outcome }),
    ...(lastFailure !== undefined && { lastFailure }),
  };
}
