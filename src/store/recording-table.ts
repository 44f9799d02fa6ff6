import { setImmediate } from 'node:timers/promises';
import type { Kysely, Transaction } from 'kysely';
import type { IndexedRecording, ListedRecording, RecordingStore } from '../recordings/recording-index.js';
import { portionsOf } from './portions.js';
import { filteredRecordings } from './recording-query.js';
import type { RecordingRow } from './recording-rows.js';
import { createRecordingSaver } from './recording-saver.js';
import type { Database } from './schema.js';

/** Record IDs in one query: far below what either database takes. */
const IDS_AT_ONCE = 500;

/** The index of recordings. */
export function createRecordingTable(db: Kysely<Database>): RecordingStore {
  return {
    saveRecordings: createRecordingSaver(db),
    async removeRecordings(serverId, recordIds, readFrom) {
      let count = 0;
      for (const portion of portionsOf(recordIds, IDS_AT_ONCE)) {
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
    },
    async keepServers(serverIds) {
      const kept = ['', ...serverIds];
      return await db.transaction().execute(async (transaction) => {
        await transaction.deleteFrom('recording_metadata').where('server_id', 'not in', kept).execute();
        const { numDeletedRows } = await transaction
          .deleteFrom('recordings')
          .where('server_id', 'not in', kept)
          .executeTakeFirst();
        return Number(numDeletedRows);
      });
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
    async recordIdsOf(serverId, after, limit) {
      const rows = await db
        .selectFrom('recordings')
        .select('record_id')
        .where('server_id', '=', serverId)
        .where('record_id', '>', after)
        .orderBy('record_id')
        .limit(limit)
        .execute();
      return rows.map((row) => row.record_id);
    },
  };
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
  for (const portion of portionsOf([...new Set(ids)], IDS_AT_ONCE)) items.push(...(await read(portion)));
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
