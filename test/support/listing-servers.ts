import type { BbbAnswer } from '../../src/bbb/bbb-answer.js';
import type { BbbRequest } from '../../src/bbb/bbb-request.js';
import { RawQuery } from '../../src/bbb/raw-query.js';
import type { ServerAddress } from '../../src/bbb/server-address.js';
import { UpstreamError } from '../../src/bbb/upstream-error.js';
import type { RecordingClient } from '../../src/recordings/ask-recordings.js';

/** A recording as a fake server has it. */
export interface ListedRecording {
  readonly id: string;
  readonly startTime: number;
  readonly state?: string;
  readonly meetingId?: string;
  readonly parentId?: string;
  /** More of the element, as it stands. */
  readonly more?: string;
}

/** How a fake server answers getRecordings. */
export interface ListingServer {
  recordings: ListedRecording[];
  /** `false`: it knows no offset and limit; `once`: whatever the offset, it gives the first page. */
  pages?: boolean | 'once';
  /** It gives no more than this on a page. */
  cap?: number;
  tellsTotal?: boolean;
  /** These count on a page and for the total, but are not shown, as where a file of theirs cannot be read. */
  hides?: readonly string[];
  /** Called before each answer; a throw is the answer. */
  onAsked?: (query: RawQuery) => Promise<void> | void;
}

/** Fake servers by ID that list recordings; counts what it was asked. */
export class ListingServers implements RecordingClient {
  readonly servers = new Map<string, ListingServer>();
  readonly asked: string[] = [];

  async call(server: ServerAddress, request: BbbRequest): Promise<BbbAnswer> {
    this.asked.push(`${server.id} ${request.call} ${request.query}`);
    const listing = this.servers.get(server.id);
    if (listing === undefined || request.signal?.aborted === true)
      throw new UpstreamError(server.id, 'refused', `server ${server.id} is down`, false);
    const query = RawQuery.parse(request.query);
    await listing.onAsked?.(query);
    return answerOf(listing, query);
  }
}

/** So many, by IDs in their order. */
export function listedRecordings(
  count: number,
  startOf: (at: number) => number = (at) => at,
): ListedRecording[] {
  return Array.from({ length: count }, (_, at) => ({
    id: `r${String(at).padStart(5, '0')}`,
    startTime: startOf(at),
  }));
}

/** The element of a recording. */
export function listedXml({ id, startTime, state = 'published', ...rest }: ListedRecording): string {
  const { meetingId = `room-${id}`, parentId, more = '' } = rest;
  const breakout =
    parentId === undefined ? '' : `<breakout><parentMeetingID>${parentId}</parentMeetingID></breakout>`;
  return (
    `<recording><recordID>${id}</recordID><meetingID>${meetingId}</meetingID><state>${state}</state>` +
    `<startTime>${startTime}</startTime><endTime>${startTime + 5}</endTime>${breakout}${more}</recording>`
  );
}

function answerOf(
  { recordings, pages = true, cap = Infinity, tellsTotal = false, hides = [] }: ListingServer,
  query: RawQuery,
): BbbAnswer {
  const ids = query.get('recordID')?.split(',');
  const found = recordings.filter(({ id }) => ids === undefined || ids.some((asked) => id.startsWith(asked)));
  const offset = pages === true ? Number(query.get('offset') ?? 0) : 0;
  const isPaged = pages !== false && ids === undefined;
  const limit = isPaged ? Math.min(cap, Number(query.get('limit') ?? Infinity)) : Infinity;
  const page = found
    .slice(offset, offset + limit)
    .filter(({ id }) => !hides.includes(id))
    .map(listedXml)
    .join('\n');
  const total = tellsTotal ? `<totalElements>${found.length}</totalElements>` : '';
  const body = `<response><returncode>SUCCESS</returncode><recordings>${page}</recordings>${total}</response>`;
  const rest = { messageKey: undefined, contentType: undefined, location: undefined, dateMs: undefined };
  return { status: 200, body: Buffer.from(body), returnCode: 'SUCCESS', setCookies: [], ...rest };
}
