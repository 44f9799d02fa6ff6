import type { Kysely, Migration } from 'kysely';

/** The tenants' hooks, and Ballast's own hook on each server. */
export const hooks: Migration = {
  async up(db: Kysely<unknown>): Promise<void> {
    await db.schema
      .createTable('hooks')
      .addColumn('tenant_id', 'text', (column) => column.notNull())
      .addColumn('id', 'integer', (column) => column.notNull())
      .addColumn('callback_url', 'text', (column) => column.notNull())
      .addColumn('meeting_id', 'text')
      .addColumn('event_ids', 'text', (column) => column.notNull())
      .addColumn('created_at', 'bigint', (column) => column.notNull())
      .addPrimaryKeyConstraint('hooks_key', ['tenant_id', 'id'])
      .execute();
    await db.schema
      .createTable('server_hooks')
      .addColumn('server_id', 'text', (column) => column.notNull().primaryKey())
      .addColumn('token', 'text', (column) => column.notNull())
      .addColumn('callback_url', 'text')
      .addColumn('hook_id', 'text')
      .execute();
  },
};
