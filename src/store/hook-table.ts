import type { Kysely } from 'kysely';
import type { FailingHookStore, HookStore } from '../callbacks/hooks/hook.js';
import { decodeJson, encodeJson, strings } from './json-text.js';
import type { Database } from './schema.js';

/** The tenants' hooks; IDs count up within a tenant and are never given again. */
export function createHookTable(db: Kysely<Database>): HookStore & FailingHookStore {
  return {
    async listHooks() {
      const rows = await db.selectFrom('hooks').selectAll().orderBy('tenant_id').orderBy('id').execute();
      return rows.map((row) => ({
        tenantId: row.tenant_id,
        id: row.id,
        callbackUrl: row.callback_url,
        meetingId: row.meeting_id ?? undefined,
        eventIds: decodeJson(strings, row.event_ids, `hook ${row.id} of tenant ${row.tenant_id}`),
        createdAt: row.created_at,
      }));
    },
    async addHook(hook) {
      const id = await db.transaction().execute(async (transaction) => {
        const { newest: next } = await transaction
          .insertInto('hook_ids')
          .values({ tenant_id: hook.tenantId, newest: 1 })
          .onConflict((conflict) =>
            conflict.column('tenant_id').doUpdateSet(({ eb }) => ({ newest: eb('hook_ids.newest', '+', 1) })),
          )
          .returning('newest')
          .executeTakeFirstOrThrow();
        await transaction
          .insertInto('hooks')
          .values({
            tenant_id: hook.tenantId,
            id: next,
            callback_url: hook.callbackUrl,
            meeting_id: hook.meetingId ?? null,
            event_ids: encodeJson(hook.eventIds),
            created_at: hook.createdAt,
            ...{ failing_since: null, failing_at: null, failing_count: null },
          })
          .execute();
        return next;
      });
      return { ...hook, id };
    },
    async listFailing() {
      const rows = await db
        .selectFrom('hooks')
        .select(['tenant_id', 'id', 'created_at', 'failing_since', 'failing_at', 'failing_count'])
        .where('failing_since', 'is not', null)
        .execute();
      return rows.map((row) => ({
        hook: { tenantId: row.tenant_id, id: row.id, createdAt: row.created_at },
        failing: {
          since: row.failing_since ?? 0,
          count: row.failing_count ?? 0,
          lastAt: row.failing_at ?? 0,
        },
      }));
    },
    async saveFailing({ tenantId, id, createdAt }, failing) {
      await db
        .updateTable('hooks')
        .set({
          failing_since: failing?.since ?? null,
          failing_at: failing?.lastAt ?? null,
          failing_count: failing?.count ?? null,
        })
        .where('tenant_id', '=', tenantId)
        .where('id', '=', id)
        .where('created_at', '=', createdAt)
        .execute();
    },
    async removeHook(tenantId, id) {
      await db.deleteFrom('hooks').where('tenant_id', '=', tenantId).where('id', '=', id).execute();
    },
  };
}
