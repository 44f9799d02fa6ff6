import { rmSync, statSync } from 'node:fs';
import { join } from 'node:path';
import BetterSqlite3 from 'better-sqlite3';
import { expect } from 'chai';
import { silentLogger } from '../../src/log.js';
import { openStore, type Store } from '../../src/store/open-store.js';
import { StoreError } from '../../src/store/store-error.js';
import type { StoreOperation } from '../../src/store/timed-store.js';
import { claimed } from '../support/claimed-meeting.js';
import { makeFolder } from './open-test-store.js';

describe('a store that is timed', () => {
  let folder: string;
  let file: string;
  let store: Store;
  let operations: StoreOperation[];
  beforeEach(async () => {
    folder = makeFolder();
    file = join(folder, 'ballast.db');
    operations = [];
    store = await openStore(`sqlite:${file}`, {
      logger: silentLogger,
      onOperation: (operation) => operations.push(operation),
    });
  });
  afterEach(async () => {
    await store.close();
    rmSync(folder, { recursive: true });
  });
  const told = (): string[] =>
    operations.map(({ operation, isOk }) => `${operation} ${isOk ? 'ok' : 'failed'}`);

  it('tells reads from writes', async () => {
    await store.meetings.claimMeeting(claimed('class'));
    await store.meetings.listMeetings();
    await store.servers.listServers();
    await store.learnt.readCost();
    await store.history.pruneHistory(0);
    expect(told()).to.deep.equal(['write ok', 'read ok', 'read ok', 'read ok', 'write ok']);
    for (const { seconds } of operations) expect(seconds).to.be.within(0, 5);
  });

  it('tells each portion of a list, and its end', async () => {
    for await (const portion of store.history.pastSessions(0, 10)) expect(portion).to.have.length(0);
    expect(told()).to.deep.equal(['read ok']);
  });

  it('tells what failed, and still throws it', async () => {
    const other = new BetterSqlite3(file);
    other.exec('drop table meetings');
    other.close();
    const failure: unknown = await store.meetings
      .claimMeeting(claimed('class'))
      .catch((error: unknown) => error);
    expect(failure).to.be.instanceOf(StoreError);
    expect(told()).to.deep.equal(['write failed']);
  });

  it('counts writes that wait for their commit, also when it fails', async () => {
    const other = new BetterSqlite3(file);
    other.exec('drop table orphans');
    other.close();
    const orphan = { serverId: 'bbb1', scopedId: 'class', notedAt: 1, cause: 'moved' } as const;
    const writes = [
      store.meetings.claimMeeting(claimed('class')),
      store.meetings.claimMeeting(claimed('course')),
      store.meetings.noteOrphan(orphan),
    ];
    expect(store.queueLength).to.equal(3);
    await Promise.allSettled(writes);
    expect(store.queueLength).to.equal(0);
    expect(told().sort()).to.deep.equal(['write failed', 'write ok', 'write ok']);
  });

  it('is as large as its file and its log', async () => {
    const before = store.sizeBytes() ?? 0;
    await store.meetings.claimMeeting(claimed('class'));
    expect(store.sizeBytes()).to.be.greaterThan(before);
    expect(store.sizeBytes()).to.equal(statSync(file).size + statSync(`${file}-wal`).size);
  });

  it('has no size in memory, nor where its file cannot be looked at', async () => {
    const memory = await openStore('sqlite::memory:', { logger: silentLogger });
    expect(memory.sizeBytes()).to.equal(undefined);
    await memory.close();
    rmSync(file);
    expect(store.sizeBytes()).to.equal(undefined);
  });
});
