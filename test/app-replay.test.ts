import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import BetterSqlite3 from 'better-sqlite3';
import { expect } from 'chai';
import { readRecordedDay } from '../src/app-replay.js';
import { silentLogger } from '../src/log.js';
import { parseRecordedDay } from '../src/sim/yardstick/recorded-day.js';
import { openStore } from '../src/store/open-store.js';
import { fillStore, RECORDED_MIDNIGHT, type Recorded } from './support/recorded-store.js';

const HOUR = 3_600_000;

/** The message of what the promise rejects with; fails when it does not. */
async function messageOf(promise: Promise<unknown>): Promise<string> {
  return promise.then(
    () => expect.fail('it was to fail'),
    (error: unknown) => String(error instanceof Error ? error.message : error),
  );
}

describe('readRecordedDay', () => {
  let folder: string;
  let recorded: Recorded;
  before(async () => {
    folder = mkdtempSync(join(tmpdir(), 'ballast-replay-'));
    recorded = await fillStore(folder);
  });
  after(() => {
    rmSync(folder, { recursive: true, force: true });
  });

  it('takes the local day of the newest ended session, with the servers each was on', async () => {
    const day = await readRecordedDay(recorded.spec);
    expect([day.from, day.until, day.midnight]).to.deep.equal([
      RECORDED_MIDNIGHT,
      new Date(2025, 2, 4).getTime(),
      RECORDED_MIDNIGHT,
    ]);
    const serverOf = (sessions: readonly { meetingId: string; serverId: string }[]): unknown =>
      Object.fromEntries(sessions.map(({ meetingId, serverId }) => [meetingId, serverId]));
    expect(day.sessions).to.have.length(40);
    expect(serverOf(day.sessions)).to.deep.equal(serverOf(recorded.sessions));
    expect(day.history).to.have.length(40);
    expect([day.refused, day.unfinished]).to.deep.equal([1, 1]);
  });

  it('knows cores from the decisions, the network where it is configured, and the cost of a person', async () => {
    const { servers, coresPerPerson } = await readRecordedDay(recorded.spec);
    expect(servers).to.deep.equal([
      { id: 'bbb1', cores: 8 },
      { id: 'bbb2', cores: 16, networkMbit: 10_000 },
      { id: 'bbb3', cores: 8 },
    ]);
    expect(coresPerPerson).to.be.closeTo(0.025, 0.002);
  });

  it('takes the time that is asked for; sessions that ended before it are its history', async () => {
    const from = RECORDED_MIDNIGHT + 10 * HOUR;
    const until = from + HOUR;
    const day = await readRecordedDay(recorded.spec, { from, until });
    const inside = recorded.sessions.filter(({ startedAt }) => startedAt >= from && startedAt < until);
    expect(day.sessions).to.have.length(inside.length);
    expect(inside.length).to.be.within(1, 39);
    expect(day.history.length).to.equal(
      40 + recorded.sessions.filter(({ endedAt }) => endedAt <= from).length,
    );
    expect(day.refused).to.equal(0);
  });

  it('holds nothing but what is replayed, and can be written and read again', async () => {
    const day = await readRecordedDay(recorded.spec);
    const text = JSON.stringify(day);
    expect(text).not.to.match(/secret|example\.org/);
    expect(parseRecordedDay(text)).to.deep.equal(day);
  });

  it('takes no session into the history that had not ended then, or that a failure moved', async () => {
    const [first] = recorded.sessions;
    const from = (first?.startedAt ?? 0) + 1;
    expect((await readRecordedDay(recorded.spec, { from })).history).to.have.length(40);
    const other = await fillStore(mkdtempSync(join(folder, 'moved-')));
    const direct = new BetterSqlite3(other.spec.replace('sqlite:', ''));
    direct.prepare('update meeting_history set was_moved = 1 where started_at < ?').run(RECORDED_MIDNIGHT);
    direct.close();
    const day = await readRecordedDay(other.spec, { from: RECORDED_MIDNIGHT });
    expect(day.sessions).to.have.length(40);
    expect(day.history).to.deep.equal([]);
  });

  for (const value of ['{', '{"at":1,"weight":40}', '{"at":1,"squares":[1],"products":[1]}']) {
    it(`replays without a learnt cost where another version kept ${value}`, async () => {
      const other = await fillStore(mkdtempSync(join(folder, 'other-')));
      const direct = new BetterSqlite3(other.spec.replace('sqlite:', ''));
      direct.prepare('update learnt set value = ?').run(value);
      direct.close();
      const day = await readRecordedDay(other.spec);
      expect(day.sessions).to.have.length(40);
      expect(day.coresPerPerson).to.equal(undefined);
    });
  }

  it('reads beside a Ballast that runs', async () => {
    const store = await openStore(recorded.spec, { logger: silentLogger });
    expect((await readRecordedDay(recorded.spec)).sessions).to.have.length(40);
    await store.close();
  });

  it('refuses a time of years, and leaves out a session of a million people', async () => {
    const span = { from: RECORDED_MIDNIGHT, until: RECORDED_MIDNIGHT + 365 * 24 * HOUR };
    expect(await messageOf(readRecordedDay(recorded.spec, span))).to.include('31 days');
    const other = await fillStore(mkdtempSync(join(folder, 'lying-')));
    const direct = new BetterSqlite3(other.spec.replace('sqlite:', ''));
    direct.exec("update meeting_history set max_attendees = 1000000 where meeting_id = 'room-3'");
    direct.close();
    const day = await readRecordedDay(other.spec);
    expect([day.sessions.length, day.history.length]).to.deep.equal([39, 39]);
    expect(parseRecordedDay(JSON.stringify(day))).to.deep.equal(day);
  });

  it('says so when there is nothing to replay', async () => {
    const from = RECORDED_MIDNIGHT + 24 * HOUR;
    expect(await messageOf(readRecordedDay(recorded.spec, { from }))).to.include('nothing to replay');
    const empty = `sqlite:${join(folder, 'empty.db')}`;
    expect(await messageOf(readRecordedDay(empty))).to.include('there is no store');
    await (await openStore(empty, { logger: silentLogger })).close();
    expect(await messageOf(readRecordedDay(empty))).to.include('nothing to replay');
    writeFileSync(join(folder, 'text.db'), 'this is no database, whatever its name says about it'.repeat(40));
    expect(await messageOf(readRecordedDay(`sqlite:${join(folder, 'text.db')}`))).to.include('text.db');
  });
});
