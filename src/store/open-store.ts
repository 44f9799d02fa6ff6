import { Kysely, sql } from 'kysely';
import type { AuditStore } from '../admin/audit.js';
import type { Logger } from '../log.js';
import type { LearntStore } from '../meetings/learnt-store.js';
import type { MeetingStore } from '../meetings/meeting.js';
import type { PlacementStore } from '../placement/types.js';
import type { ServerStore } from '../pool/server.js';
import type { TenantStore } from '../tenants/tenant.js';
import { createAuditTable } from './audit-table.js';
import { createHistoryTable, type MeetingHistoryStore } from './history-table.js';
import { createLearntTable } from './learnt-table.js';
import { createMeetingTable } from './meeting-table.js';
import { migrateStore } from './migrate.js';
import { createPlacementTable } from './placement-table.js';
import type { Database } from './schema.js';
import { createServerTable } from './server-table.js';
import { openSqlite, type SqliteOptions } from './sqlite.js';
import { StoreError } from './store-error.js';
import { createTenantTable } from './tenant-table.js';
import { WriteBatches } from './write-batches.js';

/** Everything Ballast keeps. Every method rejects with a StoreError when the database fails. */
export interface Store {
  readonly servers: ServerStore;
  readonly tenants: TenantStore;
  readonly meetings: MeetingStore;
  readonly history: MeetingHistoryStore;
  readonly learnt: LearntStore;
  readonly placements: PlacementStore;
  readonly audit: AuditStore;
  /** Resolves when the database answers. */
  ping(): Promise<void>;
  /** Waits for what is under way, then closes the database; later calls reject. May be called again. */
  close(): Promise<void>;
}

export interface OpenStoreOptions {
  readonly logger: Logger;
  readonly sqlite?: SqliteOptions | undefined;
}

/**
 * Opens `sqlite:PATH` (relative to the working directory) or `sqlite::memory:` and brings its tables up to date.
 * Throws StoreError with one line that names the store and says what to do; nothing there is damaged then.
 */
export async function openStore(spec: string, options: OpenStoreOptions): Promise<Store> {
  const { dialect, name } = openSqlite(sqlitePath(spec), options.sqlite ?? {});
  const db = new Kysely<Database>({ dialect });
  try {
    const migrations = await migrateStore(db, name);
    options.logger.info('store opened', { store: name, migrations });
  } catch (error) {
    await db.destroy();
    throw error;
  }
  return createStore(db);
}

/** The path in `sqlite:PATH`, `:memory:` included. Throws StoreError for any other address. */
export function sqlitePath(spec: string): string {
  if (/^postgres(ql)?:/.test(spec)) {
    throw new StoreError('unsupported', 'PostgreSQL is not supported yet; use sqlite:PATH');
  }
  const path = spec.startsWith('sqlite:') ? spec.slice('sqlite:'.length) : '';
  // What is no store address may hold a password: it is not repeated.
  if (path === '')
    throw new StoreError('unsupported', 'the setting "store" must be sqlite:PATH or sqlite::memory:');
  return path;
}

function createStore(db: Kysely<Database>): Store {
  const batches = new WriteBatches(db);
  let closing: Promise<void> | undefined;
  return {
    servers: createServerTable(db),
    tenants: createTenantTable(db),
    meetings: createMeetingTable(db, batches),
    history: createHistoryTable(db),
    learnt: createLearntTable(db),
    placements: createPlacementTable(db),
    audit: createAuditTable(db),
    async ping() {
      await sql`select 1`.execute(db);
    },
    async close() {
      closing ??= drainAndClose(db, batches);
      await closing;
    },
  };
}

async function drainAndClose(db: Kysely<Database>, batches: WriteBatches): Promise<void> {
  await batches.settled();
  // The one connection is handed out in turn: whoever gets it now comes after all that is under way.
  await db.connection().execute(async () => undefined);
  await db.destroy();
}
