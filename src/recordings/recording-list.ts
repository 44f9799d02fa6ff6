import { setImmediate } from 'node:timers/promises';
import { bbbError } from '../bbb/messages.js';
import type { RawQuery } from '../bbb/raw-query.js';
import type { PresentArchived } from './archive-changes.js';
import { withPlaybackUrl } from './playback-url.js';
import {
  ARCHIVE,
  type Holders,
  type ListedRecording,
  type RecordingFilter,
  type RecordingStore,
} from './recording-index.js';
import { readRecordingQuery, type RecordingQuery } from './recording-query.js';

export interface RecordingListDeps {
  readonly store: Pick<RecordingStore, 'countRecordings' | 'listRecordings' | 'findRecordings'>;
  readonly holders: Holders;
  /** Whether nothing can be missing in the index; may wait a little for what is being read. */
  readonly becomesWhole: () => Promise<boolean>;
  /** Put in the place of scheme and host of playback links. */
  readonly playbackUrl: string | undefined;
  readonly presentArchived?: PresentArchived | undefined;
}

/** What getRecordings finds. */
export interface FoundRecordings {
  /** Of all that fit; only where a limit was given. */
  readonly total: number | undefined;
  /** The first of them: `<recording>` elements, newest first. */
  readonly first: readonly Buffer[];
  /** The others in portions; `undefined` when there are none. */
  readonly rest: AsyncGenerator<readonly Buffer[], void, void> | undefined;
}

/** Entries read at once: some milliseconds, and half a megabyte. */
const PORTION = 200;

/** getRecordings from the index. */
export class RecordingList {
  readonly #deps: RecordingListDeps;

  constructor(deps: RecordingListDeps) {
    this.#deps = deps;
  }

  /** Throws BbbError while the list may have a gap: front ends take what is missing from a SUCCESS for deleted. */
  async find(tenantId: string, query: RawQuery): Promise<FoundRecordings> {
    const { filter, ...asked } = readRecordingQuery(tenantId, query);
    await this.#refuseGaps(tenantId, asked);
    const { limit = Number.MAX_SAFE_INTEGER, offset } = asked;
    const { store, holders } = this.#deps;
    const held = { ...filter, holders };
    const total = asked.limit === undefined ? undefined : await store.countRecordings(held);
    const first = await store.listRecordings(held, { limit: Math.min(limit, PORTION), offset });
    const last = first.at(-1);
    const left = limit - first.length;
    return {
      total,
      first: first.map((recording) => this.#present(recording)),
      rest:
        last === undefined || first.length < PORTION || left === 0 ? undefined : this.#rest(held, last, left),
    };
  }

  async *#rest(
    filter: RecordingFilter,
    from: ListedRecording,
    most: number,
  ): AsyncGenerator<readonly Buffer[], void, void> {
    let after = from;
    let left = most;
    while (left > 0) {
      await setImmediate();
      const limit = Math.min(left, PORTION);
      const portion = await this.#deps.store.listRecordings(filter, { limit, after });
      if (portion.length > 0) yield portion.map((recording) => this.#present(recording));
      const last = portion.at(-1);
      if (last === undefined || portion.length < limit) return;
      after = last;
      left -= portion.length;
    }
  }

  async #refuseGaps(tenantId: string, { recordIds }: Pick<RecordingQuery, 'recordIds'>): Promise<void> {
    const { becomesWhole, store, holders } = this.#deps;
    if (await becomesWhole()) return;
    // Whoever names recordings that are all known misses none.
    const known = recordIds.length === 0 ? [] : await store.findRecordings(recordIds);
    const own = new Set(
      known
        .filter((it) => it.tenantId === tenantId && (holders !== 'servers' || it.serverId !== ARCHIVE))
        .map(({ recordId }) => recordId),
    );
    if (recordIds.length > 0 && recordIds.every((id) => own.has(id))) return;
    throw bbbError(
      'serverUnavailable',
      'The list of recordings is not complete yet, because a server has not been read. Please try again later.',
    );
  }

  #present(recording: ListedRecording): Buffer {
    const { playbackUrl, presentArchived } = this.#deps;
    if (recording.serverId === ARCHIVE && presentArchived !== undefined) return presentArchived(recording);
    return playbackUrl === undefined ? recording.xml : withPlaybackUrl(recording.xml, playbackUrl);
  }
}
