import type { Kysely, Selectable } from 'kysely';
import type { PendingChange, RecordingChangeStore } from '../recordings/pending-change.js';
import type { Database } from './schema.js';

/** Changes of recordings that their holders have yet to be told. */
export function createRecordingChangeTable(db: Kysely<Database>): RecordingChangeStore {
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
      await db.transaction().execute(async (transaction) => {
        for (const { recordId, serverId, call } of gone) {
          await transaction
            .deleteFrom('recording_changes')
            .where('record_id', '=', recordId)
            .where('server_id', '=', serverId)
            .where('call', '=', call)
            .execute();
        }
        for (const change of changes) {
          const { record_id, server_id, call, ...rest } = toRow(change);
          await transaction
            .insertInto('recording_changes')
            .values({ record_id, server_id, call, ...rest })
            .onConflict((conflict) => conflict.columns(['record_id', 'server_id', 'call']).doUpdateSet(rest))
            .execute();
        }
      });
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
