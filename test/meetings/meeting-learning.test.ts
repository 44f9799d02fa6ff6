import { randomUUID } from 'node:crypto';
import { rmSync } from 'node:fs';
import { join } from 'node:path';
import BetterSqlite3 from 'better-sqlite3';
import { expect } from 'chai';
import { MeetingLearning } from '../../src/meetings/meeting-learning.js';
import { openStore, type Store } from '../../src/store/open-store.js';
import { makeFolder } from '../store/open-test-store.js';
import { claimed } from '../support/claimed-meeting.js';
import { RecordingLogger } from '../support/recording-logger.js';

const MINUTE_MS = 60_000;
const DAY_MS = 24 * 60 * MINUTE_MS;
const NOW = 1_700_000_000_000;

describe('MeetingLearning', () => {
  let folder: string;
  let file: string;
  let logger: RecordingLogger;
  let store: Store;

  beforeEach(async () => {
    folder = makeFolder();
    file = join(folder, 'ballast.db');
    logger = new RecordingLogger();
    store = await openStore(`sqlite:${file}`, { logger });
  });

  afterEach(async () => {
    await store.close();
    rmSync(folder, { recursive: true });
  });

  const restore = (): Promise<MeetingLearning> =>
    MeetingLearning.restore({
      sessions: store.history,
      learnt: store.learnt,
      rampMs: 15 * MINUTE_MS,
      windowMs: MINUTE_MS,
      defaultMeetingSize: 15,
      defaultMeetingDurationMs: 60 * MINUTE_MS,
      now: () => NOW,
      logger,
    });

  /** The process ends, in good order or not, and another begins with what the file holds. */
  const restart = async (): Promise<MeetingLearning> => {
    await store.close();
    store = await openStore(`sqlite:${file}`, { logger });
    return restore();
  };

  /** A session of a room as the reaper closes it. */
  const session = async (
    learning: MeetingLearning,
    meetingId: string,
    { endedAt = NOW - MINUTE_MS, minutes = 45, people = 30, wasMoved = false } = {},
  ): Promise<void> => {
    const meeting = claimed(meetingId, { claimedAt: endedAt - minutes * MINUTE_MS, wasMoved });
    await store.meetings.claimMeeting(meeting);
    const { tenantId, serverId, claimedAt: startedAt } = meeting;
    const ended = { tenantId, meetingId, serverId, startedAt, endedAt, maxAttendees: people, wasMoved };
    await store.meetings.closeMeeting(meeting, ended);
    learning.ended(ended);
  };

  const expectation = (learning: MeetingLearning, meetingId: string) =>
    learning.habits.expect({ tenantId: 'default', meetingId, at: NOW });

  const measure = (learning: MeetingLearning, from: number): void => {
    for (let at = from; at < from + 60 * MINUTE_MS; at += 10_000) {
      for (const [id, people] of [['bbb1', 100] as const, ['bbb2', 10] as const]) {
        learning.model.counted(id, { people, voice: people / 2, streams: 2 * people }, at);
        const cpu = (0.2 + people * 0.06) / 16;
        learning.model.measured(id, { cpu, memory: undefined, sampledAt: at, cores: 16 });
      }
    }
  };

  it('knows its rooms and what a person costs after a restart as before', async () => {
    const first = await restore();
    for (let day = 12; day > 0; day -= 1) {
      await session(first, 'lecture', { endedAt: NOW - day * DAY_MS, minutes: 80 + day, people: 100 + day });
      await session(first, `class-${day}`, { endedAt: NOW - day * DAY_MS, people: 20 + day });
    }
    measure(first, NOW - 70 * MINUTE_MS);
    await first.save();
    const second = await restart();
    for (const id of ['lecture', 'class-3', 'never seen']) {
      expect(expectation(second, id), id).to.deep.equal(expectation(first, id));
    }
    expect(expectation(second, 'lecture')).to.include({ basis: 'room', sessions: 8 });
    expect(second.model.coresPerPerson).to.equal(first.model.coresPerPerson);
    expect(second.model.coresPerPerson).to.be.closeTo(0.06, 0.01);
    expect(second.model.learnt()).to.deep.equal(first.model.learnt());
  });

  it('loses by a crash only what was learnt since it was last saved, and no session', async () => {
    const first = await restore();
    measure(first, NOW - 130 * MINUTE_MS);
    await first.save();
    const saved = first.model.learnt();
    measure(first, NOW - 60 * MINUTE_MS);
    await session(first, 'lecture');
    const second = await restart();
    expect(second.model.learnt()).to.deep.equal(saved);
    expect(expectation(second, 'lecture')).to.deep.equal(expectation(first, 'lecture'));
  });

  it('learns nothing from a session that a failure moved, before and after a restart', async () => {
    const first = await restore();
    await session(first, 'lecture', { wasMoved: true });
    expect(expectation(first, 'lecture').basis).to.equal('default');
    expect(expectation(await restart(), 'lecture').basis).to.equal('default');
  });

  it('learns from the last 90 days only', async () => {
    const first = await restore();
    await session(first, 'of old', { endedAt: NOW - 91 * DAY_MS });
    await session(first, 'of late', { endedAt: NOW - 89 * DAY_MS });
    const second = await restart();
    expect(expectation(second, 'of old').basis).to.equal('default');
    expect(expectation(second, 'of late').basis).to.equal('room');
  });

  it('starts all the same when what was learnt makes no sense, and says so', async () => {
    const values = [
      ...['{', '[]', '{"at":"soon"}', '{"at":1,"squares":[-5],"products":[]}', 'null'],
      // As other versions kept it.
      '{"at":1,"weight":40,"x":900,"y":60,"xx":30000,"xy":2000}',
      '{"at":1,"squares":[40,900,900,30000],"products":[60,2000]}',
    ];
    for (const value of values) {
      const direct = new BetterSqlite3(file);
      direct.prepare('insert or replace into learnt values (?, ?, ?)').run('cpu-cost', NOW, value);
      direct.close();
      const before = logger.lines.length;
      const learning = await restart();
      expect(learning.model.learnt().squares[0], value).to.equal(0);
      const said = logger.lines.slice(before).filter((line) => !line.startsWith('info'));
      expect(said).to.deep.equal(['warn what people cost a server cannot be read; it is learnt anew']);
      await learning.save();
      expect((await restart()).model.learnt().squares[0]).to.equal(0);
    }
  });

  it('starts all the same when past sessions cannot be read, and says so', async () => {
    const direct = new BetterSqlite3(file);
    direct.exec('drop table meeting_history');
    direct.close();
    const learning = await restart();
    expect(learning.habits.roomCount).to.equal(0);
    expect(logger.lines.filter((line) => line.startsWith('warn'))).to.have.length(1);
  });

  it('reads a hundred thousand sessions in a moment', async function () {
    this.timeout(30_000);
    const direct = new BetterSqlite3(file);
    const insert = direct.prepare('insert into meeting_history values (?, ?, ?, ?, ?, ?, ?, ?)');
    direct.transaction(() => {
      for (let i = 0; i < 110_000; i += 1) {
        const endedAt = NOW - 80 * DAY_MS + i * 60_000;
        const ids = [randomUUID(), `tenant-${i % 20}`, `room-${i % 6_000}`, 'bbb1'];
        insert.run(...ids, endedAt - 45 * MINUTE_MS, endedAt, 10 + (i % 40), 0);
      }
    })();
    direct.close();
    const startedAt = performance.now();
    const learning = await restore();
    const tookMs = performance.now() - startedAt;
    expect(learning.habits.roomCount).to.equal(6_000);
    expect(tookMs, `took ${Math.round(tookMs)} ms`).to.be.below(5_000);
    const { basis, sessions } = learning.habits.expect({
      tenantId: 'tenant-3',
      meetingId: 'room-3',
      at: NOW,
    });
    expect({ basis, sessions }).to.deep.equal({ basis: 'room', sessions: 8 });
  });
});
