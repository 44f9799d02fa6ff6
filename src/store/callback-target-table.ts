import type { Kysely } from 'kysely';
import { z } from 'zod';
import type { CallbackUrls } from '../callbacks/callback-slots.js';
import type { CallbackTarget, CallbackTargetStore } from '../callbacks/callback-target.js';
import type { CallbackTargetRow } from './callback-target-row.js';
import { decodeJson, encodeJson, strings } from './json-text.js';
import { reusableQuery } from './reusable-query.js';
import type { Database } from './schema.js';
import type { WriteBatches } from './write-batches.js';

/** IDs looked up by one query: below every dialect's bound of parameters. */
const IDS_AT_ONCE = 500;

const url = z.string().optional();

/** A slot that this build does not know is left out. */
const callbackUrls: z.ZodType<CallbackUrls> = z.object({
  end: url,
  ended: url,
  'recording-ready/bbb': url,
  'recording-ready/bn': url,
  'recording-ready/canvas': url,
  analytics: url,
});

/** Callback targets; a change is one step of a transaction shared with others, in the order of the calls. */
export function createCallbackTargetTable(db: Kysely<Database>, batches: WriteBatches): CallbackTargetStore {
  const save = compileSave(db);
  return {
    async listOpenTargets() {
      const rows = await db.selectFrom('callback_targets').selectAll().where('told_at', 'is', null).execute();
      return rows.map(toTarget);
    },
    async findTargets(ids) {
      const found: CallbackTarget[] = [];
      for (let from = 0; from < ids.length; from += IDS_AT_ONCE) {
        const some = ids.slice(from, from + IDS_AT_ONCE);
        const rows = await db.selectFrom('callback_targets').selectAll().where('id', 'in', some).execute();
        found.push(...rows.map(toTarget));
      }
      return found;
    },
    async saveTarget(target) {
      const values = Object.values(toRow(target));
      await batches.run(async (transaction) => {
        await transaction.executeQuery(save(values));
      });
    },
    async removeTarget(id) {
      await batches.run(async (transaction) => {
        await transaction.deleteFrom('callback_targets').where('id', '=', id).execute();
      });
    },
    async pruneTargets(before, recordedBefore) {
      const result = await db
        .deleteFrom('callback_targets')
        .where((is) =>
          is.or([
            is.and([is('is_recorded', '=', 0), is('told_at', '<', before)]),
            is.and([is('is_recorded', '=', 1), is('told_at', '<', recordedBefore)]),
          ]),
        )
        .executeTakeFirst();
      return Number(result.numDeletedRows);
    },
  };
}

/** An upsert, with every value of a row in the order of `toRow`. */
function compileSave(db: Kysely<Database>): ReturnType<typeof reusableQuery> {
  const row: CallbackTargetRow = toRow({
    ...{ id: '', tenantId: '', meetingId: '', urls: {}, createdAt: 0, session: 0, internalMeetingIds: [] },
    ...{ endedAt: undefined, toldAt: undefined, isRecorded: false, recordedOn: [] },
  });
  return reusableQuery(
    db
      .insertInto('callback_targets')
      .values(row)
      .onConflict((conflict) =>
        conflict.column('id').doUpdateSet((set) => ({
          session: set.ref('excluded.session'),
          internal_meeting_ids: set.ref('excluded.internal_meeting_ids'),
          ended_at: set.ref('excluded.ended_at'),
          told_at: set.ref('excluded.told_at'),
          is_recorded: set.ref('excluded.is_recorded'),
          recorded_on: set.ref('excluded.recorded_on'),
        })),
      )
      .compile(),
  );
}

function toRow(target: CallbackTarget): CallbackTargetRow {
  return {
    id: target.id,
    tenant_id: target.tenantId,
    meeting_id: target.meetingId,
    urls: JSON.stringify(target.urls),
    created_at: target.createdAt,
    session: target.session,
    internal_meeting_ids: encodeJson(target.internalMeetingIds),
    ended_at: target.endedAt ?? null,
    told_at: target.toldAt ?? null,
    is_recorded: target.isRecorded ? 1 : 0,
    recorded_on: encodeJson(target.recordedOn),
  };
}

function toTarget(row: CallbackTargetRow): CallbackTarget {
  const name = `callback target ${row.id}`;
  return {
    id: row.id,
    tenantId: row.tenant_id,
    meetingId: row.meeting_id,
    urls: decodeJson(callbackUrls, row.urls, name),
    createdAt: row.created_at,
    session: row.session,
    internalMeetingIds: decodeJson(strings, row.internal_meeting_ids, name),
    endedAt: row.ended_at ?? undefined,
    toldAt: row.told_at ?? undefined,
    isRecorded: row.is_recorded === 1,
    recordedOn: decodeJson(strings, row.recorded_on, name),
  };
}
