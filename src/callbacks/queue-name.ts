import type { NewCallback } from './callback.js';
import { originOf } from './target-url.js';

/**
 * What delivery is shared out by: the origin of the target, where events of webhooks have a queue of their own, since a
 * receiver of events that hangs must not hold up the ends and recordings of a front end on the same host.
 */
export function queueName({ kind, target }: Pick<NewCallback, 'kind' | 'target'>): string {
  const origin = originOf(target);
  return kind === 'hook' ? `hook ${origin}` : origin;
}
