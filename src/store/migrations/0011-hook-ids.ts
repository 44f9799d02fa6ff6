import { type Kysely, type Migration, sql } from 'kysely';

/** The greatest hook ID that a tenant was ever given: a destroy that comes late must not meet a hook made since. */
export const hookIds: Migration = {
  async up(db: Kysely<unknown>): Promise<void> {
    await db.schema
      .createTable('hook_ids')
      .addColumn('tenant_id', 'text', (column) => column.notNull().primaryKey())
      .addColumn('newest', 'integer', (column) => column.notNull())
      .execute();
    await sql`insert into hook_ids (tenant_id, newest) select tenant_id, max(id) from hooks group by tenant_id`.execute(
      db,
    );
  },
};
