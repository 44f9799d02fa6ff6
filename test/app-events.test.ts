import { rmSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { expect } from 'chai';
import { request } from 'undici';
import type { SimServer } from '../src/sim/sim-server.js';
import { makeFolder } from './store/open-test-store.js';
import { AppRig, type AppRigOptions, RIG_ADMIN_TOKEN, until } from './support/app-rig.js';
import { hasHealth, ONE, POLLED, QUIET } from './support/counted-cause.js';
import { scrape, seriesMoved, type SeriesValues } from './support/series-moved.js';

/** Jobs that run once at the start. */
const START_JOBS = ['prune-placements', 'prune-history', 'prune-callbacks', 'remove-left-bodies'];

describe('what is counted as it happens', function () {
  this.timeout(20_000);
  let rig: AppRig;
  let folder: string;
  const start = async (options: AppRigOptions): Promise<SeriesValues> => {
    rig = await AppRig.start(options);
    return scrape(rig.app);
  };
  const moved = async (before: SeriesValues, ...names: string[]): Promise<Record<string, number>> =>
    seriesMoved(before, await scrape(rig.app), names);
  beforeEach(() => {
    folder = makeFolder();
  });
  afterEach(async () => {
    await rig.stop();
    rmSync(folder, { recursive: true });
  });

  it('each change of health of a server that dies and comes back', async () => {
    const before = await start(POLLED);
    const changes = (state: string): string => `server_health_changes_total{server="bbb1",state="${state}"}`;
    expect(before.get(changes('online'))).to.equal(1);
    expect(before.get(changes('offline')), 'known before it ever happened').to.equal(0);
    await rig.sims[0]!.refuse();
    await until('it is offline', () => hasHealth(rig, 'bbb1', 'offline'));
    await rig.sims[0]!.accept();
    await until('it is back', () => hasHealth(rig, 'bbb1', 'online'));
    expect(await moved(before, 'server_health_changes_total')).to.deep.equal({
      [changes('unstable')]: 1,
      [changes('offline')]: 1,
      [changes('online')]: 1,
    });
    await rig.admin('DELETE', 'servers/bbb1');
    const after = await scrape(rig.app);
    expect([...after.keys()].filter((series) => series.includes('bbb1'))).to.deep.equal([]);
  });

  it('an ended meeting: its length, its people, and how wrong the guess was', async () => {
    const before = await start(POLLED);
    const { answer, sim } = await rig.create('class', { 'meta_bbb-meeting-size-hint': 12 });
    sim.meetings.setAttendees(sim.meetings.findInternal(answer.element('internalMeetingID') ?? '')!, 4);
    await until('a poll has seen four', async () => {
      return (await scrape(rig.app)).get('server_attendees{server="bbb1"}') === 4;
    });
    await rig.call('end', { meetingID: 'class', password: 'mp' });
    const ended = 'meetings_ended_total';
    await until('its end is seen', async () => (await scrape(rig.app)).get(ended) === 1);
    const counters = ['meeting_expected_attendees_total', 'meeting_seen_attendees_total', ended];
    const counts = ['duration_seconds', 'attendees', 'size_error_attendees'].map(
      (name) => `meeting_${name}_count`,
    );
    const { meeting_expected_attendees_total: expected = 0, ...rest } = await moved(
      before,
      ...counters,
      ...counts,
    );
    expect(expected).to.be.greaterThan(4);
    expect(rest).to.deep.equal({
      meeting_seen_attendees_total: 4,
      meetings_ended_total: 1,
      meeting_duration_seconds_count: 1,
      meeting_attendees_count: 1,
      meeting_size_error_attendees_count: 1,
    });
    const after = await scrape(rig.app);
    expect(after.get('meeting_attendees_sum')).to.equal(4);
    expect(after.get('meeting_size_error_attendees_sum')).to.equal(expected - 4);
    expect(after.get('meeting_duration_seconds_sum')).to.be.within(0.5, 10);
  });

  it('calls under way, here and at the servers', async () => {
    // Held until it was seen; long limits, so that no try of it is given up before.
    const create = { deadline: '15s', firstTry: '15s' };
    const before = await start({ servers: 1, settings: { create, poll: { ...QUIET, timeout: '15s' } } });
    expect(before.get('api_requests_in_flight')).to.equal(0);
    expect(before.get('upstream_requests_in_flight')).to.equal(0);
    rig.sims[0]!.faults.set('create', { kind: 'hang' });
    const created = rig.call('create', { name: 'A class', meetingID: 'class' });
    await until('it is at the server', async () => {
      const values = await scrape(rig.app);
      return values.get('upstream_requests_in_flight') === 1 && values.get('api_requests_in_flight') === 1;
    });
    rig.sims[0]!.faults.clear();
    // Breaks the connection; the next try is answered.
    await rig.sims[0]!.refuse();
    await rig.sims[0]!.accept();
    await created;
    const after = await scrape(rig.app);
    expect(after.get('api_requests_in_flight')).to.equal(0);
    expect(after.get('upstream_requests_in_flight')).to.equal(0);
  });

  it('calls and their time by tenant, and nothing of a tenant that left', async () => {
    const tenants = [
      { id: 'school', secrets: ['s1'] },
      { id: 'college', secrets: ['s2'] },
    ];
    const before = await start({ ...ONE, tenants });
    await rig.create('class', {}, { tenant: 'school' });
    await rig.call('isMeetingRunning', { meetingID: 'class' }, { tenant: 'college' });
    await rig.call('getMeetingInfo', { meetingID: 'class' }, { tenant: 'college' });
    await rig.call('getMeetings', '', { tenant: 'college', secret: 'guessed' });
    await rig.call('nonsense', '', { tenant: 'college' });
    await rig.call('getMeetings', '', { tenant: 'nobody' });
    expect(
      await moved(before, 'tenant_requests_total', 'tenant_request_duration_seconds_count'),
    ).to.deep.equal({
      'tenant_requests_total{tenant="school",call="create",outcome="success"}': 1,
      'tenant_requests_total{tenant="college",call="isMeetingRunning",outcome="success"}': 1,
      'tenant_requests_total{tenant="college",call="getMeetingInfo",outcome="refused"}': 1,
      'tenant_requests_total{tenant="college",call="getMeetings",outcome="refused"}': 1,
      'tenant_request_duration_seconds_count{tenant="school"}': 1,
      'tenant_request_duration_seconds_count{tenant="college"}': 3,
    });
    const [{ id, url, secret }] = rig.sims as [SimServer];
    const left = [
      { kind: 'Server', id, url, secret },
      { kind: 'Tenant', ...tenants[0] },
    ];
    await rig.admin('POST', 'apply?prune', left);
    const after = await scrape(rig.app);
    expect([...after.keys()].filter((series) => series.includes('college'))).to.deep.equal([]);
    expect([...after.keys()].filter((series) => series.includes('nobody'))).to.deep.equal([]);
  });

  it('reads and writes of the store, and the size of its file', async () => {
    const file = join(folder, 'ballast.db');
    await start({ ...ONE, settings: { ...ONE.settings, store: `sqlite:${file}` } });
    await until('the jobs of the start have left the store', async () => {
      const values = await scrape(rig.app);
      return START_JOBS.every((job) => values.has(`job_last_duration_seconds{job="${job}"}`));
    });
    const before = await scrape(rig.app);
    const count = (operation: string): string =>
      `store_operation_duration_seconds_count{operation="${operation}"}`;
    await rig.create('class');
    const written = await moved(before, 'store_operation_duration_seconds_count');
    // The claim, and that it runs; the decision may follow.
    expect(written[count('write')]).to.be.within(2, 3);
    expect(written[count('read')]).to.equal(undefined);
    const after = await scrape(rig.app);
    expect(after.get('store_queue_length')).to.equal(0);
    expect(after.get('store_failures_total{operation="write"}')).to.equal(0);
    expect(after.get('store_size_bytes')).to.equal(statSync(file).size + statSync(`${file}-wal`).size);
  });

  it('lines that hosts write, and why some are not taken', async () => {
    const settings = { ...ONE.settings, metrics: { source: 'ingest' }, body: { maxSize: '1MiB' } };
    const before = await start({ ...ONE, settings });
    const now = Date.now();
    const write = async (
      body: string | Buffer,
      headers: Record<string, string> = {},
      query = 'precision=ms',
    ) => {
      const answer = await request(`${rig.app.adminUrl}/api/v2/write?${query}`, {
        method: 'POST',
        headers: { authorization: `Token ${RIG_ADMIN_TOKEN}`, ...headers },
        body,
      });
      await answer.body.dump();
      return answer.statusCode;
    };
    const good = `cpu,cpu=cpu-total,server=bbb1 usage_idle=70 ${now}`;
    const lines = [good, `disk,server=bbb1 free=1 ${now}`, 'no line protocol', `mem used_percent=3 ${now}`];
    expect(await write([...lines, `mem,server=bbb1 used_percent=3 ${now + 3_600_000}`].join('\n'))).to.equal(
      400,
    );
    expect(await write(gzipSync(good), { 'content-encoding': 'gzip' })).to.equal(204);
    expect(await write(good, { authorization: 'Token guessed' })).to.equal(401);
    expect(await write(good, {}, 'precision=h')).to.equal(400);
    expect(await write(good, { 'content-encoding': 'br' })).to.equal(400);
    expect(await write(good, { 'content-encoding': 'gzip' })).to.equal(400);
    expect(await write(Buffer.alloc(25_000_001, 'x'))).to.equal(413);
    const rejected = (reason: string): string => `ingest_rejected_total{reason="${reason}"}`;
    expect(await moved(before, 'ingest_lines_total', 'ingest_rejected_total')).to.deep.equal({
      ingest_lines_total: 6,
      ...Object.fromEntries(
        ['line', 'no-host', 'future', 'unauthorized', 'precision', 'encoding', 'unreadable', 'too-large'].map(
          (reason) => [rejected(reason), 1],
        ),
      ),
    });
  });

  it('jobs: when they are due, how long they took, and that none has failed', async () => {
    await start({ ...ONE, settings: { ...ONE.settings, metrics: { source: 'ingest', refresh: '7s' } } });
    await until('the jobs of the start have run', async () => {
      const values = await scrape(rig.app);
      return START_JOBS.every((job) => values.has(`job_last_duration_seconds{job="${job}"}`));
    });
    const values = await scrape(rig.app);
    const intervals = [...values].filter(([series]) => series.startsWith('job_interval_seconds'));
    expect(Object.fromEntries(intervals)).to.deep.include({
      'job_interval_seconds{job="prune-placements"}': 21_600,
      'job_interval_seconds{job="save-learnt"}': 300,
      'job_interval_seconds{job="remove-left-bodies"}': 3_600,
      'job_interval_seconds{job="poll"}': 3_600,
      'job_interval_seconds{job="metrics-refresh"}': 7,
    });
    // A day, or 25 hours where the clocks are set back within the next week.
    expect(values.get('job_interval_seconds{job="prune-history"}')).to.be.within(86_400, 90_000);
    for (const job of [...START_JOBS, 'save-learnt']) {
      expect(values.get(`job_failures_total{job="${job}"}`), job).to.equal(0);
    }
    expect(values.get('job_last_duration_seconds{job="prune-history"}')).to.be.within(0, 5);
    expect(values.has('job_last_duration_seconds{job="save-learnt"}'), 'not run yet').to.equal(false);
  });

  it('lines of the log, by level', async () => {
    const before = await start(ONE);
    const level = (name: string): string => `log_messages_total{level="${name}"}`;
    expect(before.get(level('error'))).to.equal(0);
    const written = (name: string): number =>
      rig.logger.entries.filter((entry) => entry.level === name).length;
    for (const name of ['error', 'warn', 'info', 'debug']) {
      expect(before.get(level(name)), name).to.equal(written(name));
    }
    const warnings = written('warn');
    rig.sims[0]!.faults.set('create', { kind: 'reset' });
    await rig.call('create', { name: 'A class', meetingID: 'class' });
    expect(written('warn')).to.be.greaterThan(warnings);
    expect((await moved(before, 'log_messages_total'))[level('warn')]).to.equal(written('warn') - warnings);
  });
});
