import { expect } from 'chai';
import { createMetrics, type Metrics } from '../../src/ops/metrics.js';
import type { ServerSnapshot } from '../../src/ops/metrics-sources.js';

const CONTRACT: Readonly<Record<string, string>> = {
  server_cpu_ratio: 'gauge',
  server_memory_ratio: 'gauge',
  server_network_bytes_per_second: 'gauge',
  server_load: 'gauge',
  server_sample_age_seconds: 'gauge',
  server_attendees: 'gauge',
  server_meetings: 'gauge',
  server_reserved_attendees: 'gauge',
  server_health: 'gauge',
  server_admin_state: 'gauge',
  placements_total: 'counter',
  placement_retries_total: 'counter',
  placement_failures_total: 'counter',
  placement_duration_seconds: 'histogram',
  api_requests_total: 'counter',
  api_request_duration_seconds: 'histogram',
  upstream_requests_total: 'counter',
  upstream_request_duration_seconds: 'histogram',
  poll_duration_seconds: 'histogram',
  poll_failures_total: 'counter',
  metrics_source_up: 'gauge',
  metrics_query_duration_seconds: 'histogram',
  metrics_query_failures_total: 'counter',
  tenant_meetings: 'gauge',
  tenant_attendees: 'gauge',
  split_meetings: 'gauge',
  orphan_meetings: 'gauge',
  callbacks_pending: 'gauge',
  callbacks_total: 'counter',
  job_last_success_timestamp_seconds: 'gauge',
  build_info: 'gauge',
};

function make(hasProcessMetrics = false): Metrics {
  return createMetrics({
    ...{ version: '1.2.3', calls: ['create', 'join'], hasProcessMetrics },
    ...{ healths: ['unknown', 'online', 'offline'], adminStates: ['enabled'] },
  });
}

async function samples(metrics: Metrics, name: string): Promise<string[]> {
  const lines = (await metrics.render('text')).toString().split('\n');
  return lines.filter((line) => line.startsWith(`ballast_${name}{`) || line.startsWith(`ballast_${name} `));
}

function server(id: string, more: Partial<ServerSnapshot> = {}): ServerSnapshot {
  return { id, adminState: 'enabled', health: 'online', ...more };
}

describe('createMetrics', () => {
  it('prints HELP and TYPE of every name from the start', async () => {
    const text = (await make().render('text')).toString();
    for (const [name, type] of Object.entries(CONTRACT)) {
      expect(text).to.match(new RegExp(`^# HELP ballast_${name} \\S`, 'm'));
      expect(text).to.contain(`# TYPE ballast_${name} ${type}\n`);
    }
  });

  it('prints no sample while a value is unknown', async () => {
    const metrics = make();
    const gauges = Object.keys(CONTRACT).filter(
      (name) => CONTRACT[name] === 'gauge' && name !== 'build_info',
    );
    for (const name of gauges) expect(await samples(metrics, name), name).to.deep.equal([]);
    metrics.attach({
      servers: () => [server('bbb1', { cpu: undefined, load: Number.NaN })],
      tenants: () => [{ id: 't' }],
      splitMeetings: () => undefined,
    });
    const stateful = ['server_health', 'server_admin_state'];
    for (const name of gauges.filter((gauge) => !stateful.includes(gauge))) {
      expect(await samples(metrics, name), name).to.deep.equal([]);
    }
  });

  it('shows each server as of the scrape, and nothing of one that is removed', async () => {
    const metrics = make();
    let servers = [server('bbb1', { cpu: 0.25, attendees: 0 }), server('bbb2', { health: 'offline' })];
    metrics.attach({ servers: () => servers });
    for (const serverId of ['bbb1', 'bbb2']) {
      metrics.placed({ serverId, reason: 'lowest-load', seconds: 0.0001 });
      metrics.placementRetried({ serverId, cause: 'refused' });
      metrics.upstreamCalled({ serverId, call: 'create', outcome: 'success', seconds: 0.1 });
      metrics.polled({ serverId, outcome: 'timeout', seconds: 5 });
    }
    expect(await samples(metrics, 'server_cpu_ratio')).to.deep.equal([
      'ballast_server_cpu_ratio{server="bbb1"} 0.25',
    ]);
    expect(await samples(metrics, 'server_attendees')).to.deep.equal([
      'ballast_server_attendees{server="bbb1"} 0',
    ]);
    expect(await samples(metrics, 'server_health')).to.include(
      'ballast_server_health{server="bbb2",state="offline"} 1',
    );
    expect(await samples(metrics, 'server_health')).to.include(
      'ballast_server_health{server="bbb2",state="online"} 0',
    );
    expect((await metrics.render('text')).toString()).to.contain('server="bbb2"');
    servers = servers.slice(0, 1);
    expect((await metrics.render('text')).toString()).not.to.contain('server="bbb2"');
    expect(await samples(metrics, 'placements_total')).to.deep.equal([
      'ballast_placements_total{server="bbb1",reason="lowest-load"} 1',
    ]);
  });

  it('tells the network as a part of what the host has, only where that is known', async () => {
    const metrics = make();
    const bytes = { networkBytesPerSecond: 62_500_000 };
    metrics.attach({
      servers: () => [server('bbb1', { ...bytes, networkMbit: 1_000 }), server('bbb2', bytes)],
    });
    expect(await samples(metrics, 'server_network_ratio')).to.deep.equal([
      'ballast_server_network_ratio{server="bbb1"} 0.5',
    ]);
  });

  it('drops what was counted of a server that is removed, also where nobody scrapes', async () => {
    const metrics = make();
    for (const serverId of ['bbb1', 'bbb2']) {
      metrics.upstreamCalled({ serverId, call: 'create', outcome: 'success', seconds: 0.1 });
    }
    metrics.keepServers([server('bbb2')]);
    metrics.upstreamCalled({ serverId: 'bbb3', call: 'create', outcome: 'success', seconds: 0.1 });
    expect(await samples(metrics, 'upstream_requests_total')).to.deep.equal([
      'ballast_upstream_requests_total{server="bbb2",call="create",outcome="success"} 1',
      'ballast_upstream_requests_total{server="bbb3",call="create",outcome="success"} 1',
    ]);
  });

  it('bounds the calls to those known and other', async () => {
    const metrics = make();
    metrics.attach({ servers: () => [server('bbb1')] });
    metrics.apiRequest({ call: 'create', outcome: 'success', seconds: 0.01 });
    for (let i = 0; i < 50; i++) {
      metrics.apiRequest({ call: `random${i}`, outcome: 'refused', seconds: 0.001 });
      metrics.upstreamCalled({ serverId: 'bbb1', call: `random${i}`, outcome: 'success', seconds: 0.1 });
    }
    expect(await samples(metrics, 'api_requests_total')).to.include.members([
      'ballast_api_requests_total{call="create",outcome="success"} 1',
      'ballast_api_requests_total{call="other",outcome="refused"} 50',
    ]);
    expect((await metrics.render('text')).toString()).not.to.contain('random');
  });

  it('counts what the rooms report', async () => {
    const metrics = make();
    metrics.attach({
      servers: () => [server('bbb1')],
      tenants: () => [{ id: 't', meetings: 2, attendees: 0 }],
      splitMeetings: () => 0,
      orphanMeetings: () => 3,
      callbacksPending: () => 1,
    });
    metrics.placementFailed('no-server');
    metrics.callbackHandled('end', 'delivered');
    metrics.jobSucceeded('prune', 1_700_000_000_500);
    metrics.polled({ serverId: 'bbb1', outcome: 'ok', seconds: 0.1 });
    const text = (await metrics.render('text')).toString();
    for (const line of [
      'ballast_placement_failures_total{reason="no-server"} 1',
      'ballast_callbacks_total{kind="end",outcome="delivered"} 1',
      'ballast_job_last_success_timestamp_seconds{job="prune"} 1700000000.5',
      'ballast_poll_duration_seconds_count 1',
      'ballast_tenant_meetings{tenant="t"} 2',
      'ballast_tenant_attendees{tenant="t"} 0',
      'ballast_split_meetings 0',
      'ballast_orphan_meetings 3',
      'ballast_callbacks_pending 1',
      `ballast_build_info{version="1.2.3",node_version="${process.versions.node}"} 1`,
    ]) {
      expect(text).to.contain(`${line}\n`);
    }
    expect(text).not.to.contain('ballast_poll_failures_total{');
  });

  it('follows the metrics source down and up again', async () => {
    const metrics = make();
    for (const [isOk, value] of [
      [true, '1'],
      [false, '0'],
      [true, '1'],
    ] as const) {
      metrics.metricsRefreshed(0.02, isOk);
      expect(await samples(metrics, 'metrics_source_up')).to.deep.equal([
        `ballast_metrics_source_up ${value}`,
      ]);
    }
    expect(await samples(metrics, 'metrics_query_failures_total')).to.deep.equal([
      'ballast_metrics_query_failures_total 1',
    ]);
  });

  it('keeps registries apart', async () => {
    const [one, two] = [make(true), make(true)];
    one.apiRequest({ call: 'create', outcome: 'success', seconds: 1 });
    expect(await samples(two, 'api_requests_total')).not.to.include(
      'ballast_api_requests_total{call="create",outcome="success"} 1',
    );
  });

  it('prints process metrics without those promtool refuses, and no NaN however often it is scraped', async () => {
    const metrics = make(true);
    await metrics.render('text');
    const text = (await metrics.render('text')).toString();
    expect(text).to.contain('process_resident_memory_bytes ');
    expect(text).to.contain('nodejs_eventloop_lag_p99_seconds ');
    expect(text).not.to.match(/ NaN$/im);
    for (const [, name = '', type] of text.matchAll(/^# TYPE (\S+) (\S+)$/gm)) {
      expect(name.endsWith('_total'), name).to.equal(type === 'counter');
    }
  });
});
