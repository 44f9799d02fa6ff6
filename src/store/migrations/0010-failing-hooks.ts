import type { Kysely, Migration } from 'kysely';

/** Since when a hook takes no events: the day after which it is removed goes on over a restart. */
export const failingHooks: Migration = {
  async up(db: Kysely<unknown>): Promise<void> {
    for (const column of ['failing_since', 'failing_at'] as const) {
      await db.schema.alterTable('hooks').addColumn(column, 'bigint').execute();
    }
    await db.schema.alterTable('hooks').addColumn('failing_count', 'integer').execute();
  },
};
