import type { Kysely, Transaction } from 'kysely';
import type { Meeting, MeetingStore } from '../meetings/meeting.js';
import { historyRow } from './history-table.js';
import { createOrphanTable } from './orphan-table.js';
import { reusableQuery } from './reusable-query.js';
import type { Database, MeetingRow } from './schema.js';
import { StoreError } from './store-error.js';
import type { WriteBatches } from './write-batches.js';

/** Stands for every row while queries are compiled: a property for each column, in the order of `toRow`. */
const ANY_ROW: MeetingRow = toRow({
  tenantId: '',
  meetingId: '',
  scopedId: '',
  serverId: '',
  state: 'claimed',
  expectedAttendees: 0,
  claimedAt: 0,
  internalMeetingId: undefined,
  createTime: undefined,
  wasMoved: false,
  endRequestedAt: undefined,
});

/** Claims and orphans; each method is one step of a transaction, in the order of the calls. */
export function createMeetingTable(db: Kysely<Database>, batches: WriteBatches): MeetingStore {
  const queries = compileQueries(db);
  return {
    ...createOrphanTable(batches),
    async listMeetings() {
      return await batches.run(async (transaction) => {
        const rows = await transaction
          .selectFrom('meetings')
          .selectAll()
          .orderBy('tenant_id')
          .orderBy('meeting_id')
          .execute();
        return rows.map(toMeeting);
      });
    },
    async findMeeting(tenantId, meetingId) {
      return await batches.run(
        async (transaction) => await findMeeting(transaction, queries, tenantId, meetingId),
      );
    },
    async claimMeeting(claim) {
      return await batches.run(async (transaction) => await insertOrFind(transaction, queries, claim));
    },
    async updateMeeting(meeting, expectedServerId) {
      const { tenant_id, meeting_id, ...rest } = toRow(meeting);
      const values = [...Object.values(rest), tenant_id, meeting_id, expectedServerId];
      return await batches.run(async (transaction) => {
        const { numAffectedRows } = await transaction.executeQuery(queries.update(values));
        return numAffectedRows !== undefined && numAffectedRows > 0n;
      });
    },
    async closeMeeting({ tenantId, meetingId, serverId }, history) {
      await batches.run(async (transaction) => {
        const { numAffectedRows } = await transaction.executeQuery(
          queries.remove([tenantId, meetingId, serverId]),
        );
        // Who did not delete the row did not end the meeting: its history is written by the one who does.
        if (numAffectedRows === 0n || history === undefined) return;
        await transaction.insertInto('meeting_history').values(historyRow(history)).execute();
      });
    },
  };
}

type Queries = ReturnType<typeof compileQueries>;

/** What creates and ends run on; values go in as the columns stand in `toRow`. */
function compileQueries(db: Kysely<Database>) {
  const { tenant_id, meeting_id, ...rest } = ANY_ROW;
  return {
    insert: reusableQuery(
      db
        .insertInto('meetings')
        .values(ANY_ROW)
        .onConflict((conflict) => conflict.columns(['tenant_id', 'meeting_id']).doNothing())
        .compile(),
    ),
    find: reusableQuery(
      db
        .selectFrom('meetings')
        .selectAll()
        .where('tenant_id', '=', tenant_id)
        .where('meeting_id', '=', meeting_id)
        .compile(),
    ),
    update: reusableQuery(
      db
        .updateTable('meetings')
        .set(rest)
        .where('tenant_id', '=', tenant_id)
        .where('meeting_id', '=', meeting_id)
        .where('server_id', '=', rest.server_id)
        .compile(),
    ),
    remove: reusableQuery(
      db
        .deleteFrom('meetings')
        .where('tenant_id', '=', tenant_id)
        .where('meeting_id', '=', meeting_id)
        .where('server_id', '=', rest.server_id)
        .compile(),
    ),
  };
}

async function insertOrFind(
  transaction: Transaction<Database>,
  queries: Queries,
  claim: Meeting,
): Promise<{ won: boolean; meeting: Meeting }> {
  const values = Object.values(toRow(claim));
  // Where readers do not block writers (PostgreSQL), the row that was in the way may be gone before it is read.
  for (let attempt = 0; attempt < 3; attempt += 1) {
    const { numAffectedRows } = await transaction.executeQuery(queries.insert(values));
    if (numAffectedRows === 1n) return { won: true, meeting: claim };
    const meeting = await findMeeting(transaction, queries, claim.tenantId, claim.meetingId);
    if (meeting !== undefined) return { won: false, meeting };
  }
  throw new StoreError('failed', `the claim of meeting ${claim.meetingId} was lost three times in a row.`);
}

async function findMeeting(
  transaction: Transaction<Database>,
  queries: Queries,
  tenantId: string,
  meetingId: string,
): Promise<Meeting | undefined> {
  const [row] = (await transaction.executeQuery(queries.find([tenantId, meetingId]))).rows;
  return row === undefined ? undefined : toMeeting(row);
}

function toRow(meeting: Meeting): MeetingRow {
  return {
    tenant_id: meeting.tenantId,
    meeting_id: meeting.meetingId,
    scoped_id: meeting.scopedId,
    server_id: meeting.serverId,
    state: meeting.state,
    expected_attendees: meeting.expectedAttendees,
    claimed_at: meeting.claimedAt,
    internal_meeting_id: meeting.internalMeetingId ?? null,
    create_time: meeting.createTime ?? null,
    was_moved: meeting.wasMoved ? 1 : 0,
    end_requested_at: meeting.endRequestedAt ?? null,
  };
}

function toMeeting(row: MeetingRow): Meeting {
  return {
    tenantId: row.tenant_id,
    meetingId: row.meeting_id,
    scopedId: row.scoped_id,
    serverId: row.server_id,
    state: row.state,
    expectedAttendees: row.expected_attendees,
    claimedAt: row.claimed_at,
    internalMeetingId: row.internal_meeting_id ?? undefined,
    createTime: row.create_time ?? undefined,
    wasMoved: row.was_moved === 1,
    endRequestedAt: row.end_requested_at ?? undefined,
  };
}
