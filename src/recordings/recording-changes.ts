import { failedXml, successXml } from '../bbb/answer.js';
import { bbbError, recordingMessages, successMessages } from '../bbb/messages.js';
import type { RawQuery } from '../bbb/raw-query.js';
import type { LogFields } from '../log.js';
import { byServer } from './by-server.js';
import { IDS_IN_CALL, type ChangeSenderDeps, type SendOutcome, type SentChange } from './change-sender.js';
import { ChangeBook, type ChangeBookDeps } from './change-book.js';
import { holderUnavailable } from './holder-unavailable.js';
import type { ChangeCall } from './pending-change.js';
import { ARCHIVE, type IndexedRecording, type RecordingStore } from './recording-index.js';
import { commaLists } from './recording-query.js';
import { sendChanges } from './send-changes.js';
import type { ServerTurns } from './server-turns.js';

export interface RecordingChangesDeps extends ChangeSenderDeps, ChangeBookDeps {
  readonly store: Pick<RecordingStore, 'saveRecordings' | 'findRecordings'>;
  /** Asks servers for recordings the index does not know yet; rejects when one cannot be asked. */
  readonly ask: (recordIds: readonly string[]) => Promise<unknown>;
  readonly turns: ServerTurns;
}

/** What a call that changes recordings is answered. */
export interface ChangeAnswer {
  readonly body: Buffer | string;
  readonly returnCode: 'SUCCESS' | 'FAILED';
  readonly messageKey: string | undefined;
}

/** More that nobody knows are not looked for. */
const MOST_ASKED = 100;

/** Recordings named in one line of the log. */
const MOST_LOGGED = 10;

/** publish, update, delete: on all that hold the recordings, in parallel; the index follows in the same breath. */
export class RecordingChanges {
  readonly #deps: RecordingChangesDeps;
  readonly #book: ChangeBook;

  constructor(deps: RecordingChangesDeps) {
    this.#deps = deps;
    this.#book = new ChangeBook(deps);
  }

  /**
   * SUCCESS when one holder did it. What others could not be told is kept and told later, and the answer says so. Throws
   * BbbError when nobody has the recordings, or nobody who has them can be reached: nothing is kept then.
   */
  async change(tenantId: string, call: ChangeCall, asked: RawQuery): Promise<ChangeAnswer> {
    const ids = commaLists(asked.getAll('recordID'));
    const recordings = await this.own(tenantId, ids);
    if (recordings.length === 0) throw bbbError('notFound', recordingMessages.notFound);
    const query = asked.without('recordID');
    const holders = new Set(recordings.map(({ serverId }) => serverId));
    return this.#deps.turns.direct([...holders], async () => {
      const sent = sentChanges(recordings, call, query);
      const noted = await this.#book.note(sent);
      try {
        const outcomes = await sendChanges(sent, this.#deps);
        if (!outcomes.some(({ kind }) => kind === 'done')) {
          await this.#book.withdraw(noted);
          return this.#nothingDone(sent, outcomes);
        }
        await this.#book.settle(noted, outcomes);
        const isPartly = outcomes.some(({ kind }) => kind === 'failed');
        return answerOf(outcomes, call, query, isPartly);
      } finally {
        this.#book.release(noted);
      }
    });
  }

  /**
   * A tenant's recordings among these IDs, deleted ones left out. Servers are asked for what the index does not know: it may
   * be some seconds old. Throws BbbError when nothing is known and a server that may have it cannot be asked.
   */
  async own(tenantId: string, ids: readonly string[]): Promise<readonly IndexedRecording[]> {
    const { store, ask, archive, logger } = this.#deps;
    const find = async (): Promise<readonly IndexedRecording[]> => {
      const all = await store.findRecordings(ids);
      // What an archive has that is not in use can be neither listed nor changed.
      return archive === undefined ? all.filter(({ serverId }) => serverId !== ARCHIVE) : all;
    };
    let found = await find();
    const known = new Set(found.map(({ recordId }) => recordId));
    const unknown = ids.filter((id) => !known.has(id)).slice(0, MOST_ASKED);
    let failure: unknown;
    if (unknown.length > 0) {
      try {
        await ask(unknown);
      } catch (error) {
        failure = error;
        logger.debug('servers could not be asked for recordings', { error });
      }
      found = await find();
    }
    const own = found.filter((it) => it.tenantId === tenantId && it.state !== 'deleted');
    if (own.length === 0 && failure !== undefined) throw holderUnavailable(failure);
    return own;
  }

  #nothingDone(sent: readonly SentChange[], outcomes: readonly SendOutcome[]): ChangeAnswer {
    const failed = outcomes.find((outcome) => outcome.kind === 'failed');
    if (failed !== undefined) {
      const untold = sent.filter((_, at) => outcomes[at]?.kind === 'failed');
      const fields = { call: untold[0]?.call, ...namesOf(untold), error: failed.cause };
      this.#deps.logger.warn('a recording call met servers that do not answer', fields);
      throw holderUnavailable(failed.cause);
    }
    const refused = outcomes.find((outcome) => outcome.kind === 'refused');
    if (refused === undefined) throw bbbError('notFound', recordingMessages.notFound);
    const { body, messageKey = 'refused' } = refused.answer;
    return { body: body.length > 0 ? body : failedXml(messageKey, ''), returnCode: 'FAILED', messageKey };
  }
}

function sentChanges(
  recordings: readonly IndexedRecording[],
  call: ChangeCall,
  query: RawQuery,
): readonly SentChange[] {
  const holders = byServer(recordings);
  const sent: SentChange[] = [];
  for (const [serverId, held] of holders) {
    for (let at = 0; at < held.length; at += IDS_IN_CALL) {
      sent.push({ serverId, recordings: held.slice(at, at + IDS_IN_CALL), call, query });
    }
  }
  return sent;
}

/** For the log: the servers, the first recordings, and of how many. */
function namesOf(sent: readonly SentChange[]): LogFields {
  const recordIds = [...new Set(sent.flatMap((it) => it.recordings.map(({ recordId }) => recordId)))];
  return {
    servers: [...new Set(sent.map(({ serverId }) => (serverId === ARCHIVE ? 'archive' : serverId)))],
    recordIds: recordIds.slice(0, MOST_LOGGED),
    recordings: recordIds.length,
  };
}

/** What BBB answers a change with; the word of `publish` is echoed as it came. */
function answerOf(
  outcomes: readonly SendOutcome[],
  call: ChangeCall,
  query: RawQuery,
  isPartly: boolean,
): ChangeAnswer {
  const answer = outcomes.find((outcome) => outcome.kind === 'done' && outcome.answer !== undefined);
  if (!isPartly && answer?.kind === 'done' && answer.answer !== undefined) {
    return { body: answer.answer.body, returnCode: 'SUCCESS', messageKey: undefined };
  }
  const word = {
    publishRecordings: { published: query.get('publish') ?? '' },
    updateRecordings: { updated: true },
    deleteRecordings: { deleted: true },
  }[call];
  const messageKey = isPartly ? 'changePending' : undefined;
  const message = isPartly ? successMessages.changePending : undefined;
  return { body: successXml({ ...word, messageKey, message }), returnCode: 'SUCCESS', messageKey };
}
