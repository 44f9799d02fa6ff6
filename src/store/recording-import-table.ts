import type { Kysely, Selectable } from 'kysely';
import type { ImportJournal, RecordingImport } from '../recordings/archive/recording-import.js';
import { importedRecordings } from './archive-table.js';
import { decodeJson, encodeJson, strings } from './json-text.js';
import type { Database } from './schema.js';

/** The journal of imports. */
export function createRecordingImportTable(db: Kysely<Database>): ImportJournal {
  return {
    async findImport(id) {
      const row = await db
        .selectFrom('recording_imports')
        .selectAll()
        .where('id', '=', id)
        .executeTakeFirst();
      return row && toImport(row);
    },
    async listImports(steps) {
      const rows = await db
        .selectFrom('recording_imports')
        .selectAll()
        .where('step', 'in', [...steps])
        .orderBy('received_at')
        .orderBy('id')
        .execute();
      return rows.map(toImport);
    },
    async saveImport(entry) {
      const rest = {
        name: entry.name,
        size_bytes: entry.sizeBytes,
        step: entry.step,
        reason: entry.reason ?? null,
        found: encodeJson(entry.found),
        missing: encodeJson(entry.missing),
        received_at: entry.receivedAt,
        changed_at: entry.changedAt,
      };
      await db
        .insertInto('recording_imports')
        .values({ id: entry.id, ...rest })
        .onConflict((conflict) => conflict.column('id').doUpdateSet(rest))
        .execute();
    },
    async removeImport(id) {
      await db.deleteFrom('recording_imports').where('id', '=', id).execute();
    },
    async pruneImports(doneBefore) {
      await db
        .deleteFrom('recording_imports')
        .where('step', '=', 'done')
        .where('changed_at', '<', doneBefore)
        .execute();
    },
  };
}

function toImport(row: Selectable<Database['recording_imports']>): RecordingImport {
  return {
    id: row.id,
    name: row.name,
    sizeBytes: row.size_bytes,
    step: row.step,
    reason: row.reason ?? undefined,
    found: decodeJson(importedRecordings, row.found, `import ${row.id}`),
    missing: decodeJson(strings, row.missing, `import ${row.id}`),
    receivedAt: row.received_at,
    changedAt: row.changed_at,
  };
}
