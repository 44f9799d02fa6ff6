import { BbbError } from '../bbb/error.js';
import type { ServerAddress } from '../bbb/server-address.js';
import { UpstreamError, type UpstreamCause } from '../bbb/upstream-error.js';
import { pollServer, type PollServerOptions } from './poll-server.js';
import type { ServerNews } from './server-entry.js';

/** How a poll ended, for the exported metrics. */
export interface PollEvent {
  readonly serverId: string;
  readonly seconds: number;
  readonly outcome: 'ok' | UpstreamCause | 'wrong-secret';
}

/** One poll, whatever came of it: `error` is what those who waited for it get. */
export interface PollAttempt {
  readonly outcome: PollEvent['outcome'];
  readonly news: ServerNews;
  readonly error?: Error;
}

/** Polls one server and puts every failure into words; never throws. */
export async function attemptPoll(server: ServerAddress, options: PollServerOptions): Promise<PollAttempt> {
  try {
    const { poll, clockSkewMs } = await pollServer(server, options);
    return { outcome: 'ok', news: { event: 'success', poll, clockSkewMs } };
  } catch (cause) {
    if (cause instanceof BbbError && cause.messageKey === 'checksumError') {
      // To a front end "checksumError" would mean its own secret.
      const error = new BbbError('serverUnavailable', cause.message, { cause });
      return { outcome: 'wrong-secret', news: { event: 'wrong-secret', failure: cause.message }, error };
    }
    const error =
      cause instanceof UpstreamError
        ? cause
        : new UpstreamError(server.id, 'notBbb', `polling server ${server.id} failed`, true, { cause });
    return { outcome: error.reason, news: { event: 'failure', failure: error.message }, error };
  }
}
