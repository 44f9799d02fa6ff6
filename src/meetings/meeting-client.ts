import type { BbbAnswer } from '../bbb/bbb-answer.js';
import type { BbbRequest } from '../bbb/bbb-request.js';
import { RawQuery } from '../bbb/raw-query.js';
import { readElement } from '../bbb/read-answer.js';
import type { ServerAddress } from '../bbb/server-address.js';
import { UpstreamError } from '../bbb/upstream-error.js';
import type { Pool } from '../pool/pool.js';
import type { PooledServer } from '../pool/server.js';

/** The part of BbbClient that this room uses. */
export interface MeetingClient {
  call(server: ServerAddress, request: BbbRequest): Promise<BbbAnswer>;
}

/** Status calls must be answered within 4 s, and that includes our own work (WordPress and Canvas give up at 5 s). */
export const STATUS_TIMEOUT_MS = 3_500;

/**
 * Calls a server of the pool and reports it when it fails. `checksumError` is a failure of that server too: the front
 * end's checksum was right, ours is refused. Throws UpstreamError.
 */
export async function callServer(
  { client, pool }: { readonly client: MeetingClient; readonly pool: Pick<Pool, 'reportFailure'> },
  server: PooledServer,
  request: BbbRequest,
): Promise<BbbAnswer> {
  const { id } = server.definition;
  try {
    const answer = await client.call(server.definition, request);
    if (answer.messageKey !== 'checksumError') return answer;
    throw new UpstreamError(id, 'status', `server ${id} refuses our secret (checksumError)`, false);
  } catch (error) {
    if (error instanceof UpstreamError && error.reason !== 'rejected') {
      pool.reportFailure(id, error.message);
    }
    throw error;
  }
}

/** The query that names one meeting. */
export function meetingQuery(scopedId: string): string {
  return RawQuery.parse('').append('meetingID', scopedId).toString();
}

/**
 * Whether a server has the meeting, asked now: `gone` as well when BBB goes on showing it for a while after its end;
 * `unsaid` when it refuses for another reason. Throws UpstreamError when the server does not answer.
 */
export async function lookOnServer(
  deps: { readonly client: MeetingClient; readonly pool: Pick<Pool, 'reportFailure'> },
  server: PooledServer,
  scopedId: string,
  timeoutMs = STATUS_TIMEOUT_MS,
): Promise<'there' | 'gone' | 'unsaid'> {
  const { returnCode, messageKey, body } = await callServer(deps, server, {
    call: 'getMeetingInfo',
    query: meetingQuery(scopedId),
    timeoutMs,
  });
  if (returnCode !== 'SUCCESS') return messageKey === 'notFound' ? 'gone' : 'unsaid';
  return readElement(body, 'hasBeenForciblyEnded') === 'true' ? 'gone' : 'there';
}

/** Asks a server to end a meeting; resolves also when the meeting is not there. Throws UpstreamError. */
export async function endOnServer(
  client: MeetingClient,
  server: ServerAddress,
  scopedId: string,
  moderatorPassword: string | undefined,
): Promise<void> {
  const query = RawQuery.parse('').append('meetingID', scopedId);
  const { returnCode, messageKey = 'no messageKey' } = await client.call(server, {
    call: 'end',
    // Servers before 3.0 want the moderator's password; later ones ignore it.
    query: (moderatorPassword === undefined ? query : query.append('password', moderatorPassword)).toString(),
    timeoutMs: STATUS_TIMEOUT_MS,
  });
  if (returnCode === 'SUCCESS' || messageKey === 'notFound') return;
  const message = `server ${server.id} refused to end a meeting (${messageKey})`;
  throw new UpstreamError(server.id, 'status', message, true);
}
