import type { BbbAnswer } from '../bbb/bbb-answer.js';
import type { BbbRequest } from '../bbb/bbb-request.js';
import { RawQuery } from '../bbb/raw-query.js';
import type { ServerAddress } from '../bbb/server-address.js';
import { readRecordingPage, type RecordingPage } from './recording-page.js';

/** Calls servers, as `BbbClient` does. */
export interface RecordingClient {
  call(server: ServerAddress, request: BbbRequest): Promise<BbbAnswer>;
}

/** A server as the recording calls see it. */
export interface RecordingServer {
  readonly address: ServerAddress;
  /** Offline, or it refuses our secret: it is not asked. */
  readonly isGone: boolean;
  /** By the administrator: what it has stays listed, but it is not read. */
  readonly isDisabled: boolean;
}

/** Which recordings of a server, in any state. */
export type WantedRecordings =
  { readonly offset: number; readonly limit: number } | { readonly recordIds: readonly string[] };

/** One page, and when it was asked for, ms since 1970. */
export interface ReadPage extends RecordingPage {
  readonly readAt: number;
}

export interface AskOptions {
  readonly client: RecordingClient;
  readonly now: () => number;
  readonly timeoutMs: number;
  readonly signal: AbortSignal;
}

/** Asks one server. Throws UpstreamError, MalformedAnswer, or Error for a FAILED answer. */
export async function askRecordings(
  server: ServerAddress,
  wanted: WantedRecordings,
  { client, now, timeoutMs, signal }: AskOptions,
): Promise<ReadPage> {
  let query = RawQuery.parse('state=any');
  if ('recordIds' in wanted) query = query.append('recordID', wanted.recordIds.join(','));
  else query = query.append('offset', String(wanted.offset)).append('limit', String(wanted.limit));
  const readAt = now();
  const request = { call: 'getRecordings', query: query.toString(), timeoutMs, signal };
  const answer = await client.call(server, request);
  if (answer.returnCode !== 'SUCCESS') {
    const key = answer.messageKey ?? 'no key';
    throw new Error(`server ${server.id} refused to list its recordings (${key})`);
  }
  return { ...(await readRecordingPage(answer.body)), readAt };
}
