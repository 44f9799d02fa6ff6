import BetterSqlite3 from 'better-sqlite3';
import { expect } from 'chai';
import { Kysely, SqliteDialect } from 'kysely';
import { reusableQuery } from '../../src/store/reusable-query.js';

interface Tables {
  t: { a: number; b: string | null };
}

describe('reusableQuery', () => {
  let db: Kysely<Tables>;
  beforeEach(async () => {
    db = new Kysely<Tables>({ dialect: new SqliteDialect({ database: new BetterSqlite3(':memory:') }) });
    await db.schema.createTable('t').addColumn('a', 'integer').addColumn('b', 'text').execute();
  });
  afterEach(async () => {
    await db.destroy();
  });

  it('runs with the values given, and with null in the place of a value', async () => {
    const insert = reusableQuery(db.insertInto('t').values({ a: 0, b: null }).compile());
    const update = reusableQuery(db.updateTable('t').set({ b: null }).where('a', '=', 0).compile());
    await db.executeQuery(insert([1, 'one']));
    await db.executeQuery(insert([2, null]));
    await db.executeQuery(update(['two', 2]));
    await db.executeQuery(update([null, 1]));
    expect(await db.selectFrom('t').selectAll().orderBy('a').execute()).to.deep.equal([
      { a: 1, b: null },
      { a: 2, b: 'two' },
    ]);
  });

  it('refuses values that are not as many as the query has places', () => {
    const find = reusableQuery(db.selectFrom('t').selectAll().where('a', '=', 0).compile());
    for (const values of [[], [1, 2]]) expect(() => find(values)).to.throw('values for 1 places');
  });
});
