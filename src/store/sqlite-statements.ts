import type BetterSqlite3 from 'better-sqlite3';
import type { SqliteDatabase, SqliteStatement } from 'kysely';
import { describeSqliteError } from './sqlite-error.js';

/** Far above the number of different queries the tables make; a bound for queries that vary in length. */
const MAX_STATEMENTS = 200;

/**
 * The connection as Kysely's SQLite driver uses it: prepared statements are kept (preparing costs as much as running a
 * claim), and every fault becomes a StoreError that names the file.
 */
export class SqliteStatements implements SqliteDatabase {
  readonly #connection: BetterSqlite3.Database;
  readonly #name: string;
  readonly #statements = new Map<string, SqliteStatement>();

  constructor(connection: BetterSqlite3.Database, name: string) {
    this.#connection = connection;
    this.#name = name;
  }

  prepare(sql: string): SqliteStatement {
    const known = this.#statements.get(sql);
    if (known !== undefined) return known;
    const statement = this.#guarded(() => this.#wrap(this.#connection.prepare(sql)));
    if (this.#statements.size >= MAX_STATEMENTS) this.#statements.clear();
    this.#statements.set(sql, statement);
    return statement;
  }

  close(): void {
    this.#statements.clear();
    this.#guarded(() => this.#connection.close());
  }

  #wrap(statement: BetterSqlite3.Statement): SqliteStatement {
    if (statement.source === 'rollback') return this.#rollback(statement);
    return {
      reader: statement.reader,
      all: (parameters) => this.#guarded(() => statement.all(...parameters)),
      run: (parameters) => this.#guarded(() => statement.run(...parameters)),
      iterate: (parameters) => this.#guarded(() => statement.iterate(...parameters)),
    };
  }

  /**
   * On a full disk and on I/O errors SQLite may roll back by itself (https://www.sqlite.org/lang_transaction.html#immediate);
   * a second rollback would then fail, and hide what had happened.
   */
  #rollback(statement: BetterSqlite3.Statement): SqliteStatement {
    const run = (): BetterSqlite3.RunResult =>
      this.#connection.inTransaction ? statement.run() : { changes: 0, lastInsertRowid: 0 };
    return {
      reader: false,
      all: () => [],
      run: () => this.#guarded(run),
      iterate: () => [][Symbol.iterator](),
    };
  }

  #guarded<T>(action: () => T): T {
    try {
      return action();
    } catch (error) {
      throw describeSqliteError(error, this.#name);
    }
  }
}
