import { randomUUID } from 'node:crypto';
import type { Kysely, Selectable } from 'kysely';
import type { MeetingHistory } from '../meetings/meeting.js';
import type { Database } from './schema.js';

type HistoryRow = Selectable<Database['meeting_history']>;

/** Ended meetings: rows are written by `MeetingStore.closeMeeting`, read and pruned here. */
export interface MeetingHistoryStore {
  /** Newest end first; without `meetingId` every meeting of the tenant. */
  listHistory(filter: {
    readonly tenantId: string;
    readonly meetingId?: string | undefined;
    readonly limit: number;
  }): Promise<readonly MeetingHistory[]>;
  /** Deletes what ended before `before` (ms since 1970); returns how many. */
  pruneHistory(before: number): Promise<number>;
}

/** History, listed newest end first. */
export function createHistoryTable(db: Kysely<Database>): MeetingHistoryStore {
  return {
    async listHistory({ tenantId, meetingId, limit }) {
      let query = db.selectFrom('meeting_history').selectAll().where('tenant_id', '=', tenantId);
      if (meetingId !== undefined) query = query.where('meeting_id', '=', meetingId);
      const rows = await query.orderBy('ended_at', 'desc').orderBy('id').limit(limit).execute();
      return rows.map(toHistory);
    },
    async pruneHistory(before) {
      const result = await db.deleteFrom('meeting_history').where('ended_at', '<', before).executeTakeFirst();
      return Number(result.numDeletedRows);
    },
  };
}

/** The row of one ended meeting, with an ID of its own: a room may end twice within one millisecond of a coarse clock. */
export function historyRow(history: MeetingHistory): HistoryRow {
  return {
    id: randomUUID(),
    tenant_id: history.tenantId,
    meeting_id: history.meetingId,
    server_id: history.serverId,
    started_at: history.startedAt,
    ended_at: history.endedAt,
    max_attendees: history.maxAttendees,
  };
}

function toHistory(row: HistoryRow): MeetingHistory {
  return {
    tenantId: row.tenant_id,
    meetingId: row.meeting_id,
    serverId: row.server_id,
    startedAt: row.started_at,
    endedAt: row.ended_at,
    maxAttendees: row.max_attendees,
  };
}
