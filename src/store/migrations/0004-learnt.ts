import type { Kysely, Migration } from 'kysely';

/** What the balancer has learnt, by name; and which sessions were cut by a server's failure, whose length teaches nothing. */
export const learntValues: Migration = {
  async up(db: Kysely<unknown>): Promise<void> {
    await db.schema
      .createTable('learnt')
      .addColumn('key', 'text', (column) => column.notNull().primaryKey())
      .addColumn('at', 'bigint', (column) => column.notNull())
      .addColumn('value', 'text', (column) => column.notNull())
      .execute();
    await db.schema
      .alterTable('meeting_history')
      .addColumn('was_moved', 'integer', (column) => column.notNull().defaultTo(0))
      .execute();
  },
};
