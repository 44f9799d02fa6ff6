import { setImmediate } from 'node:timers/promises';
import type { Kysely, Transaction } from 'kysely';
import type { IndexedRecording, ListedRecording, RecordingStore } from '../recordings/recording-index.js';
import { portionsOf } from './portions.js';
import { listKeys } from './recording-keys.js';
import { filteredRecordings } from './recording-query.js';
import type { RecordingRow } from './recording-rows.js';
import { createRecordingSaver } from './recording-saver.js';
import type { Database } from './schema.js';

/** Record IDs in one query: about 10 ms with what is known of them, and then whoever waits for the process has a turn. */
const IDS_AT_ONCE = 100;

/** Entries removed in one transaction: the same of them with their metadata. */
const REMOVED_AT_ONCE = 25;

/** The index of recordings. */
export function createRecordingTable(db: Kysely<Database>): RecordingStore {
  return {
    saveRecordings: createRecordingSaver(db),
    removeRecordings: (serverId, recordIds, readFrom) => remove(db, { serverId, recordIds, readFrom }),
    async keepServers(serverIds) {
      const others = await db
        .selectFrom('recordings')
        .select('server_id')
        .distinct()
        .where('server_id', 'not in', ['', ...serverIds])
        .execute();
      let count = 0;
      for (const { server_id: serverId } of others) {
        for (;;) {
          const recordIds = await recordIdsOf(db, serverId, '', IDS_AT_ONCE);
          if (recordIds.length === 0) break;
          count += await remove(db, { serverId, recordIds, readFrom: undefined });
        }
      }
      return count;
    },
    async findRecordings(recordIds) {
      return await inPortions(recordIds, async (portion) => {
        const rows = await db
          .selectFrom('recordings')
          .selectAll()
          .where('record_id', 'in', portion)
          .orderBy('record_id')
          .orderBy('server_id')
          .execute();
        return withMetadata(db, rows);
      });
    },
    async findBreakouts(parentIds) {
      return await inPortions(parentIds, async (portion) => {
        const rows = await db
          .selectFrom('recordings')
          .selectAll()
          .where('parent_id', 'in', portion)
          .execute();
        return withMetadata(db, rows);
      });
    },
    async countRecordings(filter) {
      const row = await filteredRecordings(db, filter)
        .select(({ fn }) => fn.countAll().as('count'))
        .executeTakeFirst();
      return Number(row?.count ?? 0);
    },
    listKeys: (names, page) => listKeys(db, names, page),
    async listPlaces(filter) {
      const rows = await filteredRecordings(db, filter)
        .select(['record_id', 'server_id', 'start_time'])
        .execute();
      return rows.map((row) => ({
        recordId: row.record_id,
        serverId: row.server_id,
        startTime: row.start_time,
      }));
    },
    async listRecordings(filter, { limit, offset = 0, after }) {
      let query = filteredRecordings(db, filter);
      if (after !== undefined) {
        query = query.where((is) =>
          is(
            is.refTuple('start_time', 'record_id', 'server_id'),
            '<',
            is.tuple(after.startTime, after.recordId, after.serverId),
          ),
        );
      }
      const rows = await query
        .selectAll()
        .orderBy('start_time', 'desc')
        .orderBy('record_id', 'desc')
        .orderBy('server_id', 'desc')
        .limit(limit)
        .offset(offset)
        .execute();
      return rows.map(toListed);
    },
    async knownRecordings(serverId, recordIds) {
      return await inPortions(recordIds, async (portion) => {
        const rows = await db
          .selectFrom('recordings')
          .select(['record_id', 'digest', 'read_at'])
          .where('server_id', '=', serverId)
          .where('record_id', 'in', portion)
          .execute();
        return rows.map((row) => ({ recordId: row.record_id, digest: row.digest, readAt: row.read_at }));
      });
    },
    recordIdsOf: (serverId, after, limit) => recordIdsOf(db, serverId, after, limit),
  };
}

async function recordIdsOf(
  db: Kysely<Database>,
  serverId: string,
  after: string,
  limit: number,
): Promise<readonly string[]> {
  const rows = await db
    .selectFrom('recordings')
    .select('record_id')
    .where('server_id', '=', serverId)
    .where('record_id', '>', after)
    .orderBy('record_id')
    .limit(limit)
    .execute();
  return rows.map((row) => row.record_id);
}

interface RemovedRecordings {
  readonly serverId: string;
  readonly recordIds: readonly string[];
  readonly readFrom: number | undefined;
}

/** In portions, each of them with its metadata; gives how many have gone. */
async function remove(
  db: Kysely<Database>,
  { serverId, recordIds, readFrom }: RemovedRecordings,
): Promise<number> {
  let count = 0;
  for (const portion of portionsOf(recordIds, REMOVED_AT_ONCE)) {
    count += await db.transaction().execute(async (transaction) => {
      let gone = transaction
        .deleteFrom('recordings')
        .where('server_id', '=', serverId)
        .where('record_id', 'in', portion);
      if (readFrom !== undefined) gone = gone.where('read_at', '<', readFrom);
      const { numDeletedRows } = await gone.executeTakeFirst();
      if (numDeletedRows > 0n) await removeStrayMetadata(transaction, serverId, portion);
      return Number(numDeletedRows);
    });
    await setImmediate();
  }
  return count;
}

/** Metadata of entries that have gone. */
async function removeStrayMetadata(
  transaction: Transaction<Database>,
  serverId: string,
  recordIds: readonly string[],
): Promise<void> {
  const left = transaction
    .selectFrom('recordings')
    .select('record_id')
    .where('server_id', '=', serverId)
    .where('record_id', 'in', recordIds);
  await transaction
    .deleteFrom('recording_metadata')
    .where('server_id', '=', serverId)
    .where('record_id', 'in', recordIds)
    .where('record_id', 'not in', left)
    .execute();
}

async function withMetadata(
  db: Kysely<Database>,
  rows: readonly RecordingRow[],
): Promise<readonly IndexedRecording[]> {
  if (rows.length === 0) return [];
  const found = await db
    .selectFrom('recording_metadata')
    .select(['record_id', 'server_id', 'key', 'value'])
    .where('record_id', 'in', [...new Set(rows.map((row) => row.record_id))])
    .orderBy('key')
    .execute();
  const byEntry = new Map<string, Map<string, string>>();
  for (const { record_id, server_id, key, value } of found) {
    const entry = `${server_id} ${record_id}`;
    const metadata = byEntry.get(entry) ?? new Map<string, string>();
    byEntry.set(entry, metadata.set(key, value));
  }
  return rows.map((row) => toRecording(row, byEntry.get(`${row.server_id} ${row.record_id}`) ?? new Map()));
}

async function inPortions<Item>(
  ids: readonly string[],
  read: (portion: readonly string[]) => Promise<readonly Item[]>,
): Promise<readonly Item[]> {
  const items: Item[] = [];
  for (const [at, portion] of [...portionsOf([...new Set(ids)], IDS_AT_ONCE)].entries()) {
    if (at > 0) await setImmediate();
    items.push(...(await read(portion)));
  }
  return items;
}

function toRecording(row: RecordingRow, metadata: ReadonlyMap<string, string>): IndexedRecording {
  return { ...toListed(row), metadata };
}

function toListed(row: RecordingRow): ListedRecording {
  return {
    recordId: row.record_id,
    serverId: row.server_id,
    tenantId: row.tenant_id,
    meetingId: row.meeting_id,
    parentId: row.parent_id ?? undefined,
    state: row.state,
    startTime: row.start_time,
    endTime: row.end_time,
    xml: row.xml,
    digest: row.digest,
    readAt: row.read_at,
  };
}
