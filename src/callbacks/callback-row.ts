import { createHash } from 'node:crypto';
import type { CallbackRow, NewCallback } from './callback.js';
import { queueName } from './queue-name.js';
import { triedFor } from './tried-for.js';

/** A new callback as the outbox writes it; `createdAt` in ms since 1970. */
export function callbackRow(callback: NewCallback, id: string, createdAt: number): CallbackRow {
  const { kind, target, content } = callback;
  const digest = createHash('sha256')
    .update(JSON.stringify([target, content]))
    .digest('hex');
  return {
    ...callback,
    ...{ id, digest, createdAt },
    origin: queueName(callback),
    expiresAt: createdAt + triedFor(kind),
  };
}
