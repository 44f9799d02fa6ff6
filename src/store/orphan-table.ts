import type { MeetingStore } from '../meetings/meeting.js';
import type { WriteBatches } from './write-batches.js';

/** Orphans, listed oldest first. */
export function createOrphanTable(
  batches: WriteBatches,
): Pick<MeetingStore, 'listOrphans' | 'noteOrphan' | 'removeOrphan'> {
  return {
    async listOrphans() {
      const rows = await batches.run(
        async (transaction) =>
          await transaction
            .selectFrom('orphans')
            .selectAll()
            .orderBy('noted_at')
            .orderBy('server_id')
            .orderBy('scoped_id')
            .execute(),
      );
      return rows.map((row) => ({
        serverId: row.server_id,
        scopedId: row.scoped_id,
        notedAt: row.noted_at,
        cause: row.cause,
      }));
    },
    async noteOrphan(orphan) {
      const note = { noted_at: orphan.notedAt, cause: orphan.cause };
      await batches.run(
        async (transaction) =>
          await transaction
            .insertInto('orphans')
            .values({ server_id: orphan.serverId, scoped_id: orphan.scopedId, ...note })
            .onConflict((conflict) => conflict.columns(['server_id', 'scoped_id']).doUpdateSet(note))
            .execute(),
      );
    },
    async removeOrphan(serverId, scopedId) {
      await batches.run(
        async (transaction) =>
          await transaction
            .deleteFrom('orphans')
            .where('server_id', '=', serverId)
            .where('scoped_id', '=', scopedId)
            .execute(),
      );
    },
  };
}
