import { setImmediate } from 'node:timers/promises';
import { askRecordings, type AskOptions, type RecordingServer } from './ask-recordings.js';
import type { RecordingIndexer } from './recording-indexer.js';
import type { RecordingStore } from './recording-index.js';
import type { RecordingWalk } from './recording-walks.js';
import { OrderWatch, PAGE_SIZE, recordingPages, type NewPage, type PagesOptions } from './walk-server.js';

export interface ServerWalkDeps extends AskOptions {
  readonly store: RecordingStore;
  readonly indexer: RecordingIndexer;
}

/** Record IDs asked for at once: the length of a URL is bounded. */
const IDS_AT_ONCE = 25;
const KNOWN_AT_ONCE = 500;

/** Recordings indexed without a pause where none has changed. */
const INDEXED_AT_ONCE = 50;

/** What a look for new recordings reads at once, on each server at each refresh. */
const RECENT_PAGE = 50;

/** What a whole walk learnt of a server. */
export interface WholeWalk {
  readonly walk: RecordingWalk;
  /** It gives more than it is asked for: its list cannot be read in part. */
  readonly givesAll: boolean;
}

/** Reads a server's whole list into the index, and takes out what it no longer shows. Throws where a page fails. */
export async function walkWhole({ address }: RecordingServer, deps: ServerWalkDeps): Promise<WholeWalk> {
  const { store, now } = deps;
  const walkedAt = now();
  const seen = new Set<string>();
  const order = new OrderWatch();
  let givesAll = false;
  const ask: PagesOptions['ask'] = (wanted) => askRecordings(address, wanted, deps);
  for await (const page of recordingPages({ ask })) {
    await indexPage(address.id, page, deps);
    if (page.recordings.length > PAGE_SIZE) givesAll = true;
    for (const { recordId } of page.fresh) seen.add(recordId);
    order.add(page.fresh);
  }
  for await (const missing of missingIds(store, address.id, seen)) {
    // A page may lack what it had to show, and a deletion may have moved what comes behind it to a page already read.
    const shown = await askByIds(address, missing, deps);
    const gone = missing.filter((id) => !shown.has(id));
    await store.removeRecordings(address.id, gone, walkedAt);
  }
  return { walk: { serverId: address.id, walkedAt, order: order.order, listed: seen.size }, givesAll };
}

/**
 * Reads the end of a long list at which new recordings stand; gives how long the list now is, or `undefined` when that end
 * was not where it was thought to be.
 */
export async function walkRecent(
  { address }: RecordingServer,
  { order, listed }: Pick<RecordingWalk, 'order' | 'listed'>,
  deps: ServerWalkDeps,
): Promise<number | undefined> {
  const offset = order === 'rising' ? Math.max(0, listed - RECENT_PAGE / 2) : 0;
  const ask: PagesOptions['ask'] = (wanted) => askRecordings(address, wanted, deps);
  let count = 0;
  for await (const page of recordingPages({ ask, offset, limit: RECENT_PAGE })) {
    const changed = await indexPage(address.id, page, deps);
    count += page.fresh.length;
    if (order === 'falling' && changed < page.fresh.length) return listed;
  }
  return count === 0 && offset > 0 ? undefined : offset + count;
}

/** Gives how many were new or changed. */
async function indexPage(
  serverId: string,
  { fresh, readAt }: NewPage,
  { indexer }: Pick<ServerWalkDeps, 'indexer'>,
): Promise<number> {
  let changed = 0;
  for (let at = 0; at < fresh.length; at += INDEXED_AT_ONCE) {
    changed += await indexer.index(serverId, fresh.slice(at, at + INDEXED_AT_ONCE), readAt);
    // A read of the store in this process gives nobody a turn.
    await setImmediate();
  }
  return changed;
}

/** Asks for recordings by their IDs and indexes what is shown; gives the IDs shown. */
export async function askByIds(
  address: RecordingServer['address'],
  recordIds: readonly string[],
  deps: AskOptions & Pick<ServerWalkDeps, 'indexer'>,
): Promise<ReadonlySet<string>> {
  const shown = new Set<string>();
  for (let at = 0; at < recordIds.length; at += IDS_AT_ONCE) {
    const wanted = recordIds.slice(at, at + IDS_AT_ONCE);
    const page = await askRecordings(address, { recordIds: wanted }, deps);
    await deps.indexer.index(address.id, page.recordings, page.readAt);
    for (const { recordId } of page.recordings) shown.add(recordId);
  }
  return shown;
}

/** The IDs of a server in the index that were not seen, in portions. */
async function* missingIds(
  store: RecordingStore,
  serverId: string,
  seen: ReadonlySet<string>,
): AsyncGenerator<readonly string[], void, void> {
  let after = '';
  for (;;) {
    const ids = await store.recordIdsOf(serverId, after, KNOWN_AT_ONCE);
    const missing = ids.filter((id) => !seen.has(id));
    if (missing.length > 0) yield missing;
    await setImmediate();
    const last = ids.at(-1);
    if (last === undefined || ids.length < KNOWN_AT_ONCE) return;
    after = last;
  }
}
