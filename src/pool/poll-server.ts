import type { PolledMeeting } from '../bbb/polled-meeting.js';
import { BbbError } from '../bbb/error.js';
import { parsePollAnswer } from '../bbb/poll-answer.js';
import type { ServerAddress } from '../bbb/server-address.js';
import { UpstreamError } from '../bbb/upstream-error.js';
import { countPeople } from './count-people.js';
import type { ServerPoll } from './server.js';

/** What a poll needs of an answer; `dateMs` is the Date header, ms since 1970. */
export interface PollAnswer {
  readonly body: Buffer;
  readonly returnCode: string | undefined;
  readonly messageKey?: string | undefined;
  readonly dateMs?: number | undefined;
}

/** The part of the BBB client that the pool uses. `forget` drops the connections to a server that left. */
export interface PollClient {
  call(
    server: ServerAddress,
    request: {
      readonly call: 'getMeetings';
      readonly query: string;
      readonly timeoutMs: number;
      readonly signal: AbortSignal;
    },
  ): Promise<PollAnswer>;
  forget?(serverId: string): unknown;
}

export interface PollServerOptions {
  readonly client: PollClient;
  readonly now: () => number;
  readonly timeoutMs: number;
  readonly signal: AbortSignal;
}

/** A good poll, and how far the server's clock is ahead of ours (`undefined` without a Date header). */
export interface PollResult {
  readonly poll: ServerPoll;
  readonly clockSkewMs: number | undefined;
}

/**
 * Asks one server for its meetings. Throws BbbError `checksumError` when it refuses our secret, and UpstreamError
 * for everything else that is no list of meetings.
 */
export async function pollServer(server: ServerAddress, options: PollServerOptions): Promise<PollResult> {
  const { client, now, timeoutMs, signal } = options;
  const startedAt = now();
  const answer = await client.call(server, { call: 'getMeetings', query: '', timeoutMs, signal });
  const answeredAt = now();
  if (answer.returnCode !== 'SUCCESS') throw refusal(server.id, answer.messageKey);
  const { meetings } = await parse(server.id, answer.body);
  return {
    poll: {
      startedAt,
      finishedAt: now(),
      meetings: byId(meetings),
      counts: countPeople(meetings),
    },
    clockSkewMs: clockSkew(answer.dateMs, startedAt, answeredAt),
  };
}

/** BBB lists an ended meeting for a while beside the new one of the same ID: the living one counts. */
function byId(meetings: readonly PolledMeeting[]): ReadonlyMap<string, PolledMeeting> {
  const found = new Map<string, PolledMeeting>();
  for (const meeting of meetings) {
    if (meeting.hasBeenForciblyEnded && found.has(meeting.meetingId)) continue;
    found.set(meeting.meetingId, meeting);
  }
  return found;
}

function refusal(serverId: string, messageKey: string | undefined): Error {
  if (messageKey === 'checksumError') {
    return new BbbError(
      'checksumError',
      `server ${serverId} refuses our secret (checksumError): set its secret to what \`bbb-conf --secret\` prints there`,
    );
  }
  const message = `server ${serverId} answered FAILED (${messageKey ?? 'no messageKey'}) to getMeetings`;
  return new UpstreamError(serverId, 'notBbb', message, true);
}

async function parse(serverId: string, body: Buffer): ReturnType<typeof parsePollAnswer> {
  try {
    return await parsePollAnswer(body);
  } catch (cause) {
    const message = `server ${serverId} sent no readable list of meetings`;
    throw new UpstreamError(serverId, 'notBbb', message, true, { cause });
  }
}

/** The Date header has whole seconds, cut off, and was written about halfway between question and answer. */
function clockSkew(dateMs: number | undefined, startedAt: number, answeredAt: number): number | undefined {
  if (dateMs === undefined) return undefined;
  return Math.round(dateMs + 500 - (startedAt + answeredAt) / 2);
}
