import type { Kysely } from 'kysely';
import type { MeetingStore } from '../meetings/meeting.js';
import type { Database } from './schema.js';

/** Orphans, listed oldest first. */
export function createOrphanTable(
  db: Kysely<Database>,
): Pick<MeetingStore, 'listOrphans' | 'noteOrphan' | 'removeOrphan'> {
  return {
    async listOrphans() {
      const rows = await db
        .selectFrom('orphans')
        .selectAll()
        .orderBy('noted_at')
        .orderBy('server_id')
        .orderBy('scoped_id')
        .execute();
      return rows.map((row) => ({
        serverId: row.server_id,
        scopedId: row.scoped_id,
        notedAt: row.noted_at,
        cause: row.cause,
      }));
    },
    async noteOrphan(orphan) {
      const note = { noted_at: orphan.notedAt, cause: orphan.cause };
      await db
        .insertInto('orphans')
        .values({ server_id: orphan.serverId, scoped_id: orphan.scopedId, ...note })
        .onConflict((conflict) => conflict.columns(['server_id', 'scoped_id']).doUpdateSet(note))
        .execute();
    },
    async removeOrphan(serverId, scopedId) {
      await db
        .deleteFrom('orphans')
        .where('server_id', '=', serverId)
        .where('scoped_id', '=', scopedId)
        .execute();
    },
  };
}
