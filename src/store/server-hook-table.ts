import type { Kysely } from 'kysely';
import type { ServerHookStore } from '../callbacks/hooks/hook.js';
import type { Database } from './schema.js';

/** Ballast's own hooks on the servers, one a server. */
export function createServerHookTable(db: Kysely<Database>): ServerHookStore {
  return {
    async listServerHooks() {
      const rows = await db.selectFrom('server_hooks').selectAll().orderBy('server_id').execute();
      return rows.map(({ server_id: serverId, token, callback_url: callbackUrl, hook_id: hookId }) => ({
        serverId,
        token,
        registered: callbackUrl === null || hookId === null ? undefined : { callbackUrl, hookId },
      }));
    },
    async saveServerHook({ serverId, token, registered }) {
      const values = {
        token,
        callback_url: registered?.callbackUrl ?? null,
        hook_id: registered?.hookId ?? null,
      };
      await db
        .insertInto('server_hooks')
        .values({ server_id: serverId, ...values })
        .onConflict((conflict) => conflict.column('server_id').doUpdateSet(values))
        .execute();
    },
    async removeServerHook(serverId) {
      await db.deleteFrom('server_hooks').where('server_id', '=', serverId).execute();
    },
  };
}
