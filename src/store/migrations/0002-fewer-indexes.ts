import type { Kysely, Migration } from 'kysely';

/**
 * Takes away two indexes that no query uses: claims are looked for by server and scoped ID in memory only. Each commit of
 * a create wrote their pages as well.
 */
export const fewerIndexes: Migration = {
  async up(db: Kysely<unknown>): Promise<void> {
    await db.schema.dropIndex('meetings_by_server').execute();
    await db.schema.dropIndex('meetings_by_scoped_id').execute();
  },
};
