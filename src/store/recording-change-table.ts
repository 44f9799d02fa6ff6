import { setImmediate } from 'node:timers/promises';
import type { CompiledQuery, Kysely, Selectable } from 'kysely';
import type { PendingChange, RecordingChangeStore } from '../recordings/pending-change.js';
import { portionsOf } from './portions.js';
import { reusableQuery } from './reusable-query.js';
import type { Database } from './schema.js';

/** Recordings whose rows are written in one transaction, of the thousands that one call may change: some milliseconds. */
const WRITTEN_AT_ONCE = 100;

/** Changes of recordings that their holders have yet to be told. */
export function createRecordingChangeTable(db: Kysely<Database>): RecordingChangeStore {
  const queries = compileQueries(db);
  return {
    async listChanges() {
      const rows = await db
        .selectFrom('recording_changes')
        .selectAll()
        .orderBy('asked_at')
        .orderBy('record_id')
        .execute();
      return rows.map(toChange);
    },
    async findChanges(serverId, recordIds) {
      const rows = await db
        .selectFrom('recording_changes')
        .selectAll()
        .where('server_id', '=', serverId)
        .where('record_id', 'in', recordIds)
        .execute();
      return rows.map(toChange);
    },
    async replaceChanges(gone, changes) {
      const writes = new Map<string, CompiledQuery[]>();
      const add = ({ serverId, recordId }: PendingChange, write: CompiledQuery): void => {
        const key = `${serverId} ${recordId}`;
        writes.set(key, [...(writes.get(key) ?? []), write]);
      };
      for (const change of gone) add(change, queries.remove([change.recordId, change.serverId, change.call]));
      for (const change of changes) add(change, queries.upsert(Object.values(toRow(change))));
      for (const portion of portionsOf([...writes.values()], WRITTEN_AT_ONCE)) {
        await db.transaction().execute(async (transaction) => {
          for (const write of portion.flat()) await transaction.executeQuery(write);
        });
        // There is one connection: until a transaction ends nobody else reads or writes.
        await setImmediate();
      }
    },
    async keepChangesOf(serverIds) {
      await db
        .deleteFrom('recording_changes')
        .where('server_id', 'not in', ['', ...serverIds])
        .execute();
    },
  };
}

type ChangeRow = Selectable<Database['recording_changes']>;

function compileQueries(db: Kysely<Database>) {
  const { record_id, server_id, call, ...rest } = toRow({
    ...{ recordId: '', serverId: '', call: 'publishRecordings', query: '' },
    ...{ askedAt: 0, attempts: 0, dueAt: 0 },
  });
  return {
    remove: reusableQuery(
      db
        .deleteFrom('recording_changes')
        .where('record_id', '=', record_id)
        .where('server_id', '=', server_id)
        .where('call', '=', call)
        .compile(),
    ),
    upsert: reusableQuery(
      db
        .insertInto('recording_changes')
        .values({ record_id, server_id, call, ...rest })
        .onConflict((conflict) =>
          conflict.columns(['record_id', 'server_id', 'call']).doUpdateSet((excluded) => ({
            query: excluded.ref('excluded.query'),
            asked_at: excluded.ref('excluded.asked_at'),
            attempts: excluded.ref('excluded.attempts'),
            due_at: excluded.ref('excluded.due_at'),
          })),
        )
        .compile(),
    ),
  };
}

function toRow(change: PendingChange): ChangeRow {
  return {
    record_id: change.recordId,
    server_id: change.serverId,
    call: change.call,
    query: change.query,
    asked_at: change.askedAt,
    attempts: change.attempts,
    due_at: change.dueAt,
  };
}

function toChange(row: ChangeRow): PendingChange {
  return {
    recordId: row.record_id,
    serverId: row.server_id,
    call: row.call,
    query: row.query,
    askedAt: row.asked_at,
    attempts: row.attempts,
    dueAt: row.due_at,
  };
}
