import { existsSync, mkdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import BetterSqlite3 from 'better-sqlite3';
import { expect } from 'chai';
import { silentLogger } from '../../src/log.js';
import { openStore, type Store } from '../../src/store/open-store.js';
import type { SqliteOptions } from '../../src/store/sqlite.js';
import { StoreError, type StoreFailure } from '../../src/store/store-error.js';
import { indexedRecording } from '../support/indexed-recording.js';
import { claimOf } from './contract/meeting-store.js';
import { makeFolder } from './open-test-store.js';

async function open(spec: string, sqlite: SqliteOptions = {}): Promise<Store> {
  return await openStore(spec, { logger: silentLogger, sqlite });
}

/** The action must fail with a StoreError of one line; returns that line. */
async function failureOf(action: Promise<unknown>, reason: StoreFailure): Promise<string> {
  const error = await action.then(
    () => undefined,
    (thrown: unknown) => thrown,
  );
  if (!(error instanceof StoreError)) throw new Error('expected a StoreError', { cause: error });
  expect(error.reason, error.message).to.equal(reason);
  expect(error.message).not.to.include('\n');
  return error.message;
}

/** Those of version 0.1, and the two of the migrations themselves. */
const FIRST_TABLES =
  'servers tenants meetings orphans meeting_history placements audit kysely_migration kysely_migration_lock'.split(
    ' ',
  );

describe('openStore', () => {
  let folder: string;
  let path: string;
  beforeEach(() => {
    folder = makeFolder();
    path = join(folder, 'data', 'ballast.db');
  });
  afterEach(() => {
    rmSync(folder, { recursive: true });
  });

  it('makes the folder and a file that only its owner reads, and finds everything again', async () => {
    const store = await open(`sqlite:${path}`);
    await store.meetings.claimMeeting(claimOf('lecture', 'bbb1'));
    expect(statSync(path).mode & 0o777).to.equal(0o600);
    expect(statSync(`${path}-wal`).mode & 0o777).to.equal(0o600);
    await store.close();
    const again = await open(`sqlite:${path}`);
    expect(await again.meetings.listMeetings()).to.have.length(1);
    await again.close();
  });

  it('copies its log into the file in small steps, each of them a short pause', async () => {
    const store = await open(`sqlite:${path}`);
    const xml = Buffer.alloc(3_000, 'x');
    for (let at = 0; at < 1_000; at += 50) {
      await store.recordings.saveRecordings(
        Array.from({ length: 50 }, (_, next) => indexedRecording(`r${at + next}`, { xml })),
      );
    }
    expect(statSync(path).size).to.be.greaterThan(2e6);
    // SQLite's own limit lets it grow to 4 MB.
    expect(statSync(`${path}-wal`).size).to.be.lessThan(2e6);
    await store.close();
  });

  it('finishes what is under way before it closes, and rejects calls after that', async () => {
    const store = await open(`sqlite:${path}`);
    const claims = Array.from({ length: 20 }, async (_, at) =>
      store.meetings.claimMeeting(claimOf(`m${at}`, 'bbb1')),
    );
    await Promise.all([store.close(), store.close()]);
    expect((await Promise.all(claims)).every((claim) => claim.won)).to.equal(true);
    expect(existsSync(`${path}-wal`)).to.equal(false);
    const late = await store.ping().then(
      () => 'answered',
      () => 'rejected',
    );
    expect(late).to.equal('rejected');
  });

  it('refuses PostgreSQL, and addresses it does not know without repeating them', async () => {
    for (const spec of ['postgres://u:geheim@db/ballast', 'postgresql://u:geheim@db/ballast']) {
      expect(await failureOf(open(spec), 'unsupported')).to.equal(
        'PostgreSQL is not supported yet; use sqlite:PATH',
      );
    }
    for (const spec of ['mysql://u:geheim@db/ballast', 'sqlite:', '']) {
      expect(await failureOf(open(spec), 'unsupported'))
        .to.include('sqlite:PATH')
        .and.not.include('geheim');
    }
  });

  it('brings a database that has the first tables only up to date and keeps what is in it', async () => {
    const store = await open(`sqlite:${path}`);
    const claim = claimOf('lecture', 'bbb1');
    await store.meetings.claimMeeting(claim);
    await store.close();
    const older = new BetterSqlite3(path);
    older.exec(`
      delete from kysely_migration where name > '0001-first-tables';
      create index meetings_by_server on meetings (server_id);
      create index meetings_by_scoped_id on meetings (scoped_id);
      alter table tenants drop column policy;
      alter table tenants drop column recordings;
      alter table meeting_history drop column was_moved;
    `);
    const first = new Set(FIRST_TABLES);
    const tables = older.prepare(`select name from sqlite_master where type = 'table'`).pluck().all();
    for (const table of tables) if (!first.has(String(table))) older.exec(`drop table ${String(table)}`);
    older.close();
    const upgraded = await open(`sqlite:${path}`);
    expect(await upgraded.meetings.listMeetings()).to.deep.equal([claim]);
    await upgraded.close();
    const file = new BetterSqlite3(path);
    const indexes = file.prepare(`select name from sqlite_master where name like 'meetings_by%'`).all();
    file.close();
    expect(indexes).to.deep.equal([]);
  });

  it('goes on with the IDs of hooks where an older build left off', async () => {
    const hook = { tenantId: 'acme', callbackUrl: 'https://a.example/', createdAt: 1, eventIds: [] };
    const store = await open(`sqlite:${path}`);
    await store.hooks.addHook({ ...hook, meetingId: undefined });
    const { id } = await store.hooks.addHook({ ...hook, meetingId: undefined });
    await store.close();
    const older = new BetterSqlite3(path);
    older.exec('drop table hook_ids; alter table recording_imports drop column missing');
    older.exec(`delete from kysely_migration where name > '0010-failing-hooks'`);
    older.close();
    const upgraded = await open(`sqlite:${path}`);
    await upgraded.hooks.removeHook('acme', id);
    expect((await upgraded.hooks.addHook({ ...hook, meetingId: undefined })).id).to.equal(id + 1);
    await upgraded.close();
  });

  it('refuses a database of a newer version and leaves it as it was', async () => {
    await (await open(`sqlite:${path}`)).close();
    const newer = new BetterSqlite3(path);
    newer.prepare('insert into kysely_migration values (?, ?)').run('0099-from-the-future', '2030-01-01');
    newer.close();
    const before = readFileSync(path);
    const line = await failureOf(open(`sqlite:${path}`), 'newer-version');
    expect(line).to.include(path).and.include('newer version of Ballast').and.include('0099-from-the-future');
    expect(readFileSync(path).equals(before)).to.equal(true);
  });

  it('refuses a database of another program and leaves it as it was', async () => {
    mkdirSync(join(folder, 'data'));
    const other = new BetterSqlite3(path);
    other.exec('create table bookmarks (url text)');
    other.close();
    const before = readFileSync(path);
    expect(await failureOf(open(`sqlite:${path}`), 'not-a-database')).to.include(path);
    expect(readFileSync(path).equals(before)).to.equal(true);
  });

  it('refuses a file that is no database and leaves it as it was', async () => {
    mkdirSync(join(folder, 'data'));
    const text = 'secrets: [ something ]\n'.repeat(100);
    writeFileSync(path, text);
    expect(await failureOf(open(`sqlite:${path}`), 'not-a-database')).to.include(path);
    expect(readFileSync(path, 'utf8')).to.equal(text);
  });

  it('refuses a folder in place of the file', async () => {
    mkdirSync(path, { recursive: true });
    expect(await failureOf(open(`sqlite:${path}`), 'not-a-database')).to.include(`${path} is a folder`);
  });

  it('says which file it cannot write', async () => {
    writeFileSync(join(folder, 'data'), 'a file where the folder should be');
    expect(await failureOf(open(`sqlite:${path}`), 'not-writable')).to.include(path);
    expect(await failureOf(open('sqlite:/proc/ballast/ballast.db'), 'not-writable')).to.include(
      '/proc/ballast/ballast.db',
    );
  });

  for (const lock of ['begin exclusive', 'begin immediate']) {
    it(`says that the file is locked while another process holds "${lock}", and opens it afterwards`, async () => {
      const first = await open(`sqlite:${path}`);
      await first.meetings.claimMeeting(claimOf('lecture', 'bbb1'));
      await first.close();
      const holder = new BetterSqlite3(path);
      holder.exec(lock);
      expect(await failureOf(open(`sqlite:${path}`, { busyTimeoutMs: 20 }), 'locked')).to.include(path);
      holder.exec('rollback');
      holder.close();
      const store = await open(`sqlite:${path}`);
      expect(await store.meetings.listMeetings()).to.have.length(1);
      await store.close();
    });
  }

  it('says that the disk is full at the first start, and starts once there is room', async () => {
    expect(await failureOf(open(`sqlite:${path}`, { maxPages: 6 }), 'disk-full')).to.include(path);
    const store = await open(`sqlite:${path}`);
    expect((await store.meetings.claimMeeting(claimOf('lecture', 'bbb1'))).won).to.equal(true);
    await store.close();
  });

  it('says that the disk is full when a claim finds no room, keeps every claim before it and goes on', async () => {
    const store = await open(`sqlite:${path}`, { maxPages: 120 });
    const kept: string[] = [];
    const claimAll = async () => {
      for (let number = 0; number < 5_000; number += 1) {
        await store.meetings.claimMeeting(claimOf(`meeting-${number}`, 'bbb1'));
        kept.push(`meeting-${number}`);
      }
    };
    expect(await failureOf(claimAll(), 'disk-full')).to.include(path);
    expect(kept).not.to.be.empty;
    expect(await store.meetings.findMeeting('default', kept[0]!)).not.to.equal(undefined);
    await store.close();
    const again = await open(`sqlite:${path}`);
    const found = (await again.meetings.listMeetings()).map((meeting) => meeting.meetingId);
    expect(found.sort()).to.deep.equal(kept.sort());
    await again.close();
  });
});
