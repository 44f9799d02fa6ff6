import BetterSqlite3 from 'better-sqlite3';
import { expect } from 'chai';
import { describeSqliteError } from '../../src/store/sqlite-error.js';
import { StoreError, type StoreFailure } from '../../src/store/store-error.js';

const path = '/var/lib/ballast/ballast.db';

const byCode: readonly (readonly [string, StoreFailure])[] = [
  ['SQLITE_BUSY', 'locked'],
  ['SQLITE_BUSY_SNAPSHOT', 'locked'],
  ['SQLITE_LOCKED_SHAREDCACHE', 'locked'],
  ['SQLITE_NOTADB', 'not-a-database'],
  ['SQLITE_CORRUPT_INDEX', 'damaged'],
  ['SQLITE_FULL', 'disk-full'],
  ['SQLITE_READONLY_DIRECTORY', 'not-writable'],
  ['SQLITE_CANTOPEN_ISDIR', 'not-writable'],
  ['SQLITE_IOERR_FSYNC', 'failed'],
  ['SQLITE_CONSTRAINT_NOTNULL', 'failed'],
];

describe('describeSqliteError', () => {
  for (const [code, reason] of byCode) {
    it(`makes ${code} "${reason}", with the path and the cause`, () => {
      const cause = new BetterSqlite3.SqliteError('what SQLite says', code);
      const error = describeSqliteError(cause, path);
      expect(error.reason).to.equal(reason);
      expect(error.message).to.include(path).and.not.include('\n');
      expect(error.cause).to.equal(cause);
    });
  }

  it('knows the faults of the file system', () => {
    for (const [code, reason] of [
      ['ENOSPC', 'disk-full'],
      ['EACCES', 'not-writable'],
      ['EROFS', 'not-writable'],
    ] as const) {
      const error = describeSqliteError(Object.assign(new Error('mkdir failed'), { code }), path);
      expect(error.reason).to.equal(reason);
      expect(error.message).to.include(path);
    }
  });

  it('passes a StoreError on and keeps what else was thrown', () => {
    const known = new StoreError('locked', 'known');
    expect(describeSqliteError(known, path)).to.equal(known);
    expect(describeSqliteError('odd', path).message).to.include('odd');
  });
});
