import { access } from 'node:fs/promises';
import { resolve } from 'node:path';
import { Kysely } from 'kysely';
import type { MeetingHistory } from '../meetings/meeting.js';
import type { LearntCost } from '../placement/learning/pooled-cost.js';
import type { Decision } from '../placement/types.js';
import type { ServerDefinition } from '../pool/server.js';
import { createHistoryTable } from './history-table.js';
import { decodeJson } from './json-text.js';
import { createLearntTable } from './learnt-table.js';
import { pendingMigrations } from './migrate.js';
import { sqlitePath } from './open-store.js';
import type { Database } from './schema.js';
import { createServerTable } from './server-table.js';
import { IN_MEMORY, openSqliteReadOnly } from './sqlite.js';
import { storedDecision } from './stored-decision.js';
import { StoreError } from './store-error.js';

/** A placement as far as a replay needs it. */
export interface PlacedMeeting {
  readonly at: number;
  readonly tenantId: string;
  readonly meetingId: string;
  /** `undefined`: no server could take it. */
  readonly serverId: string | undefined;
}

/** What a Ballast has kept of its days; nothing is changed. Times are ms since 1970. Every method rejects with a StoreError. */
export interface Records {
  servers(): Promise<readonly ServerDefinition[]>;
  /** When the newest session that has ended began; `undefined` when none has. */
  newestStart(): Promise<number | undefined>;
  /** Ended sessions that began at or after `from`, oldest end first. */
  sessionsFrom(from: number): Promise<readonly MeetingHistory[]>;
  /** Ended sessions that began before `before`, the newest `limit` of them, oldest end first. */
  sessionsBefore(before: number, limit: number): Promise<readonly MeetingHistory[]>;
  /** Oldest first, `until` excluded. */
  placements(from: number, until: number): Promise<readonly PlacedMeeting[]>;
  /** The newest decision before `until`. */
  newestDecision(until: number): Promise<Decision | undefined>;
  cost(): Promise<LearntCost | undefined>;
  close(): Promise<void>;
}

/** More sessions than any pool has in 90 days teach nothing more. */
const MOST_SESSIONS = 1_000_000;

/**
 * Opens `sqlite:PATH` for reading, also beside a running Ballast. Throws StoreError with one line that says what to do: no
 * such store, one of an older or newer Ballast.
 */
export async function openRecords(spec: string): Promise<Records> {
  const path = sqlitePath(spec);
  const name = resolve(path);
  if (path === IN_MEMORY || !(await exists(name))) {
    throw new StoreError('not-a-database', `there is no store ${path}: nothing was recorded there.`);
  }
  const { dialect } = openSqliteReadOnly(path, { busyTimeoutMs: 5_000 });
  const db = new Kysely<Database>({ dialect });
  try {
    const pending = await pendingMigrations(db, name);
    if (pending.length > 0) {
      throw new StoreError('unsupported', `${name} is of an older Ballast; start this one on it once.`);
    }
  } catch (error) {
    await db.destroy();
    throw error;
  }
  return createRecords(db);
}

function createRecords(db: Kysely<Database>): Records {
  const history = createHistoryTable(db);
  const sessions = async (
    since: number,
    keep: (session: MeetingHistory) => boolean,
  ): Promise<MeetingHistory[]> => {
    const kept: MeetingHistory[] = [];
    // Nothing ends before it begins: those that ended earlier need not be read.
    for await (const portion of history.pastSessions(since, MOST_SESSIONS))
      kept.push(...portion.filter(keep));
    return kept;
  };
  return {
    servers: () => createServerTable(db).listServers(),
    async newestStart() {
      const { fn } = db;
      const row = await db
        .selectFrom('meeting_history')
        .select(fn.max('started_at').as('newest'))
        .executeTakeFirst();
      return row?.newest ?? undefined;
    },
    sessionsFrom: (from) => sessions(from, ({ startedAt }) => startedAt >= from),
    async sessionsBefore(before, limit) {
      const all = await sessions(0, ({ startedAt }) => startedAt < before);
      return all.slice(-limit);
    },
    async placements(from, until) {
      const rows = await db
        .selectFrom('placements')
        .select(['at', 'tenant_id', 'meeting_id', 'server_id'])
        .where('at', '>=', from)
        .where('at', '<', until)
        .orderBy('at')
        .orderBy('id')
        .execute();
      return rows.map((row) => ({
        at: row.at,
        tenantId: row.tenant_id,
        meetingId: row.meeting_id,
        serverId: row.server_id ?? undefined,
      }));
    },
    async newestDecision(until) {
      const row = await db
        .selectFrom('placements')
        .select(['id', 'decision'])
        .where('at', '<', until)
        .orderBy('at', 'desc')
        .limit(1)
        .executeTakeFirst();
      return row && decodeJson(storedDecision, row.decision, `placement ${row.id}`);
    },
    cost: () => createLearntTable(db).readCost(),
    close: () => db.destroy(),
  };
}

async function exists(path: string): Promise<boolean> {
  return access(path).then(
    () => true,
    () => false,
  );
}
