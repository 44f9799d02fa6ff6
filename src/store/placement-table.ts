import { setImmediate } from 'node:timers/promises';
import type { Expression, ExpressionBuilder, Kysely, Selectable, SqlBool } from 'kysely';
import type { PlacementRecord, PlacementStore } from '../placement/types.js';
import { decodeJson, encodeJson } from './json-text.js';
import type { Database } from './schema.js';
import { storedDecision, storedRetries } from './stored-decision.js';

type PlacementRow = Selectable<Database['placements']>;

/** SQLite takes 32,766 values a statement; a decision has nine. */
const ROWS_AT_ONCE = 50;

/** Each is 20 kB to read in a large pool; the process serves creates meanwhile. */
const ROWS_READ_AT_ONCE = 5;

/** Decisions, listed newest first. */
export function createPlacementTable(db: Kysely<Database>): PlacementStore {
  return {
    async savePlacements(records) {
      await db.transaction().execute(async (transaction) => {
        for (let from = 0; from < records.length; from += ROWS_AT_ONCE) {
          await transaction
            .insertInto('placements')
            .values(records.slice(from, from + ROWS_AT_ONCE).map(toRow))
            // A batch that failed half-way is given again.
            .onConflict((conflict) => conflict.column('id').doNothing())
            .execute();
        }
      });
    },
    async listPlacements({ tenantId, meetingId, limit }) {
      let query = db.selectFrom('placements').selectAll();
      if (tenantId !== undefined) query = query.where('tenant_id', '=', tenantId);
      if (meetingId !== undefined) query = query.where('meeting_id', '=', meetingId);
      query = query.orderBy('at', 'desc').orderBy('id', 'desc');
      const records: PlacementRecord[] = [];
      let last: PlacementRow | undefined;
      do {
        const page = last === undefined ? query : query.where(isBefore(last));
        const rows = await page.limit(Math.min(ROWS_READ_AT_ONCE, limit - records.length)).execute();
        records.push(...rows.map(toRecord));
        last = rows.at(-1);
        await setImmediate();
      } while (last !== undefined && records.length < limit);
      return records;
    },
    async findPlacement(id) {
      const row = await db.selectFrom('placements').selectAll().where('id', '=', id).executeTakeFirst();
      return row === undefined ? undefined : toRecord(row);
    },
    async prunePlacements(before) {
      const result = await db.deleteFrom('placements').where('at', '<', before).executeTakeFirst();
      return Number(result.numDeletedRows);
    },
  };
}

/** Rows that a list shows after this one. */
function isBefore({
  at,
  id,
}: PlacementRow): (where: ExpressionBuilder<Database, 'placements'>) => Expression<SqlBool> {
  return (where) => where.or([where('at', '<', at), where.and([where('at', '=', at), where('id', '<', id)])]);
}

function toRow(record: PlacementRecord): PlacementRow {
  return {
    id: record.id,
    at: record.at,
    tenant_id: record.tenantId,
    meeting_id: record.meetingId,
    server_id: record.serverId ?? null,
    policy: record.policy,
    expected_attendees: record.expectedAttendees,
    decision: encodeJson(record.decision),
    retries: encodeJson(record.retries),
  };
}

function toRecord(row: PlacementRow): PlacementRecord {
  const name = `placement ${row.id}`;
  return {
    id: row.id,
    at: row.at,
    tenantId: row.tenant_id,
    meetingId: row.meeting_id,
    serverId: row.server_id ?? undefined,
    policy: row.policy,
    expectedAttendees: row.expected_attendees,
    decision: decodeJson(storedDecision, row.decision, name),
    retries: decodeJson(storedRetries, row.retries, name),
  };
}
