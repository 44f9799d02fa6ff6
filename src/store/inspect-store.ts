import { access, constants, stat } from 'node:fs/promises';
import { dirname, resolve } from 'node:path';
import { Kysely } from 'kysely';
import type { ServerDefinition } from '../pool/server.js';
import { pendingMigrations } from './migrate.js';
import { sqlitePath } from './open-store.js';
import { createRecordingWalkTable } from './recording-walk-table.js';
import type { Database } from './schema.js';
import { createServerTable } from './server-table.js';
import { IN_MEMORY, openSqliteReadOnly } from './sqlite.js';
import { StoreError } from './store-error.js';

/** What a store holds, read without changing it. */
export type StoreInspection =
  | { readonly kind: 'in-memory' }
  /** No file yet, or one that no Ballast has used. */
  | { readonly kind: 'absent'; readonly name: string }
  | {
      readonly kind: 'open';
      readonly name: string;
      /** Migrations that the next start will run. */
      readonly pending: readonly string[];
      readonly servers: readonly ServerDefinition[];
      /** Those of them whose recordings were never read whole; none where an older version has not looked. */
      readonly unread: readonly string[];
    };

/** A running Ballast holds its locks for milliseconds; who holds one for longer would stop its start as well. */
const BUSY_TIMEOUT_MS = 1_000;

/**
 * Looks at `sqlite:PATH` (relative to the working directory) without migrating or writing it, also beside a running
 * Ballast. Throws StoreError with one line that names the store and says what to do, also where it could not be written.
 */
export async function inspectStore(spec: string): Promise<StoreInspection> {
  const path = sqlitePath(spec);
  if (path === IN_MEMORY) return { kind: 'in-memory' };
  const name = resolve(path);
  if (await isMissing(name)) return { kind: 'absent', name };
  const { dialect } = openSqliteReadOnly(path, { busyTimeoutMs: BUSY_TIMEOUT_MS });
  const db = new Kysely<Database>({ dialect });
  try {
    const pending = await pendingMigrations(db, name);
    await refuseUnwritable(name);
    // Nothing has run: Ballast made the file and went no further, there are no tables to read.
    if (!(await hasTable('servers', db))) return { kind: 'absent', name };
    const servers = await createServerTable(db).listServers();
    return { kind: 'open', name, pending, servers, unread: await unreadOf(servers, db) };
  } finally {
    await db.destroy();
  }
}

async function isMissing(path: string): Promise<boolean> {
  try {
    await stat(path);
    return false;
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'ENOENT') return true;
    throw unusable(path, 'read', error);
  }
}

async function refuseUnwritable(path: string): Promise<void> {
  try {
    await Promise.all([access(path, constants.W_OK), access(dirname(path), constants.W_OK)]);
  } catch (error) {
    throw unusable(path, 'written', error);
  }
}

function unusable(path: string, verb: string, cause: unknown): StoreError {
  const code = cause instanceof Error && 'code' in cause ? ` (${String(cause.code)})` : '';
  return new StoreError(
    'not-writable',
    `${path} or its folder cannot be ${verb}${code}; let the user who runs Ballast write both, and run this as that user.`,
    { cause },
  );
}

async function unreadOf(
  servers: readonly ServerDefinition[],
  db: Kysely<Database>,
): Promise<readonly string[]> {
  if (!(await hasTable('recording_walks', db))) return [];
  const walks = await createRecordingWalkTable(db).listWalks();
  const read = new Set(walks.map(({ serverId }) => serverId));
  return servers.map(({ id }) => id).filter((id) => !read.has(id));
}

async function hasTable(name: keyof Database, db: Kysely<Database>): Promise<boolean> {
  const tables = await db.introspection.getTables();
  return tables.some((table) => table.name === name);
}
