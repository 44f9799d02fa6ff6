import type { Kysely, Transaction } from 'kysely';
import type { Meeting, MeetingStore } from '../meetings/meeting.js';
import { historyRow } from './history-table.js';
import { createOrphanTable } from './orphan-table.js';
import type { Database, MeetingRow } from './schema.js';
import { StoreError } from './store-error.js';

/** Claims and orphans; each method is one transaction. */
export function createMeetingTable(db: Kysely<Database>): MeetingStore {
  return {
    ...createOrphanTable(db),
    async listMeetings() {
      const rows = await db
        .selectFrom('meetings')
        .selectAll()
        .orderBy('tenant_id')
        .orderBy('meeting_id')
        .execute();
      return rows.map(toMeeting);
    },
    async findMeeting(tenantId, meetingId) {
      return await findMeeting(db, tenantId, meetingId);
    },
    async claimMeeting(claim) {
      return await db.transaction().execute(async (transaction) => await insertOrFind(transaction, claim));
    },
    async updateMeeting(meeting, expectedServerId) {
      const { tenant_id, meeting_id, ...rest } = toRow(meeting);
      const result = await db
        .updateTable('meetings')
        .set(rest)
        .where('tenant_id', '=', tenant_id)
        .where('meeting_id', '=', meeting_id)
        .where('server_id', '=', expectedServerId)
        .executeTakeFirst();
      return result.numUpdatedRows > 0n;
    },
    async closeMeeting(meeting, history) {
      await db.transaction().execute(async (transaction) => {
        const { numDeletedRows } = await transaction
          .deleteFrom('meetings')
          .where('tenant_id', '=', meeting.tenantId)
          .where('meeting_id', '=', meeting.meetingId)
          .where('server_id', '=', meeting.serverId)
          .executeTakeFirst();
        // Who did not delete the row did not end the meeting: its history is written by the one who does.
        if (numDeletedRows === 0n || history === undefined) return;
        await transaction.insertInto('meeting_history').values(historyRow(history)).execute();
      });
    },
  };
}

async function insertOrFind(
  transaction: Transaction<Database>,
  claim: Meeting,
): Promise<{ won: boolean; meeting: Meeting }> {
  // Where readers do not block writers (PostgreSQL), the row that was in the way may be gone before it is read.
  for (let attempt = 0; attempt < 3; attempt += 1) {
    const { numInsertedOrUpdatedRows } = await transaction
      .insertInto('meetings')
      .values(toRow(claim))
      .onConflict((conflict) => conflict.columns(['tenant_id', 'meeting_id']).doNothing())
      .executeTakeFirst();
    if (numInsertedOrUpdatedRows === 1n) return { won: true, meeting: claim };
    const meeting = await findMeeting(transaction, claim.tenantId, claim.meetingId);
    if (meeting !== undefined) return { won: false, meeting };
  }
  throw new StoreError('failed', `the claim of meeting ${claim.meetingId} was lost three times in a row.`);
}

async function findMeeting(
  db: Kysely<Database>,
  tenantId: string,
  meetingId: string,
): Promise<Meeting | undefined> {
  const row = await db
    .selectFrom('meetings')
    .selectAll()
    .where('tenant_id', '=', tenantId)
    .where('meeting_id', '=', meetingId)
    .executeTakeFirst();
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
