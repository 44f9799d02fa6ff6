import type { Kysely, Migration } from 'kysely';

/** Each tenant may have a placement policy of its own. */
export const tenantPolicy: Migration = {
  async up(db: Kysely<unknown>): Promise<void> {
    await db.schema.alterTable('tenants').addColumn('policy', 'text').execute();
  },
};
