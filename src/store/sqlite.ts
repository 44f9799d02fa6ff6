import { closeSync, existsSync, mkdirSync, openSync, statSync } from 'node:fs';
import { dirname, resolve } from 'node:path';
import BetterSqlite3 from 'better-sqlite3';
import { SqliteDialect, type Dialect } from 'kysely';
import { MIGRATION_TABLE } from './migrate.js';
import { describeSqliteError } from './sqlite-error.js';
import { SqliteStatements } from './sqlite-statements.js';
import { StoreError } from './store-error.js';

/** The path of a database that lives in memory and is gone when it is closed. */
export const IN_MEMORY = ':memory:';

/** Pages of 4 KiB that the write-ahead log gathers before they are copied into the file. */
const CHECKPOINT_PAGES = 250;

export interface SqliteOptions {
  /** How long a call waits for another process' lock; default 5000. It blocks the process, as SQLite calls are synchronous. */
  readonly busyTimeoutMs?: number | undefined;
  /** Ceiling of the file in pages of 4 KiB; beyond it a write fails as on a full disk. Default: SQLite's own. */
  readonly maxPages?: number | undefined;
}

/**
 * Opens the file (made with its folder if need be, readable by its owner only: it holds secrets), checks that it is
 * Ballast's and can be written. Throws StoreError; what was there before is left as it was.
 */
export function openSqlite(
  path: string,
  options: SqliteOptions,
): { readonly dialect: Dialect; readonly name: string } {
  const name = path === IN_MEMORY ? 'the store in memory' : resolve(path);
  let connection: BetterSqlite3.Database | undefined;
  try {
    if (path !== IN_MEMORY) prepareFile(name);
    connection = new BetterSqlite3(path === IN_MEMORY ? IN_MEMORY : name, {
      timeout: options.busyTimeoutMs ?? 5_000,
    });
    refuseForeignTables(connection, name);
    tune(connection, options);
    probeWrite(connection);
    return { dialect: new SqliteDialect({ database: new SqliteStatements(connection, name) }), name };
  } catch (error) {
    connection?.close();
    throw describeSqliteError(error, name);
  }
}

/**
 * Opens an existing file for reading only: the database stays byte for byte as it is, and a Ballast that runs on it goes on.
 * Throws StoreError.
 */
export function openSqliteReadOnly(
  path: string,
  options: Pick<SqliteOptions, 'busyTimeoutMs'>,
): { readonly dialect: Dialect; readonly name: string } {
  const name = resolve(path);
  let connection: BetterSqlite3.Database | undefined;
  try {
    refuseFolder(name);
    connection = new BetterSqlite3(name, {
      readonly: true,
      fileMustExist: true,
      timeout: options.busyTimeoutMs ?? 5_000,
    });
    refuseForeignTables(connection, name);
    return { dialect: new SqliteDialect({ database: new SqliteStatements(connection, name) }), name };
  } catch (error) {
    connection?.close();
    throw describeSqliteError(error, name);
  }
}

/** Bytes of the database file and of its write-ahead log; `undefined` where it cannot be looked at. */
export function sizeOnDisk(path: string): number | undefined {
  try {
    const log = statSync(`${path}-wal`, { throwIfNoEntry: false });
    return statSync(path).size + (log?.size ?? 0);
  } catch {
    return undefined;
  }
}

function prepareFile(path: string): void {
  refuseFolder(path);
  makeFolders(dirname(path));
  // SQLite gives its -wal and -shm files the mode of the database.
  closeSync(openSync(path, 'a', 0o600));
}

function refuseFolder(path: string): void {
  if (statSync(path, { throwIfNoEntry: false })?.isDirectory() === true) {
    throw new StoreError(
      'not-a-database',
      `${path} is a folder; name a file in "store", such as ${path}/ballast.db.`,
    );
  }
}

/** Not mkdir's own `recursive`: Node 20 never returns from it where a file system answers ENOENT below an existing folder (/proc). */
function makeFolders(folder: string): void {
  if (existsSync(folder)) return;
  makeFolders(dirname(folder));
  mkdirSync(folder);
}

/** Another program's database must not get Ballast's tables by a slip in the configuration. Reading also finds what is no database. */
function refuseForeignTables(connection: BetterSqlite3.Database, name: string): void {
  const tables = connection.prepare(`select name from sqlite_master where type = 'table'`).pluck().all();
  if (tables.length === 0 || tables.includes(MIGRATION_TABLE)) return;
  throw new StoreError(
    'not-a-database',
    `${name} is a database of another program; it was left as it is. Name another file in "store".`,
  );
}

function tune(connection: BetterSqlite3.Database, options: SqliteOptions): void {
  connection.pragma('journal_mode = WAL');
  // NORMAL keeps everything that was answered through a kill -9; a power cut may take the last instants, where FULL
  // waits for the disk at each commit (0.2 ms against 0.02 ms on an SSD, four times a create). What a power cut takes is
  // asked for again: a claim that is lost is adopted from the server's own list at the first poll.
  connection.pragma('synchronous = NORMAL');
  connection.pragma('foreign_keys = ON');
  // A checkpoint holds the process up for as long as it has pages to copy: of SQLite's own 1000, one write in a hundred of a
  // large index took 35 to 40 ms, of these 20 ms, and all of them together no longer than before.
  connection.pragma(`wal_autocheckpoint = ${CHECKPOINT_PAGES}`);
  if (options.maxPages !== undefined) connection.pragma(`max_page_count = ${options.maxPages}`);
}

/** SQLite finds a lock, or a file it may not write, at the first write only: make one now, and take it back. */
function probeWrite(connection: BetterSqlite3.Database): void {
  const version = Number(connection.pragma('user_version', { simple: true }));
  connection.exec('begin immediate');
  try {
    connection.pragma(`user_version = ${version}`);
  } finally {
    connection.exec('rollback');
  }
}
