import { setImmediate } from 'node:timers/promises';
import type { RecordingFilter, RecordingPlace, RecordingStore } from './recording-index.js';

/** Names in one query: some milliseconds where each stands for a hundred recordings. Whoever waits for the process has a turn then. */
const NAMES_AT_ONCE = 25;

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
  for (const portions of narrowed(filter)) {
    const fitting = new Map<string, RecordingPlace>();
    for (const portion of portions) {
      if (portions.length > 1) await setImmediate();
      for (const place of await store.listPlaces(portion)) {
        const key = `${place.serverId} ${place.recordId}`;
        if (found === undefined || found.has(key)) fitting.set(key, place);
      }
    }
    found = fitting;
  }
  return [...(found?.values() ?? [])].sort(newestFirst);
}

/** For each long list of names a row of filters, each with some of them; what fits all lists fits one filter of each row. */
function narrowed(filter: RecordingFilter): readonly (readonly RecordingFilter[])[] {
  const { recordIds = [], meetingIds = [], metadata = new Map<string, readonly string[]>() } = filter;
  const short: RecordingFilter = {
    ...filter,
    ...(isLong(recordIds) && { recordIds: undefined }),
    ...(isLong(meetingIds) && { meetingIds: undefined }),
    metadata: new Map([...metadata].filter(([, values]) => !isLong(values))),
  };
  const rows = [
    portionsOf(recordIds).map((some) => ({ ...short, recordIds: some })),
    portionsOf(meetingIds).map((some) => ({ ...short, meetingIds: some })),
    ...[...metadata].map(([key, values]) =>
      portionsOf(values).map((some) => ({ ...short, metadata: new Map(short.metadata).set(key, some) })),
    ),
  ].filter((row) => row.length > 0);
  return rows.length > 0 ? rows : [[filter]];
}

function isLong(names: readonly string[]): boolean {
  return names.length > NAMES_AT_ONCE;
}

/** Of a long list; a short one has none. */
function portionsOf(names: readonly string[]): readonly (readonly string[])[] {
  if (!isLong(names)) return [];
  return Array.from({ length: Math.ceil(names.length / NAMES_AT_ONCE) }, (_, at) =>
    names.slice(at * NAMES_AT_ONCE, (at + 1) * NAMES_AT_ONCE),
  );
}

function newestFirst(a: RecordingPlace, b: RecordingPlace): number {
  return b.startTime - a.startTime || inOrder(b.recordId, a.recordId) || inOrder(b.serverId, a.serverId);
}

function inOrder(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0;
}
