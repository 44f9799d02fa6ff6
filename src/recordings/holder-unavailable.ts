import type { BbbError } from '../bbb/error.js';
import { bbbError } from '../bbb/messages.js';

/** The refusal of a call about a recording whose servers do not answer; `cause` is what was met, if anything. */
export function holderUnavailable(cause?: unknown): BbbError {
  const message = 'The server of this recording does not answer. Please try again later.';
  return bbbError('serverUnavailable', message, cause === undefined ? undefined : { cause });
}
