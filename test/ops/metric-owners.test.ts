import { expect } from 'chai';
import { createMetrics, type Metrics } from '../../src/ops/metrics.js';
import type { MetricsSources, ServerSnapshot, TenantSnapshot } from '../../src/ops/metrics-sources.js';

/** Reports everything a server can be the subject of. */
function reportServer(metrics: Metrics, serverId: string): void {
  metrics.placed({ serverId, reason: 'lowest-load', seconds: 0.001 });
  metrics.placementRetried({ serverId, cause: 'refused' });
  metrics.upstreamCalled({ serverId, call: 'create', outcome: 'success', seconds: 0.1 });
  metrics.polled({ serverId, outcome: 'timeout', seconds: 5 });
  metrics.passedOver(serverId, 'above-ceiling');
  metrics.meetingMoved(serverId, 'offline');
  metrics.serverProbed(serverId, 'lost');
  metrics.meetingAdopted(serverId);
  metrics.meetingSplit(serverId);
  metrics.copyEnded(serverId, true);
  metrics.healthChanged(serverId, 'offline');
  metrics.upstreamReadAgain(serverId);
  metrics.recordingsWalked(serverId, 'failed');
}

function snapshot(id: string): ServerSnapshot {
  return {
    ...{ id, adminState: 'enabled', health: 'online', cpu: 0.5, memory: 0.5, networkBytesPerSecond: 1e6 },
    networkMbit: 1000,
    ...{ load: 0.5, attendees: 1, reservedAttendees: 2, meetings: 1, sampleAgeSeconds: 3, pollAgeSeconds: 4 },
    ...{ cores: 8, isSpare: false, isEligible: false, excludedBy: 'above-ceiling' },
    limits: { cpu: 0.85, memory: 0.9, network: 0.85, attendees: 100, meetings: 10 },
    ...{ predictedCpu: 0.6, forecastCpu: 0.55, backgroundCpu: -0.01, certificateExpiresAt: 1.9e12 },
    hasHook: true,
  };
}

function reportTenant(metrics: Metrics, tenantId: string): void {
  metrics.apiRequest({ call: 'create', outcome: 'success', seconds: 0.1, tenantId });
}

function tenant(id: string): TenantSnapshot {
  return { id, meetings: 1, attendees: 2, limits: { meetings: 3, attendees: 4 } };
}

/** Names of the metrics that have a series with this label. */
function namesWith(text: string, label: string): Set<string> {
  const lines = text.split('\n').filter((line) => !line.startsWith('#') && line.includes(label));
  return new Set(lines.map((line) => (/^\w+/.exec(line)?.[0] ?? '').replace(/_(?:bucket|sum|count)$/, '')));
}

describe('series of a server or tenant', () => {
  let metrics: Metrics;
  let servers: readonly ServerSnapshot[];
  let tenants: readonly TenantSnapshot[];

  beforeEach(() => {
    metrics = createMetrics({
      ...{ version: '1', calls: ['create'], hasProcessMetrics: false },
      ...{ healths: ['online', 'offline'], adminStates: ['enabled'] },
    });
    [servers, tenants] = [['bbb1', 'bbb2'].map(snapshot), ['t1', 't2'].map(tenant)];
    const sources: MetricsSources = { servers: () => servers, tenants: () => tenants };
    metrics.attach(sources);
    for (const id of ['bbb1', 'bbb2']) reportServer(metrics, id);
    for (const id of ['t1', 't2']) reportTenant(metrics, id);
  });

  for (const owner of ['server', 'tenant'] as const) {
    const [stays, leaves] = owner === 'server' ? ['bbb1', 'bbb2'] : ['t1', 't2'];

    it(`leave with the ${owner}, whatever metric they are of`, async () => {
      const all = metrics.describe().filter(({ labels }) => labels.includes(owner));
      const before = (await metrics.render('text')).toString();
      expect([...namesWith(before, `${owner}="${leaves}"`)]).to.have.members(all.map(({ name }) => name));
      servers = servers.filter(({ id }) => id !== leaves);
      tenants = tenants.filter(({ id }) => id !== leaves);
      for (const format of ['text', 'openmetrics'] as const) {
        const after = (await metrics.render(format)).toString();
        expect(after).not.to.contain(`"${leaves}"`);
        expect(namesWith(after, `${owner}="${stays}"`).size).to.equal(all.length);
      }
    });
  }

  it('begin anew for one that comes back', async () => {
    servers = servers.slice(0, 1);
    await metrics.render('text');
    servers = ['bbb1', 'bbb2'].map(snapshot);
    metrics.placed({ serverId: 'bbb2', reason: 'spare', seconds: 0.001 });
    expect((await metrics.render('text')).toString()).to.contain(
      'ballast_placements_total{server="bbb2",reason="spare"} 1\n',
    );
  });

  it('of an ineligible server say why, of an eligible one do not', async () => {
    servers = [snapshot('bbb1'), { ...snapshot('bbb2'), isEligible: true, excludedBy: undefined }];
    const text = (await metrics.render('text')).toString();
    expect(text).to.contain('ballast_server_excluded{server="bbb1",reason="above-ceiling"} 1\n');
    expect(text).to.contain('ballast_server_eligible{server="bbb1"} 0\n');
    expect(text).to.contain('ballast_server_eligible{server="bbb2"} 1\n');
    expect(text).not.to.match(/ballast_server_excluded\{server="bbb2"/);
    expect(text).to.contain(
      'ballast_server_certificate_expiry_timestamp_seconds{server="bbb1"} 1900000000\n',
    );
    expect(text).to.contain('ballast_server_limit_ratio{server="bbb1",resource="network"} 0.85\n');
  });
});
