import BetterSqlite3 from 'better-sqlite3';
import { expect } from 'chai';
import { SqliteStatements } from '../../src/store/sqlite-statements.js';
import { StoreError } from '../../src/store/store-error.js';

describe('SqliteStatements', () => {
  let statements: SqliteStatements;
  beforeEach(() => {
    statements = new SqliteStatements(new BetterSqlite3(':memory:'), 'the test store');
  });
  afterEach(() => {
    statements.close();
  });

  it('prepares a query once', () => {
    expect(statements.prepare('select ? as x')).to.equal(statements.prepare('select ? as x'));
    expect(statements.prepare('select ? as x').all([1])).to.deep.equal([{ x: 1 }]);
    expect(statements.prepare('select ? as x').all([2])).to.deep.equal([{ x: 2 }]);
  });

  it('follows a change of the tables', () => {
    statements.prepare('create table t (a integer)').run([]);
    statements.prepare('insert into t values (1)').run([]);
    expect(statements.prepare('select * from t').all([])).to.deep.equal([{ a: 1 }]);
    statements.prepare('alter table t add column b integer').run([]);
    expect(statements.prepare('select * from t').all([])).to.deep.equal([{ a: 1, b: null }]);
  });

  it('stays correct with more queries than it keeps', () => {
    for (let round = 0; round < 2; round += 1) {
      for (let number = 0; number < 300; number += 1) {
        expect(statements.prepare(`select ${number} as x`).all([])).to.deep.equal([{ x: number }]);
      }
    }
  });

  it('rolls back once, and calmly when SQLite has done so itself', () => {
    statements.prepare('create table t (a integer)').run([]);
    statements.prepare('begin').run([]);
    statements.prepare('insert into t values (1)').run([]);
    statements.prepare('rollback').run([]);
    statements.prepare('rollback').run([]);
    expect(statements.prepare('select * from t').all([])).to.deep.equal([]);
  });

  it('names the store in every fault', () => {
    const faults = [
      () => statements.prepare('select * from nowhere'),
      () => statements.prepare(`select abs(-9223372036854775808)`).all([]),
    ];
    for (const fault of faults) expect(fault).to.throw(StoreError, 'the test store');
  });
});
