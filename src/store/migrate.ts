import { Migrator, type Kysely, type Migration } from 'kysely';
import { firstTables } from './migrations/0001-first-tables.js';
import { fewerIndexes } from './migrations/0002-fewer-indexes.js';
import { tenantPolicy } from './migrations/0003-tenant-policy.js';
import { learntValues } from './migrations/0004-learnt.js';
import { callbackTables } from './migrations/0005-callbacks.js';
import { callbackTargets } from './migrations/0006-callback-targets.js';
import { recordingIndex } from './migrations/0007-recordings.js';
import { recordingArchive } from './migrations/0008-archive.js';
import { hooks } from './migrations/0009-hooks.js';
import { failingHooks } from './migrations/0010-failing-hooks.js';
import { hookIds } from './migrations/0011-hook-ids.js';
import { missingRecordings } from './migrations/0012-missing-recordings.js';
import type { Database } from './schema.js';
import { StoreError } from './store-error.js';

/** Where Kysely keeps the names of the migrations that ran. */
export const MIGRATION_TABLE = 'kysely_migration';

/** Every migration this build knows, by name; run in order of name. Imported one by one, so that `dist` needs no folder read. */
export const migrations: Readonly<Record<string, Migration>> = {
  '0001-first-tables': firstTables,
  '0002-fewer-indexes': fewerIndexes,
  '0003-tenant-policy': tenantPolicy,
  '0004-learnt': learntValues,
  '0005-callbacks': callbackTables,
  '0006-callback-targets': callbackTargets,
  '0007-recordings': recordingIndex,
  '0008-archive': recordingArchive,
  '0009-hooks': hooks,
  '0010-failing-hooks': failingHooks,
  '0011-hook-ids': hookIds,
  '0012-missing-recordings': missingRecordings,
};

/** The database as `migrateStore` looks at it, before it is known to hold Ballast's tables. */
type MigrationNames = Record<typeof MIGRATION_TABLE, { name: string }>;

async function appliedMigrations(db: Kysely<Database>): Promise<readonly string[]> {
  const tables = await db.introspection.getTables({ withInternalKyselyTables: true });
  if (!tables.some((table) => table.name === MIGRATION_TABLE)) return [];
  const rows = await db
    .withTables<MigrationNames>()
    .selectFrom(MIGRATION_TABLE)
    .select('name')
    .orderBy('name')
    .execute();
  return rows.map((row) => row.name);
}

/**
 * Names of the migrations that have not run yet, in order; `storeName` is for messages. Changes nothing.
 * Throws StoreError when the database comes from a newer version.
 */
export async function pendingMigrations(db: Kysely<Database>, storeName: string): Promise<readonly string[]> {
  const applied = await appliedMigrations(db);
  const unknown = applied.filter((name) => !Object.hasOwn(migrations, name));
  if (unknown.length > 0) {
    throw new StoreError(
      'newer-version',
      `${storeName} was written by a newer version of Ballast (it holds ${unknown.join(', ')}); ` +
        `run that version or restore a backup made before the upgrade. Nothing was changed.`,
    );
  }
  return Object.keys(migrations)
    .filter((name) => !applied.includes(name))
    .sort();
}

/**
 * Brings the tables up to this build; returns the names of the migrations that ran. `storeName` is for messages.
 * Throws StoreError, before anything is written, when the database comes from a newer version.
 */
export async function migrateStore(db: Kysely<Database>, storeName: string): Promise<readonly string[]> {
  await pendingMigrations(db, storeName);
  const migrator = new Migrator({ db, provider: { getMigrations: async () => ({ ...migrations }) } });
  const { error, results } = await migrator.migrateToLatest();
  if (error !== undefined) {
    if (error instanceof StoreError) throw error;
    throw new StoreError('failed', `${storeName} could not be upgraded: ${messageOf(error)}`, {
      cause: error,
    });
  }
  return (results ?? []).map((result) => result.migrationName);
}

function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
