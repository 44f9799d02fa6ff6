import type { Kysely } from 'kysely';
import type { RecordingWalkStore } from '../recordings/recording-walks.js';
import type { Database } from './schema.js';

/** The walks that came to their end, one row a server. */
export function createRecordingWalkTable(db: Kysely<Database>): RecordingWalkStore {
  return {
    async listWalks() {
      const rows = await db.selectFrom('recording_walks').selectAll().orderBy('server_id').execute();
      return rows.map((row) => ({
        serverId: row.server_id,
        walkedAt: row.walked_at,
        order: row.list_order,
        listed: row.listed,
      }));
    },
    async saveWalk({ serverId, walkedAt, order, listed }) {
      const rest = { walked_at: walkedAt, list_order: order, listed };
      await db
        .insertInto('recording_walks')
        .values({ server_id: serverId, ...rest })
        .onConflict((conflict) => conflict.column('server_id').doUpdateSet(rest))
        .execute();
    },
    async removeWalk(serverId) {
      await db.deleteFrom('recording_walks').where('server_id', '=', serverId).execute();
    },
  };
}
