import type { Kysely, Migration } from 'kysely';

/** What a failed import holds and was not imported: once that has come, the import is of no use. */
export const missingRecordings: Migration = {
  async up(db: Kysely<unknown>): Promise<void> {
    await db.schema
      .alterTable('recording_imports')
      .addColumn('missing', 'text', (column) => column.notNull().defaultTo('[]'))
      .execute();
  },
};
