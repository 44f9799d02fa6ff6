import BetterSqlite3 from 'better-sqlite3';
import { expect } from 'chai';
import { Kysely, SqliteDialect, sql } from 'kysely';
import type { Database } from '../../src/store/schema.js';
import { SqliteStatements } from '../../src/store/sqlite-statements.js';
import { StoreError } from '../../src/store/store-error.js';
import { WriteBatches, type Write } from '../../src/store/write-batches.js';

const begins = (log: readonly string[]) => log.filter((line) => line === 'begin').length;

describe('WriteBatches', () => {
  let connection: BetterSqlite3.Database;
  let db: Kysely<Database>;
  let batches: WriteBatches;
  /** Each statement as SQLite ran it. */
  let log: string[];

  beforeEach(() => {
    log = [];
    connection = new BetterSqlite3(':memory:', { verbose: (line) => log.push(String(line)) });
    connection.exec('create table t (a integer primary key)');
    log.length = 0;
    const database = new SqliteStatements(connection, 'the test store');
    db = new Kysely<Database>({ dialect: new SqliteDialect({ database }) });
    batches = new WriteBatches(db);
  });
  afterEach(async () => {
    await batches.settled();
    await db.destroy();
  });

  const insert =
    (value: number): Write<number> =>
    async (transaction) => {
      await sql`insert into t values (${value})`.execute(transaction);
      return value;
    };
  const stored = () => connection.prepare('select a from t order by a').pluck().all();

  it('writes what is asked for together in one transaction, in that order', async () => {
    const values = [5, 3, 9, 1];
    const answers = await Promise.all(values.map(async (value) => batches.run(insert(value))));
    expect(answers).to.deep.equal(values);
    expect(log.map((line) => line.replace(/\.0/, ''))).to.deep.equal([
      'begin',
      ...values.map((value) => `insert into t values (${value})`),
      'commit',
    ]);
  });

  it('answers no write before the commit', async () => {
    const seen: boolean[] = [];
    const write = async (value: number) => {
      await batches.run(insert(value));
      seen.push(connection.inTransaction, log.includes('commit'));
    };
    await Promise.all([write(1), write(2), write(3)]);
    expect(seen).to.deep.equal([false, true, false, true, false, true]);
  });

  it('shows each write what those before it did', async () => {
    const count: Write<number> = async (transaction) =>
      (await sql<{ n: number }>`select count(*) as n from t`.execute(transaction)).rows[0]!.n;
    const answers = await Promise.all(
      [count, insert(7), count, insert(8), count].map(async (write) => batches.run(write)),
    );
    expect(answers).to.deep.equal([0, 7, 1, 8, 2]);
  });

  it('gives every caller its own truth when one write fails', async () => {
    const outcomes = await Promise.allSettled([1, 2, 2, 3].map(async (value) => batches.run(insert(value))));
    expect(outcomes.map(({ status }) => status)).to.deep.equal([
      'fulfilled',
      'fulfilled',
      'rejected',
      'fulfilled',
    ]);
    expect(outcomes[2]).to.have.property('reason').that.is.instanceOf(StoreError);
    expect(stored()).to.deep.equal([1, 2, 3]);
  });

  it('keeps nothing of a write that fails half-way', async () => {
    const half: Write<never> = async (transaction) => {
      await insert(1)(transaction);
      throw new Error('thought better of it');
    };
    const outcomes = await Promise.allSettled([batches.run(half), batches.run(insert(2))]);
    expect(outcomes.map(({ status }) => status)).to.deep.equal(['rejected', 'fulfilled']);
    expect(stored()).to.deep.equal([2]);
  });

  it('tells everyone when the commit itself fails, and writes again afterwards', async () => {
    connection.exec('create table parent (id integer primary key)');
    connection.exec('create table child (p integer references parent(id) deferrable initially deferred)');
    const orphaned: Write<unknown> = async (transaction) =>
      await sql`insert into child values (99)`.execute(transaction);
    const outcomes = await Promise.allSettled([batches.run(orphaned), batches.run(insert(1))]);
    expect(outcomes.map(({ status }) => status)).to.deep.equal(['rejected', 'fulfilled']);
    expect(await batches.run(insert(2))).to.equal(2);
    expect(stored()).to.deep.equal([1, 2]);
  });

  it('does not wait for a lock once more for each write', async () => {
    let attempts = 0;
    const locked: Write<void> = async () => {
      attempts += 1;
      throw new StoreError('locked', 'the test store is locked');
    };
    const outcomes = await Promise.allSettled([1, 2, 3].map(async () => batches.run(locked)));
    expect(outcomes.map(({ status }) => status)).to.deep.equal(['rejected', 'rejected', 'rejected']);
    expect(attempts).to.equal(1);
  });

  it('pauses between batches of a long queue and writes all of it', async () => {
    const values = Array.from({ length: 150 }, (_, index) => index);
    await Promise.all(values.map(async (value) => batches.run(insert(value))));
    expect(begins(log)).to.equal(3);
    expect(stored()).to.deep.equal(values);
  });

  it('settles once everything is written, also what is asked for meanwhile', async () => {
    const first = batches.run(insert(1)).then(async () => batches.run(insert(2)));
    const late = batches.run(insert(3));
    await late;
    await batches.settled();
    await first;
    await batches.settled();
    expect(stored()).to.deep.equal([1, 2, 3]);
  });
});
