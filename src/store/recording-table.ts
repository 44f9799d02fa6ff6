import { setImmediate } from 'node:timers/promises';
import type { Kysely, Selectable, Transaction } from 'kysely';
import type { IndexedRecording, ListedRecording, RecordingStore } from '../recordings/recording-index.js';
import { filteredRecordings, valueDigest } from './recording-query.js';
import { reusableQuery } from './reusable-query.js';
import type { Database } from './schema.js';

type RecordingRow = Selectable<Database['recordings']>;

/** Entries written in one transaction: about 5 ms, and then whoever waits for the process has a turn. */
const WRITTEN_AT_ONCE = 8;

/** Record IDs in one query: far below what either database takes. */
const IDS_AT_ONCE = 500;

/** The index of recordings. */
export function createRecordingTable(db: Kysely<Database>): RecordingStore {
  const queries = compileQueries(db);
  let turn: Promise<unknown> = Promise.resolve();
  /** Walks of many servers write at once: no more than one portion before others have a turn. */
  const inTurn = async (write: () => Promise<void>): Promise<void> => {
    const written = turn.then(write);
    turn = written.then(() => setImmediate()).catch(() => undefined);
    await written;
  };
  return {
    async saveRecordings(recordings) {
      for (const portion of portionsOf(recordings, WRITTEN_AT_ONCE)) {
        await inTurn(() =>
          db.transaction().execute(async (transaction) => {
            for (const recording of portion) await save(transaction, queries, recording);
          }),
        );
      }
    },
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

type Queries = ReturnType<typeof compileQueries>;

/** What a walk through a large server runs ten thousand times. */
function compileQueries(db: Kysely<Database>) {
  const anyRow = toRow({
    ...{ recordId: '', serverId: '', tenantId: '', meetingId: '', parentId: undefined, state: '' },
    ...{ startTime: 0, endTime: 0, metadata: new Map(), xml: Buffer.alloc(0), digest: '', readAt: 0 },
  });
  const { record_id, server_id, ...rest } = anyRow;
  return {
    upsert: reusableQuery(
      db
        .insertInto('recordings')
        .values({ record_id, server_id, ...rest })
        .onConflict((conflict) =>
          conflict
            .columns(['record_id', 'server_id'])
            .doUpdateSet((excluded) => ({
              tenant_id: excluded.ref('excluded.tenant_id'),
              meeting_id: excluded.ref('excluded.meeting_id'),
              parent_id: excluded.ref('excluded.parent_id'),
              state: excluded.ref('excluded.state'),
              start_time: excluded.ref('excluded.start_time'),
              end_time: excluded.ref('excluded.end_time'),
              digest: excluded.ref('excluded.digest'),
              read_at: excluded.ref('excluded.read_at'),
              xml: excluded.ref('excluded.xml'),
            }))
            .whereRef('recordings.read_at', '<=', 'excluded.read_at'),
        )
        .compile(),
    ),
    removeMetadata: reusableQuery(
      db
        .deleteFrom('recording_metadata')
        .where('record_id', '=', record_id)
        .where('server_id', '=', server_id)
        .compile(),
    ),
  };
}

async function save(
  transaction: Transaction<Database>,
  queries: Queries,
  recording: IndexedRecording,
): Promise<void> {
  const { recordId, serverId, metadata } = recording;
  const { numAffectedRows } = await transaction.executeQuery(queries.upsert(Object.values(toRow(recording))));
  if (numAffectedRows !== 1n) return;
  await transaction.executeQuery(queries.removeMetadata([recordId, serverId]));
  if (metadata.size === 0) return;
  const rows = [...metadata].map(([key, value]) => ({
    ...{ record_id: recordId, server_id: serverId, key, value },
    value_digest: valueDigest(value),
  }));
  await transaction.insertInto('recording_metadata').values(rows).execute();
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

function* portionsOf<Item>(items: readonly Item[], size: number): Generator<readonly Item[]> {
  for (let at = 0; at < items.length; at += size) yield items.slice(at, at + size);
}

function toRow(recording: IndexedRecording): RecordingRow {
  return {
    record_id: recording.recordId,
    server_id: recording.serverId,
    tenant_id: recording.tenantId,
    meeting_id: recording.meetingId,
    parent_id: recording.parentId ?? null,
    state: recording.state,
    start_time: recording.startTime,
    end_time: recording.endTime,
    digest: recording.digest,
    read_at: recording.readAt,
    xml: recording.xml,
  };
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
