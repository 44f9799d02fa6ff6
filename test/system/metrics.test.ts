import { expect } from 'chai';
import { newMeetingId, until } from '../support/app-rig.js';
import { parseExposition, seriesIn } from './exposition.js';
import type { RunningBallast } from './running-ballast.js';
import { SystemRig } from './system-rig.js';

/** The contract: dashboards and alerts of others rely on these names. */
const CONTRACT = `
  server_cpu_ratio server_memory_ratio server_network_bytes_per_second server_load server_sample_age_seconds
  server_attendees server_meetings server_reserved_attendees server_health server_admin_state
  placements_total placement_retries_total placement_failures_total placement_duration_seconds
  api_requests_total api_request_duration_seconds upstream_requests_total upstream_request_duration_seconds
  poll_duration_seconds poll_failures_total
  metrics_source_up metrics_query_duration_seconds metrics_query_failures_total
  tenant_meetings tenant_attendees split_meetings orphan_meetings
  callbacks_pending callbacks_total job_last_success_timestamp_seconds build_info`
  .trim()
  .split(/\s+/)
  .map((name) => `ballast_${name}`);

describe('system: what Prometheus scrapes', function () {
  this.timeout(60_000);
  const rig = new SystemRig();
  let ballast: RunningBallast;
  let first: string;

  before(async () => {
    await rig.addSims(2);
    ballast = await rig.serve();
    first = await ballast.metrics();
  });
  after(() => rig.stop());

  it('prints HELP and TYPE of every name of the contract from the start', () => {
    for (const name of CONTRACT) {
      expect(first, name).to.match(new RegExp(`^# HELP ${name} \\S`, 'm'));
      const type = name.endsWith('_total')
        ? 'counter'
        : name.endsWith('duration_seconds')
          ? 'histogram'
          : 'gauge';
      expect(first, name).to.match(new RegExp(`^# TYPE ${name} ${type}$`, 'm'));
    }
  });

  it('has no series while a value is unknown, and never NaN', () => {
    for (const { name, value } of parseExposition(first)) expect(value, name).to.satisfy(Number.isFinite);
    for (const name of [
      'server_cpu_ratio',
      'server_memory_ratio',
      'server_load',
      'server_sample_age_seconds',
    ]) {
      expect(seriesIn(first, `ballast_${name}`), name).to.deep.equal([]);
    }
  });

  it('tells state and health of each server, one state at a time', () => {
    for (const server of ['bbb1', 'bbb2']) {
      for (const [name, state] of [
        ['ballast_server_health', 'online'],
        ['ballast_server_admin_state', 'enabled'],
      ] as const) {
        const on = seriesIn(first, name, { server }).filter(({ value }) => value === 1);
        expect(on.map(({ labels }) => labels.state)).to.deep.equal([state]);
      }
    }
  });

  it('counts what happened: placements, calls, people, samples', async () => {
    const meetingId = newMeetingId();
    await ballast.create(meetingId);
    await ballast.call('nonsense');
    await ballast.call('getMeetings', '', { secret: 'wrong' });
    await ballast.write(rig.sims.map((sim) => sim.host.lines(Date.now())).join(''));
    const { moderator } = ballast.access.passwords;
    const join = await ballast.call('join', { meetingID: meetingId, fullName: 'A', password: moderator });
    await ballast.send(String(join.headers.location));
    let text = '';
    const sum = (name: string, labels: Record<string, string> = {}): number =>
      seriesIn(text, `ballast_${name}`, labels).reduce((total, { value }) => total + value, 0);
    await until('the attendee is counted and the samples are in', async () => {
      text = await ballast.metrics();
      return sum('server_attendees') === 1 && sum('server_cpu_ratio') > 0;
    });
    expect(sum('placements_total')).to.equal(1);
    expect(sum('server_meetings')).to.equal(1);
    expect(sum('tenant_meetings', { tenant: 'default' })).to.equal(1);
    expect(sum('tenant_attendees', { tenant: 'default' })).to.equal(1);
    expect(sum('server_reserved_attendees')).to.be.within(1, 15);
    expect(sum('api_requests_total', { call: 'create' })).to.equal(1);
    expect(sum('api_requests_total', { call: 'join' })).to.equal(1);
    expect(sum('api_requests_total', { call: 'other' })).to.equal(1);
    expect(sum('api_requests_total', { call: 'getMeetings' })).to.equal(1);
    expect(sum('api_request_duration_seconds_count', { call: 'create' })).to.equal(1);
    expect(sum('upstream_requests_total', { call: 'create' })).to.equal(1);
    expect(sum('metrics_source_up')).to.equal(1);
    expect(sum('server_load')).to.be.above(0);
    expect(sum('split_meetings')).to.equal(0);
    expect(sum('build_info')).to.equal(1);
    expect(text).to.not.include(meetingId);
  });

  it('drops the series of a server that is removed', async () => {
    await rig.sim('bbb2').refuse();
    await until('bbb2 fails', async () => {
      const failures = seriesIn(await ballast.metrics(), 'ballast_poll_failures_total', { server: 'bbb2' });
      return failures.length > 0;
    });
    const { status } = await ballast.adminRequest('DELETE', 'servers/bbb2?force=true');
    expect(status).to.equal(200);
    const left = parseExposition(await ballast.metrics()).filter(({ labels }) => labels.server === 'bbb2');
    expect(left.map(({ name }) => name)).to.deep.equal([]);
    expect(seriesIn(await ballast.metrics(), 'ballast_server_health', { server: 'bbb1' })).to.not.deep.equal(
      [],
    );
  });

  it('is silent under promtool’s rules: no name twice, no label with a meeting', async () => {
    const text = await ballast.metrics();
    const helps = [...text.matchAll(/^# HELP (\S+)/gm)].map(([, name]) => name);
    expect(new Set(helps).size).to.equal(helps.length);
    for (const { name, labels } of parseExposition(text)) {
      expect(name).to.match(/^(ballast|process|nodejs)_/);
      expect(Object.keys(labels)).to.not.include.members(['meeting']);
    }
  });
});
