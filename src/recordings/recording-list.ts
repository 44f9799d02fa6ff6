import { bbbError } from '../bbb/messages.js';
import type { RawQuery } from '../bbb/raw-query.js';
import type { PresentArchived } from './archive-changes.js';
import { findPlaces, hasNames } from './find-places.js';
import { listAtPlaces, listInPortions, type ListPortion } from './list-portions.js';
import { withPlaybackUrl } from './playback-url.js';
import { ARCHIVE, type Holders, type ListedRecording, type RecordingStore } from './recording-index.js';
import { readRecordingQuery, type RecordingQuery } from './recording-query.js';

export interface RecordingListDeps {
  readonly store: Pick<RecordingStore, 'countRecordings' | 'listRecordings' | 'listKeys' | 'listPlaces'>;
  readonly holders: Holders;
  /** Why something may be missing in the index, `undefined` when nothing can; may wait a little for what is being read. */
  readonly findGap: () => Promise<Error | undefined>;
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
    if (hasNames(held)) {
      // Once for all portions: the names are the dear part.
      const places = await findPlaces(held, store);
      const rest = { ...held, recordIds: undefined, meetingIds: undefined, metadata: undefined };
      const portions = listAtPlaces(rest, places.slice(offset, offset + limit), store);
      return this.#found(asked.limit === undefined ? undefined : places.length, portions);
    }
    const total = asked.limit === undefined ? undefined : await store.countRecordings(held);
    return this.#found(total, listInPortions(held, { limit, offset }, store));
  }

  async #found(
    total: number | undefined,
    portions: AsyncGenerator<ListPortion, void, void>,
  ): Promise<FoundRecordings> {
    const { value: first } = await portions.next();
    return {
      total,
      first: (first?.recordings ?? []).map((recording) => this.#present(recording)),
      rest: (first?.isLast ?? true) ? undefined : this.#presented(portions),
    };
  }

  async *#presented(
    portions: AsyncGenerator<ListPortion, void, void>,
  ): AsyncGenerator<readonly Buffer[], void, void> {
    for await (const { recordings } of portions) {
      if (recordings.length > 0) yield recordings.map((recording) => this.#present(recording));
    }
  }

  async #refuseGaps(tenantId: string, { recordIds }: Pick<RecordingQuery, 'recordIds'>): Promise<void> {
    const { findGap, store, holders } = this.#deps;
    const cause = await findGap();
    if (cause === undefined) return;
    // Whoever names recordings that are all known misses none.
    if (recordIds.length > 0) {
      const known = await findPlaces({ tenantId, holders, recordIds }, store);
      const own = new Set(known.map(({ recordId }) => recordId));
      if (recordIds.every((id) => own.has(id))) return;
    }
    throw bbbError(
      'serverUnavailable',
      'The list of recordings is not complete yet, because a server has not been read. Please try again later.',
      { cause },
    );
  }

  #present(recording: ListedRecording): Buffer {
    const { playbackUrl, presentArchived } = this.#deps;
    if (recording.serverId === ARCHIVE && presentArchived !== undefined) return presentArchived(recording);
    return playbackUrl === undefined ? recording.xml : withPlaybackUrl(recording.xml, playbackUrl);
  }
}
