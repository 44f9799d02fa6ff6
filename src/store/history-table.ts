import { randomUUID } from 'node:crypto';
import type { Kysely, Selectable } from 'kysely';
import type { PastSessions } from '../meetings/learnt-store.js';
import type { MeetingHistory } from '../meetings/meeting.js';
import type { Database } from './schema.js';

type HistoryRow = Selectable<Database['meeting_history']>;

/** Rows read at once, so that a long history neither fills memory nor keeps other queries waiting. */
const PORTION = 5_000;

/** Ended meetings: rows are written by `MeetingStore.closeMeeting`, read and pruned here. */
export interface MeetingHistoryStore extends PastSessions {
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
    async *pastSessions(since, limit) {
      const newest = db.selectFrom('meeting_history').select('ended_at').where('ended_at', '>=', since);
      const cut = await newest
        .orderBy('ended_at', 'desc')
        .offset(Math.max(0, limit - 1))
        .limit(1)
        .executeTakeFirst();
      let after = { endedAt: cut?.ended_at ?? since, id: '' };
      for (;;) {
        const { endedAt, id } = after;
        const rows = await db
          .selectFrom('meeting_history')
          .selectAll()
          .where((is) => is(is.refTuple('ended_at', 'id'), '>', is.tuple(endedAt, id)))
          .orderBy('ended_at')
          .orderBy('id')
          .limit(PORTION)
          .execute();
        const last = rows.at(-1);
        if (last === undefined) return;
        yield rows.map(toHistory);
        if (rows.length < PORTION) return;
        after = { endedAt: last.ended_at, id: last.id };
      }
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
    was_moved: history.wasMoved ? 1 : 0,
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
    wasMoved: row.was_moved === 1,
  };
}
