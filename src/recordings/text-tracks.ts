import type { BbbAnswer } from '../bbb/bbb-answer.js';
import type { BbbRequest, StreamedBody } from '../bbb/bbb-request.js';
import type { BbbError } from '../bbb/error.js';
import { bbbError } from '../bbb/messages.js';
import type { RawQuery } from '../bbb/raw-query.js';
import { UpstreamError } from '../bbb/upstream-error.js';
import type { RecordingClient, RecordingServer } from './ask-recordings.js';
import type { ArchivedTrack, ListArchivedTracks } from './archive-changes.js';
import { holderUnavailable } from './holder-unavailable.js';
import { ARCHIVE, type IndexedRecording } from './recording-index.js';
import { commaLists } from './recording-query.js';

export interface TextTracksDeps {
  readonly client: RecordingClient;
  readonly servers: () => readonly RecordingServer[];
  /** A tenant's recordings among these IDs. */
  readonly listArchived?: ListArchivedTracks | undefined;
  readonly own: (tenantId: string, recordIds: readonly string[]) => Promise<readonly IndexedRecording[]>;
}

/** A caption file on its way from a front end. */
export interface TrackUpload {
  readonly body: StreamedBody;
  readonly contentType: string;
}

const LIST_TIMEOUT_MS = 10_000;

/** Of an upload: how long nothing may move, or the server may think it over. */
const UPLOAD_IDLE_MS = 60_000;

/** One call about the text tracks of a recording. */
export interface TrackCall {
  readonly tenantId: string;
  readonly call: 'getRecordingTextTracks' | 'putRecordingTextTrack';
  readonly query: RawQuery;
}

/**
 * getRecordingTextTracks, putRecordingTextTrack: answered in JSON by the server that holds the recording. Throws BbbError
 * when there is no such recording or its server does not answer.
 */
export async function callTextTracks(
  { tenantId, call, query }: TrackCall,
  deps: TextTracksDeps,
  upload?: TrackUpload,
): Promise<BbbAnswer> {
  const isUpload = call === 'putRecordingTextTrack';
  const ids = commaLists(query.getAll('recordID'));
  const own = await deps.own(tenantId, ids);
  const first = ids.find((id) => own.some(({ recordId }) => recordId === id));
  if (first === undefined) throw noRecording(isUpload, query);
  const holders = new Set(own.filter(({ recordId }) => recordId === first).map(({ serverId }) => serverId));
  const archived = own.find(({ recordId, serverId }) => recordId === first && serverId === ARCHIVE);
  if (archived !== undefined && deps.listArchived !== undefined) {
    return jsonAnswer(isUpload ? NO_UPLOADS : tracksAnswer(await deps.listArchived(archived)));
  }
  const holding = deps.servers().filter(({ address }) => holders.has(address.id));
  const [server] = holding.filter(({ isGone }) => !isGone);
  if (server === undefined) throw holding.length === 0 ? noRecording(isUpload, query) : holderUnavailable();
  // One recording a call: of several IDs the server would take the first, which may be another tenant's.
  const request: BbbRequest = {
    call,
    query: query.without('recordID').append('recordID', first).toString(),
    timeoutMs: upload === undefined ? LIST_TIMEOUT_MS : UPLOAD_IDLE_MS,
    answerForm: 'json',
    ...(isUpload && { method: 'POST', ...(upload ?? NO_FILE) }),
  };
  try {
    return await deps.client.call(server.address, request);
  } catch (error) {
    throw error instanceof UpstreamError ? holderUnavailable(error) : error;
  }
}

/** Without a file the server is to find the first thing that is wrong: it looks at the parameters before. */
const NO_FILE: Pick<BbbRequest, 'body' | 'contentType'> = {
  contentType: 'multipart/form-data; boundary=none',
  body: {
    kind: 'bytes',
    bytes: Buffer.from(
      '--none\r\nContent-Disposition: form-data; name="file"; filename=""\r\n' +
        'Content-Type: application/octet-stream\r\n\r\n\r\n--none--\r\n',
    ),
  },
};

function noRecording(isUpload: boolean, query: RawQuery): BbbError {
  const asked = query.get('recordID') ?? '';
  return bbbError('noRecordings', isUpload ? `No recording was found for ${asked}` : 'No recording found');
}

const NO_UPLOADS = {
  returncode: 'FAILED',
  messageKey: 'upload_text_track_failed',
  message: 'This recording is in an archive, which takes no text tracks.',
} as const;

function tracksAnswer(tracks: readonly ArchivedTrack[]): ArchivedAnswer {
  return { returncode: 'SUCCESS', tracks };
}

interface ArchivedAnswer {
  readonly returncode: 'SUCCESS' | 'FAILED';
  readonly messageKey?: string;
  readonly message?: string;
  readonly tracks?: readonly ArchivedTrack[];
}

/** As a server would answer. */
function jsonAnswer(response: ArchivedAnswer): BbbAnswer {
  return {
    status: 200,
    body: Buffer.from(JSON.stringify({ response })),
    returnCode: response.returncode,
    messageKey: response.messageKey,
    contentType: 'application/json',
    ...{ setCookies: [], location: undefined, dateMs: undefined },
  };
}
