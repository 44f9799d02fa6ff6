import { BbbError } from '../bbb/error.js';
import type { CreateFailure } from './placement-observer.js';

/** A create that is refused: what the front end is told, and why for the metrics. */
export class RefusedCreate extends BbbError {
  constructor(
    readonly reason: CreateFailure,
    { messageKey, message, cause }: BbbError,
  ) {
    super(messageKey, message, cause === undefined ? undefined : { cause });
  }
}

/** Servers failed, or waiting left too little time to ask one. */
export function notInTime(reason: 'servers-failed' | 'no-time'): RefusedCreate {
  const message = 'No server could start the meeting in time. Please try again in a moment.';
  return new RefusedCreate(reason, new BbbError('serverUnavailable', message));
}

/** None of the servers may take a new meeting. */
export function noServer(): RefusedCreate {
  const message = 'No server can take a new meeting at the moment. Please try again in a few minutes.';
  return new RefusedCreate('no-server', new BbbError('noServerAvailable', message));
}

/** Somebody else moved or ended the meeting while it was being created. */
export function changedMeanwhile(): RefusedCreate {
  const message = 'The meeting was changed at the same time. Please try again.';
  return new RefusedCreate('changed', new BbbError('serverUnavailable', message));
}
