import { setImmediate } from 'node:timers/promises';
import type {
  RecordingFilter,
  RecordingKey,
  RecordingNames,
  RecordingPlace,
  RecordingStore,
} from './recording-index.js';

type Places = Pick<RecordingStore, 'listKeys' | 'listPlaces'>;

/** Names in one query, where few have each. Whoever waits for the process has a turn then. */
const NAMES_AT_ONCE = 50;

/** Entries that one query gives at most, where thousands have a name: some milliseconds. */
const KEYS_AT_ONCE = 500;

/** Values of metadata that are compared with what an entry has; more are looked up. */
const MOST_COMPARED = 25;

/** Keys of metadata in one query: SQLite joins no more than a thousand terms, and takes its time over hundreds. */
const METADATA_AT_ONCE = 20;

/** Whether a filter names recordings, meetings or metadata; else it lets whole tenants or servers through. */
export function hasNames({ recordIds, meetingIds, metadata }: RecordingFilter): boolean {
  return recordIds !== undefined || meetingIds !== undefined || (metadata?.size ?? 0) > 0;
}

/** Where all that fits stands, in the order of lists; at least one name must be in the filter. Looked up some at a time. */
export async function findPlaces(filter: RecordingFilter, store: Places): Promise<readonly RecordingPlace[]> {
  const rest = { ...filter, recordIds: undefined, meetingIds: undefined, metadata: undefined };
  const { soughtFirst, others, compared } = await divided(filter, store);
  let keys = await keysOf(soughtFirst, store);
  for (const names of others) {
    const having = await keysOf(names, store);
    keys = new Map([...keys].filter(([text]) => having.has(text)));
  }
  const all = [...keys.values()];
  const found: RecordingPlace[] = [];
  for (let at = 0; at < all.length; at += KEYS_AT_ONCE) {
    found.push(...(await fittingOf(all.slice(at, at + KEYS_AT_ONCE), rest, compared, store)));
  }
  return found.sort(newestFirst);
}

type Metadata = readonly (readonly [string, readonly string[]])[];

interface Divided {
  readonly soughtFirst: RecordingNames;
  readonly others: readonly RecordingNames[];
  readonly compared: Metadata;
}

/** What is looked up: IDs and long lists, else the metadata that the fewest have. The other metadata of what is found is compared. */
async function divided(
  { tenantId, recordIds, meetingIds, metadata = new Map() }: RecordingFilter,
  store: Places,
): Promise<Divided> {
  const isLong = ([, values]: Metadata[number]): boolean => values.length > MOST_COMPARED;
  const all: Metadata = [...metadata];
  const [soughtFirst, ...others]: readonly RecordingNames[] = [
    ...(recordIds === undefined ? [] : [{ kind: 'recordId', values: recordIds } as const]),
    ...(meetingIds === undefined ? [] : [{ kind: 'meetingId', tenantId, values: meetingIds } as const]),
    ...all.filter(isLong).map(ofMetadata),
  ];
  const short = all.filter((one) => !isLong(one));
  if (soughtFirst !== undefined) return { soughtFirst, others, compared: short };
  const rarest = await rarestOf(short, store);
  return {
    soughtFirst: ofMetadata(rarest),
    others: [],
    compared: short.filter((one) => one !== rarest),
  };
}

/** One that few have, if there is one among the first. */
async function rarestOf(short: Metadata, store: Places): Promise<Metadata[number]> {
  const [first, ...others] = short;
  if (first === undefined) throw new Error('a search for places without a name');
  if (others.length === 0) return first;
  for (const one of short.slice(0, METADATA_AT_ONCE)) {
    const keys = await store.listKeys(ofMetadata(one), { limit: KEYS_AT_ONCE });
    if (keys.length < KEYS_AT_ONCE) return one;
    await setImmediate();
  }
  return first;
}

function ofMetadata([key, values]: Metadata[number]): RecordingNames {
  return { kind: 'metadata', key, values };
}

async function keysOf(names: RecordingNames, store: Places): Promise<ReadonlyMap<string, RecordingKey>> {
  const keys = new Map<string, RecordingKey>();
  for (let at = 0; at < names.values.length; at += NAMES_AT_ONCE) {
    const some = { ...names, values: names.values.slice(at, at + NAMES_AT_ONCE) };
    for await (const page of pagesOf(some, store)) {
      for (const key of page) keys.set(`${key.serverId} ${key.recordId}`, key);
      await setImmediate();
    }
  }
  return keys;
}

/** Where many have one of the names, by halves; where many have a single one, page by page. */
async function* pagesOf(
  names: RecordingNames,
  store: Places,
): AsyncGenerator<readonly RecordingKey[], void, void> {
  const limit = KEYS_AT_ONCE;
  let keys = await store.listKeys(names, { limit });
  const isWhole = keys.length < limit;
  if (isWhole || names.values.length === 1) yield keys;
  if (isWhole) return;
  if (names.values.length === 1) {
    while (keys.length === limit) {
      keys = await store.listKeys(names, { limit, after: keys.at(-1) });
      yield keys;
    }
    return;
  }
  await setImmediate();
  const middle = Math.ceil(names.values.length / 2);
  yield* pagesOf({ ...names, values: names.values.slice(0, middle) }, store);
  yield* pagesOf({ ...names, values: names.values.slice(middle) }, store);
}

async function fittingOf(
  keys: readonly RecordingKey[],
  rest: RecordingFilter,
  compared: Metadata,
  store: Places,
): Promise<readonly RecordingPlace[]> {
  const portionOf = async (
    places: readonly RecordingKey[],
    at: number,
  ): Promise<readonly RecordingPlace[]> => {
    const metadata = new Map(compared.slice(at, at + METADATA_AT_ONCE));
    const found = await store.listPlaces({ ...rest, places, metadata });
    await setImmediate();
    const next = at + METADATA_AT_ONCE;
    return next < compared.length && found.length > 0 ? portionOf(found, next) : found;
  };
  return portionOf(keys, 0);
}

function newestFirst(a: RecordingPlace, b: RecordingPlace): number {
  return b.startTime - a.startTime || inOrder(b.recordId, a.recordId) || inOrder(b.serverId, a.serverId);
}

function inOrder(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0;
}
