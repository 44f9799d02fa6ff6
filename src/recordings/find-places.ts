import { setImmediate } from 'node:timers/promises';
import type { RecordingFilter, RecordingPlace, RecordingStore } from './recording-index.js';

/** Names in one query: some milliseconds where each stands for a hundred recordings. Whoever waits for the process has a turn then. */
const NAMES_AT_ONCE = 25;

/** Keys of metadata in one query: SQLite joins no more than a thousand terms, and takes its time over hundreds. */
const KEYS_AT_ONCE = 20;

/** Whether a filter names recordings, meetings or metadata; else it lets whole tenants or servers through. */
export function hasNames({ recordIds, meetingIds, metadata }: RecordingFilter): boolean {
  return recordIds !== undefined || meetingIds !== undefined || (metadata?.size ?? 0) > 0;
}

/** Where all that fits stands, in the order of lists. Thousands of names are looked up some at a time. */
export async function findPlaces(
  filter: RecordingFilter,
  store: Pick<RecordingStore, 'listPlaces'>,
): Promise<readonly RecordingPlace[]> {
  let found: ReadonlyMap<string, RecordingPlace> | undefined;
  const rows = narrowed(filter);
  for (const portions of rows) {
    const fitting = new Map<string, RecordingPlace>();
    for (const portion of portions) {
      if (portions.length > 1 || rows.length > 1) await setImmediate();
      for (const place of await store.listPlaces(portion)) {
        const key = `${place.serverId} ${place.recordId}`;
        if (found === undefined || found.has(key)) fitting.set(key, place);
      }
    }
    found = fitting;
  }
  return [...(found?.values() ?? [])].sort(newestFirst);
}

/**
 * Rows of filters: what fits the filter fits one of each row. Each long list of names has a row, each filter of it some of the
 * names; what is short stands in all of them.
 */
function narrowed(filter: RecordingFilter): readonly (readonly RecordingFilter[])[] {
  const { recordIds = [], meetingIds = [], metadata = new Map<string, readonly string[]>() } = filter;
  const [firstKeys = [], ...otherKeys] = portionsOf(
    [...metadata].filter(([, values]) => !isLong(values)),
    KEYS_AT_ONCE,
  );
  const short: RecordingFilter = {
    ...filter,
    ...(isLong(recordIds) && { recordIds: undefined }),
    ...(isLong(meetingIds) && { meetingIds: undefined }),
    metadata: new Map(firstKeys),
  };
  const long = [
    namesOf(recordIds).map((some) => ({ ...short, recordIds: some })),
    namesOf(meetingIds).map((some) => ({ ...short, meetingIds: some })),
    ...[...metadata].map(([key, values]) =>
      namesOf(values).map((some) => ({ ...short, metadata: new Map(short.metadata).set(key, some) })),
    ),
  ].filter((row) => row.length > 0);
  const keys = otherKeys.map((some) => [{ ...short, metadata: new Map(some) }]);
  return long.length > 0 ? [...long, ...keys] : [[short], ...keys];
}

function isLong(names: readonly string[]): boolean {
  return names.length > NAMES_AT_ONCE;
}

/** Of a long list; a short one has none. */
function namesOf(names: readonly string[]): readonly (readonly string[])[] {
  return isLong(names) ? portionsOf(names, NAMES_AT_ONCE) : [];
}

function portionsOf<Item>(items: readonly Item[], size: number): readonly (readonly Item[])[] {
  return Array.from({ length: Math.ceil(items.length / size) }, (_, at) =>
    items.slice(at * size, (at + 1) * size),
  );
}

function newestFirst(a: RecordingPlace, b: RecordingPlace): number {
  return b.startTime - a.startTime || inOrder(b.recordId, a.recordId) || inOrder(b.serverId, a.serverId);
}

function inOrder(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0;
}
