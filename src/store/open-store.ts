import { Kysely, sql } from 'kysely';
import type { Logger } from '../log.js';
import { createArchiveTable } from './archive-table.js';
import { createAuditTable } from './audit-table.js';
import { createCallbackTable } from './callback-table.js';
import { createCallbackTargetTable } from './callback-target-table.js';
import { createHistoryTable } from './history-table.js';
import { createHookTable } from './hook-table.js';
import { createKeyTable } from './key-table.js';
import { createLearntTable } from './learnt-table.js';
import { createMeetingTable } from './meeting-table.js';
import { migrateStore } from './migrate.js';
import { createPlacementTable } from './placement-table.js';
import { createRecordingChangeTable } from './recording-change-table.js';
import { createRecordingImportTable } from './recording-import-table.js';
import { createRecordingTable } from './recording-table.js';
import { createRecordingWalkTable } from './recording-walk-table.js';
import type { Database } from './schema.js';
import { createServerHookTable } from './server-hook-table.js';
import { createServerTable } from './server-table.js';
import { IN_MEMORY, openSqlite, sizeOnDisk, type SqliteOptions } from './sqlite.js';
import { StoreError } from './store-error.js';
import { createTenantTable } from './tenant-table.js';
import { type StoreOperation, type StoreTables, timedTables } from './timed-store.js';
import { WriteBatches } from './write-batches.js';

/** Everything Ballast keeps. Every method rejects with a StoreError when the database fails. */
export interface Store extends StoreTables {
  /** Claims and changes of meetings that wait for their common commit. */
  readonly queueLength: number;
  /** Of the database file and its write-ahead log; `undefined` in memory, or where the file cannot be looked at. */
  sizeBytes(): number | undefined;
  /** Resolves when the database answers. */
  ping(): Promise<void>;
  /** Waits for what is under way, then closes the database; later calls reject. May be called again. */
  close(): Promise<void>;
}

export interface OpenStoreOptions {
  readonly logger: Logger;
  readonly sqlite?: SqliteOptions | undefined;
  /** Told of each read and write that has ended. */
  readonly onOperation?: ((operation: StoreOperation) => void) | undefined;
}

/**
 * Opens `sqlite:PATH` (relative to the working directory) or `sqlite::memory:` and brings its tables up to date.
 * Throws StoreError with one line that names the store and says what to do; nothing there is damaged then.
 */
export async function openStore(spec: string, options: OpenStoreOptions): Promise<Store> {
  const path = sqlitePath(spec);
  const { dialect, name } = openSqlite(path, options.sqlite ?? {});
  const db = new Kysely<Database>({ dialect });
  try {
    const migrations = await migrateStore(db, name);
    options.logger.info('store opened', { store: name, migrations });
  } catch (error) {
    await db.destroy();
    throw error;
  }
  const file = path === IN_MEMORY ? undefined : name;
  return createStore(db, file, options.onOperation);
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

function createStore(
  db: Kysely<Database>,
  file: string | undefined,
  onOperation: OpenStoreOptions['onOperation'],
): Store {
  const batches = new WriteBatches(db);
  let closing: Promise<void> | undefined;
  const tables: StoreTables = {
    servers: createServerTable(db),
    tenants: createTenantTable(db),
    meetings: createMeetingTable(db, batches),
    history: createHistoryTable(db),
    learnt: createLearntTable(db),
    placements: createPlacementTable(db),
    audit: createAuditTable(db),
    recordings: createRecordingTable(db),
    recordingWalks: createRecordingWalkTable(db),
    recordingChanges: createRecordingChangeTable(db),
    archive: createArchiveTable(db),
    recordingImports: createRecordingImportTable(db),
    callbacks: createCallbackTable(db, batches),
    callbackTargets: createCallbackTargetTable(db, batches),
    keys: createKeyTable(db),
    hooks: createHookTable(db),
    serverHooks: createServerHookTable(db),
  };
  return {
    ...(onOperation === undefined ? tables : timedTables(tables, onOperation)),
    get queueLength() {
      return batches.length;
    },
    sizeBytes: () => (file === undefined ? undefined : sizeOnDisk(file)),
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
