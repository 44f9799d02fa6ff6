import { assessedView } from './admin/server-views.js';
import type { BbbClient } from './bbb/client.js';
import type { Config } from './config/config.js';
import type { ForecastWatch } from './meetings/forecast-watch.js';
import type { MeetingDirectory } from './meetings/meeting-directory.js';
import type { MeetingPlacer } from './meetings/meeting-placer.js';
import { tenantUsage } from './meetings/tenant-usage.js';
import type { HostSample } from './metrics/load-table.js';
import type { MetricsSources, ServerSnapshot, TenantSnapshot } from './ops/metrics-sources.js';
import { exclusionsOf } from './placement/exclusions.js';
import type { LoadModel } from './placement/learning/load-model.js';
import type { Expectation } from './placement/learning/room-habits.js';
import { knownLimit } from './placement/measure.js';
import { ceilingsOf, NOBODY, predictLoad } from './placement/predict-load.js';
import type { ServerPool } from './pool/server-pool.js';
import type { TenantDirectory } from './tenants/tenant-directory.js';

/** What the gauges of servers and tenants are read from. */
export interface ObservedDeps {
  readonly pool: ServerPool;
  readonly client: Pick<BbbClient, 'certificateExpiryOf'>;
  readonly placer: MeetingPlacer;
  readonly forecasts: Pick<ForecastWatch, 'of' | 'leadMs'>;
  /** Whether a server has Ballast's webhook. */
  readonly hasHook: (serverId: string) => boolean | undefined;
  readonly model: Pick<LoadModel, 'coresPerPerson'>;
  /** The newest sample of a server, however old. */
  readonly sampleOf: (serverId: string) => HostSample | undefined;
  readonly directory: MeetingDirectory;
  readonly tenants: TenantDirectory;
}

/** What the gauges show of servers, tenants and what was learnt, as of now. */
export type Observed = Required<
  Pick<MetricsSources, 'servers' | 'tenants' | 'forecastLeadSeconds' | 'cpuCoresPerAttendee'>
>;

/** Joins what the rooms know of each server and tenant at a scrape. */
export function observedSide({ placement }: Pick<Config, 'placement'>, deps: ObservedDeps): Observed {
  const { forecasts, model } = deps;
  const usual: Expectation = {
    attendees: placement.defaultMeetingSize,
    durationsMs: [placement.defaultMeetingDurationMs],
    basis: 'default',
    sessions: 0,
  };
  return {
    servers: () => serverSnapshots(deps, usual),
    tenants: () => tenantSnapshots(deps),
    forecastLeadSeconds: () => forecasts.leadMs / 1000,
    cpuCoresPerAttendee: () => model.coresPerPerson,
  };
}

function tenantSnapshots({ tenants, directory, pool }: ObservedDeps): readonly TenantSnapshot[] {
  const used = tenantUsage(directory, pool);
  return tenants.all().map(({ id, limits }) => {
    const { meetings, attendees } = used.get(id) ?? NOTHING;
    return { id, limits, meetings, attendees };
  });
}

const NOTHING = { meetings: 0, attendees: 0 };

function serverSnapshots(
  { pool, placer, client, forecasts, hasHook, sampleOf }: ObservedDeps,
  usual: Expectation,
): readonly ServerSnapshot[] {
  const { options } = placer;
  const now = Date.now();
  const assessed = pool.servers().map((server) => {
    const assessment = predictLoad(placer.candidate(server), NOBODY, options);
    return { assessment, view: assessedView(server, assessment, now) };
  });
  const exclusions = exclusionsOf(
    assessed.map(({ assessment }) => assessment.candidate),
    usual,
    options,
  );
  return assessed.map(({ assessment: { candidate, predictedCpu }, view }) => {
    const { id, limits, tags } = view;
    const excludedBy = exclusions.get(id);
    const { cpu, memory, network } = ceilingsOf({ limits }, options);
    // Field by field: spreading a view of twenty fields costs more than all the rest here.
    return {
      id,
      adminState: view.adminState,
      health: view.health,
      cpu: view.cpu,
      memory: view.memory,
      networkBytesPerSecond: view.networkBytesPerSecond,
      networkMbit: candidate.networkMbit,
      load: view.load,
      attendees: view.attendees,
      reservedAttendees: view.reservedAttendees,
      meetings: view.meetings,
      sampleAgeSeconds: view.sampleAgeSeconds,
      pollAgeSeconds: view.pollAgeSeconds,
      cores: sampleOf(id)?.cpuCount,
      limits: {
        cpu,
        memory,
        network,
        attendees: knownLimit(limits.attendees),
        meetings: knownLimit(limits.meetings),
      },
      isSpare: tags.includes(options.spareTag),
      isEligible: excludedBy === undefined,
      excludedBy,
      predictedCpu,
      backgroundCpu: candidate.backgroundCpu,
      forecastCpu: forecasts.of(id),
      hasHook: hasHook(id),
      certificateExpiresAt: client.certificateExpiryOf(id),
    };
  });
}
