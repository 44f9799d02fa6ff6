import type { BbbAnswer } from '../bbb/bbb-answer.js';
import type { RawQuery } from '../bbb/raw-query.js';
import type { ArchiveChanges } from './archive-changes.js';
import type { RecordingClient, RecordingServer } from './ask-recordings.js';
import { editRecording } from './edit-recording.js';
import type { ChangeCall } from './pending-change.js';
import { readChange } from './recording-change.js';
import { ARCHIVE, type IndexedRecording, type RecordingStore } from './recording-index.js';

export interface ChangeSenderDeps {
  readonly client: RecordingClient;
  readonly servers: () => readonly RecordingServer[];
  readonly store: Pick<RecordingStore, 'saveRecordings'>;
  /** Reads a server again: it turned out to be other than the index thought. */
  readonly readSoon: (serverId: string) => void;
  readonly archive?: ArchiveChanges | undefined;
  /** ms since 1970. */
  readonly now: () => number;
}

/** One change of some recordings of one holder. */
export interface SentChange {
  readonly serverId: string;
  readonly recordings: readonly IndexedRecording[];
  readonly call: ChangeCall;
  /** Without recordID. */
  readonly query: RawQuery;
}

/**
 * done: the holder did it, and the index has it · missing: the holder has none of them · refused: it said no to what was
 * asked · failed: it could not be asked.
 */
export type SendOutcome =
  | { readonly kind: 'done'; readonly answer: BbbAnswer | undefined }
  | { readonly kind: 'missing' }
  | { readonly kind: 'refused'; readonly answer: BbbAnswer }
  | { readonly kind: 'failed'; readonly cause: unknown };

/** What a holder has for an answer to one call at most. */
export const CHANGE_TIMEOUT_MS = 30_000;

/** Recordings in one call to a server: the length of a URL is bounded. */
export const IDS_IN_CALL = 50;

const MISSING = new Set(['notFound', 'noRecordings']);

/** Tells one holder of a change, and the index once it is made. Rejects only where the index cannot be written. */
export async function sendChange(
  change: SentChange,
  deps: ChangeSenderDeps,
  timeoutMs: number,
): Promise<SendOutcome> {
  const { serverId, recordings, call, query } = change;
  const { store, now, archive, servers, readSoon } = deps;
  const wanted = readChange(call, query);
  if (serverId === ARCHIVE) {
    try {
      if (archive === undefined) throw new Error('there is no archive');
      await archive.change(recordings, wanted);
      return { kind: 'done', answer: undefined };
    } catch (cause) {
      return { kind: 'failed', cause };
    }
  }
  const outcome = await askServer(change, deps, timeoutMs);
  if (outcome.kind === 'missing') readSoon(serverId);
  if (outcome.kind !== 'done') return outcome;
  // It may have left meanwhile, and its entries with it.
  if (!servers().some(({ address }) => address.id === serverId)) return outcome;
  const at = now();
  await store.saveRecordings(recordings.map((recording) => editRecording(recording, wanted, at)));
  // What is left of a recording with one format less, only the server knows.
  if (wanted.call === 'deleteRecordings' && wanted.format !== undefined) readSoon(serverId);
  return outcome;
}

async function askServer(
  { serverId, recordings, call, query }: SentChange,
  { client, servers }: ChangeSenderDeps,
  timeoutMs: number,
): Promise<SendOutcome> {
  const server = servers().find(({ address }) => address.id === serverId);
  if (server === undefined || server.isGone) {
    return { kind: 'failed', cause: new Error(`server ${serverId} is offline`) };
  }
  const ids = recordings.map(({ recordId }) => recordId).join(',');
  const request = { call, query: query.append('recordID', ids).toString(), timeoutMs };
  try {
    const answer = await client.call(server.address, request);
    if (answer.returnCode === 'SUCCESS') return { kind: 'done', answer };
    if (MISSING.has(answer.messageKey ?? '')) return { kind: 'missing' };
    // Its secret was changed: that will be put right.
    if (answer.messageKey === 'checksumError') {
      return { kind: 'failed', cause: new Error(`server ${serverId} refuses the secret`) };
    }
    return { kind: 'refused', answer };
  } catch (cause) {
    return { kind: 'failed', cause };
  }
}
