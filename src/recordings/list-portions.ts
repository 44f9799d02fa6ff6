import { setImmediate } from 'node:timers/promises';
import type { ListedRecording, RecordingFilter, RecordingPlace, RecordingStore } from './recording-index.js';

/** Some entries of a list, and whether there may be others behind them. */
export interface ListPortion {
  readonly recordings: readonly ListedRecording[];
  readonly isLast: boolean;
}

/** Entries read at once: some milliseconds, and half a megabyte. */
const PORTION = 200;

type Lists = Pick<RecordingStore, 'listRecordings'>;

/** What a filter lets through, from `offset` on, at most `limit`; others have a turn between portions. */
export async function* listInPortions(
  filter: RecordingFilter,
  { limit, offset }: { readonly limit: number; readonly offset: number },
  store: Lists,
): AsyncGenerator<ListPortion, void, void> {
  let after: RecordingPlace | undefined;
  for (let left = limit; ;) {
    const wanted = Math.min(left, PORTION);
    const page = after === undefined ? { limit: wanted, offset } : { limit: wanted, after };
    const recordings = await store.listRecordings(filter, page);
    left -= recordings.length;
    after = recordings.at(-1);
    const isLast = left <= 0 || recordings.length < wanted;
    yield { recordings, isLast };
    if (isLast) return;
    await setImmediate();
  }
}

/** What stands at places that were looked up, as far as the filter still lets it through. */
export async function* listAtPlaces(
  filter: RecordingFilter,
  places: readonly RecordingPlace[],
  store: Lists,
): AsyncGenerator<ListPortion, void, void> {
  for (let at = 0; at < places.length; at += PORTION) {
    const portion = places.slice(at, at + PORTION);
    const recordings = await store.listRecordings({ ...filter, places: portion }, { limit: PORTION });
    const isLast = at + PORTION >= places.length;
    // They may have gone since: an empty portion would read as the end.
    if (recordings.length > 0 || isLast) yield { recordings, isLast };
    await setImmediate();
  }
}
