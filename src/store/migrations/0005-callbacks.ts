import type { Kysely, Migration } from 'kysely';

async function createCallbacks(db: Kysely<unknown>): Promise<void> {
  await db.schema
    .createTable('callbacks')
    .addColumn('id', 'text', (column) => column.notNull().primaryKey())
    .addColumn('kind', 'text', (column) => column.notNull())
    .addColumn('key', 'text', (column) => column.notNull())
    .addColumn('digest', 'text', (column) => column.notNull())
    .addColumn('tenant_id', 'text', (column) => column.notNull())
    .addColumn('meeting_id', 'text')
    .addColumn('target', 'text', (column) => column.notNull())
    .addColumn('origin', 'text', (column) => column.notNull())
    .addColumn('lane', 'text')
    .addColumn('content', 'text', (column) => column.notNull())
    .addColumn('state', 'text', (column) => column.notNull())
    .addColumn('is_ready', 'integer', (column) => column.notNull())
    .addColumn('attempts', 'integer', (column) => column.notNull())
    .addColumn('created_at', 'bigint', (column) => column.notNull())
    .addColumn('due_at', 'bigint', (column) => column.notNull())
    .addColumn('expires_at', 'bigint', (column) => column.notNull())
    .addColumn('ended_at', 'bigint')
    .addColumn('last_failure', 'text')
    .addColumn('outcome', 'text')
    .addUniqueConstraint('callbacks_key', ['kind', 'key'])
    .execute();
  await db.schema
    .createIndex('callbacks_due')
    .on('callbacks')
    .columns(['is_ready', 'origin', 'due_at', 'id'])
    .execute();
  await db.schema.createIndex('callbacks_by_lane').on('callbacks').columns(['lane', 'state', 'id']).execute();
  await db.schema.createIndex('callbacks_by_state').on('callbacks').columns(['state', 'id']).execute();
  await db.schema
    .createIndex('callbacks_by_end')
    .on('callbacks')
    .columns(['state', 'kind', 'ended_at'])
    .execute();
}

/** The outbox of callbacks, and the keys that Ballast makes for itself. */
export const callbackTables: Migration = {
  async up(db: Kysely<unknown>): Promise<void> {
    await createCallbacks(db);
    await db.schema
      .createTable('keys')
      .addColumn('name', 'text', (column) => column.notNull().primaryKey())
      .addColumn('value', 'text', (column) => column.notNull())
      .execute();
  },
};
