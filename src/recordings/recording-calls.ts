import type { BbbAnswer } from '../bbb/bbb-answer.js';
import type { BbbRequest, RequestBody } from '../bbb/bbb-request.js';
import type { BbbError } from '../bbb/error.js';
import { MalformedAnswer } from '../bbb/malformed-answer.js';
import { bbbError, recordingMessages } from '../bbb/messages.js';
import { RawQuery } from '../bbb/raw-query.js';
import type { ServerAddress } from '../bbb/server-address.js';
import { UpstreamError } from '../bbb/upstream-error.js';
import type { Logger } from '../log.js';
import { meetingOwner, scopedMeetingId } from '../tenants/meeting-scope.js';
import { ownRecordings, type OwnRecordingsOptions } from './own-recordings.js';
import { readRecordings, type RecordingElement } from './recording-element.js';

export interface RecordingCallsDeps {
  readonly client: { call(server: ServerAddress, request: BbbRequest): Promise<BbbAnswer> };
  /** Every server that is not disabled; `isGone` while it is offline. */
  readonly servers: () => readonly { readonly address: ServerAddress; readonly isGone: boolean }[];
  readonly isTenant: (id: string) => boolean;
  /** True while only the default tenant exists. */
  readonly isSingleTenant: () => boolean;
  readonly logger: Logger;
}

const LIST_TIMEOUT_MS = 10_000;
const CHANGE_TIMEOUT_MS = 30_000;

/** A caption file comes from a browser and goes to one server. */
const UPLOAD_TIMEOUT_MS = 60_000;

/** Recording calls over all servers: the union of what they list, and changes sent to each that may hold the recording. */
export class RecordingCalls {
  readonly #deps: RecordingCallsDeps;

  constructor(deps: RecordingCallsDeps) {
    this.#deps = deps;
  }

  /**
   * getRecordings: what all servers list, the tenant's own, newest first. Throws BbbError when a server cannot be asked:
   * front ends take what is missing from a SUCCESS for deleted.
   */
  async list(tenantId: string, query: RawQuery): Promise<readonly RecordingElement[]> {
    const asked = this.#scoped(tenantId, query).without('offset', 'limit');
    const all = (await Promise.all(this.#lists(asked))).flat();
    const find = async (recordIds: readonly string[]): Promise<readonly RecordingElement[]> =>
      (await Promise.all(this.#lists(byRecordIds(recordIds)))).flat();
    const own = [...(await this.#own(tenantId, all, find))];
    return own.sort((a, b) => b.startTime - a.startTime);
  }

  /** publish, update, delete: on every server that can be reached; SUCCESS if one succeeded. Throws BbbError. */
  async change(tenantId: string, call: string, query: RawQuery): Promise<BbbAnswer> {
    const own = await this.#ownRecordIds(tenantId, query);
    if (own?.length === 0) throw bbbError('notFound', recordingMessages.notFound);
    const sent = own === undefined ? query : query.with('recordID', own.join(','));
    return this.#firstSuccess({ call, query: sent.toString(), timeoutMs: CHANGE_TIMEOUT_MS }, () =>
      bbbError('notFound', recordingMessages.notFound),
    );
  }

  /** getRecordingTextTracks, putRecordingTextTrack: answered in JSON by the server that has the recording. */
  async textTracks(
    tenantId: string,
    call: string,
    query: RawQuery,
    upload?: { readonly body: RequestBody; readonly contentType: string },
  ): Promise<BbbAnswer> {
    const own = await this.#ownRecordIds(tenantId, query);
    const none = (): BbbError => bbbError('noRecordings', 'No recording found');
    const [first] = own ?? [];
    if (own !== undefined && first === undefined) throw none();
    // One recording a call: of several IDs the server would take the first, which may be another tenant's.
    const sent = first === undefined ? query : query.with('recordID', first);
    const request: BbbRequest = {
      call,
      query: sent.toString(),
      timeoutMs: upload === undefined ? LIST_TIMEOUT_MS : UPLOAD_TIMEOUT_MS,
      answerForm: 'json',
      ...(upload && { method: 'POST', body: upload.body, contentType: upload.contentType }),
    };
    return this.#firstSuccess(request, none);
  }

  /** The tenant's own among the asked IDs; `undefined` where there is only one tenant and nothing to check. */
  async #ownRecordIds(tenantId: string, query: RawQuery): Promise<readonly string[] | undefined> {
    if (this.#deps.isSingleTenant()) return undefined;
    const ids = new Set(commaList(query.getAll('recordID').join(',')));
    const failures: unknown[] = [];
    const find = async (recordIds: readonly string[]): Promise<readonly RecordingElement[]> => {
      const outcomes = await Promise.allSettled(this.#lists(byRecordIds(recordIds)));
      return outcomes.flatMap((outcome) => {
        if (outcome.status === 'fulfilled') return outcome.value;
        failures.push(outcome.reason);
        return [];
      });
    };
    const listed = await this.#own(tenantId, await find([...ids]), find);
    const own = listed.map((recording) => recording.recordId).filter((id) => ids.has(id));
    // A server that is down costs what only it knows, not changes of what others have.
    if (own.length === 0 && failures.length > 0) throw failures[0];
    return own;
  }

  /** What each server lists; those that cannot be asked reject with BbbError. */
  #lists(query: RawQuery): Promise<readonly RecordingElement[]>[] {
    return this.#deps.servers().map(async ({ address, isGone }) => {
      if (isGone) throw incomplete(address.id);
      return this.#listOn(address, query);
    });
  }

  async #listOn(server: ServerAddress, query: RawQuery): Promise<readonly RecordingElement[]> {
    try {
      const request = { call: 'getRecordings', query: query.toString(), timeoutMs: LIST_TIMEOUT_MS };
      const answer = await this.#deps.client.call(server, request);
      if (answer.returnCode !== 'SUCCESS') throw incomplete(server.id);
      return readRecordings(answer.body);
    } catch (error) {
      if (error instanceof UpstreamError || error instanceof MalformedAnswer)
        throw incomplete(server.id, error);
      throw error;
    }
  }

  async #firstSuccess(request: BbbRequest, notFound: () => BbbError): Promise<BbbAnswer> {
    const servers = this.#deps.servers();
    const outcomes = await Promise.allSettled(
      servers.filter(({ isGone }) => !isGone).map(({ address }) => this.#deps.client.call(address, request)),
    );
    const answers = outcomes.flatMap((outcome) => (outcome.status === 'fulfilled' ? [outcome.value] : []));
    const success = answers.find((answer) => answer.returnCode === 'SUCCESS');
    if (success !== undefined) return success;
    if (answers.length < servers.length || answers.some((answer) => answer.messageKey === 'checksumError')) {
      this.#deps.logger.warn('a recording call met servers that do not answer', { call: request.call });
      throw bbbError(
        'serverUnavailable',
        'The server of this recording does not answer. Please try again later.',
      );
    }
    // A refusal that says more than "not here" (a bad parameter) is every server's alike.
    const refusal = answers.find((answer) => !isNotFound(answer.messageKey));
    if (refusal === undefined) throw notFound();
    return refusal;
  }

  #scoped(tenantId: string, query: RawQuery): RawQuery {
    return query.mapValues('meetingID', (value) => {
      const ids = commaList(value);
      return ids.map((id) => scopedMeetingId(tenantId, id)).join(',');
    });
  }

  async #own(
    tenantId: string,
    all: readonly RecordingElement[],
    find: OwnRecordingsOptions['find'],
  ): Promise<readonly RecordingElement[]> {
    if (this.#deps.isSingleTenant()) return all;
    const isOwn = (meetingId: string): boolean =>
      meetingOwner(meetingId, this.#deps.isTenant).tenantId === tenantId;
    return ownRecordings(all, { isOwn, find });
  }
}

function byRecordIds(recordIds: readonly string[]): RawQuery {
  return RawQuery.parse('').append('recordID', recordIds.join(',')).append('state', 'any');
}

/** WordPress sends `a,b,`; an empty element matches nothing. */
function commaList(value: string): readonly string[] {
  return value
    .split(',')
    .map((part) => part.trim())
    .filter((part) => part !== '');
}

function isNotFound(messageKey: string | undefined): boolean {
  return messageKey === 'notFound' || messageKey === 'noRecordings';
}

function incomplete(serverId: string, cause?: Error): BbbError {
  return bbbError(
    'serverUnavailable',
    'The list of recordings cannot be completed now, because a server does not answer. Please try again later.',
    { cause: cause ?? new Error(`server ${serverId} cannot list its recordings`) },
  );
}
