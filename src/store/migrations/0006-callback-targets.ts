import type { Kysely, Migration } from 'kysely';

/** Where front ends want to be called about their meetings. */
export const callbackTargets: Migration = {
  async up(db: Kysely<unknown>): Promise<void> {
    await db.schema
      .createTable('callback_targets')
      .addColumn('id', 'text', (column) => column.notNull().primaryKey())
      .addColumn('tenant_id', 'text', (column) => column.notNull())
      .addColumn('meeting_id', 'text', (column) => column.notNull())
      .addColumn('urls', 'text', (column) => column.notNull())
      .addColumn('created_at', 'bigint', (column) => column.notNull())
      .addColumn('session', 'integer', (column) => column.notNull())
      .addColumn('internal_meeting_ids', 'text', (column) => column.notNull())
      .addColumn('ended_at', 'bigint')
      .addColumn('told_at', 'bigint')
      .addColumn('is_recorded', 'integer', (column) => column.notNull())
      .addColumn('recorded_on', 'text', (column) => column.notNull())
      .execute();
    await db.schema
      .createIndex('callback_targets_told')
      .on('callback_targets')
      .columns(['told_at', 'is_recorded'])
      .execute();
  },
};
