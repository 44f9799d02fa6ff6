import type { BbbClient } from './bbb/client.js';
import type { Config } from './config/config.js';
import type { Logger } from './log.js';
import { MeetingCreator } from './meetings/create-meeting.js';
import { MeetingCalls } from './meetings/meeting-calls.js';
import type { MeetingDirectory } from './meetings/meeting-directory.js';
import { MeetingKeeper } from './meetings/meeting-keeper.js';
import { MeetingPlacer, type HostLoad } from './meetings/meeting-placer.js';
import { PlacementJournal } from './meetings/placement-journal.js';
import { tenantAttendees } from './meetings/tenant-attendees.js';
import type { Metrics } from './ops/metrics.js';
import { LoadModel } from './placement/learning/load-model.js';
import { RoomHabits } from './placement/learning/room-habits.js';
import type { PlacementStore } from './placement/types.js';
import type { ServerPool } from './pool/server-pool.js';
import type { TenantDirectory } from './tenants/tenant-directory.js';

export interface MeetingSideDeps {
  readonly store: PlacementStore;
  readonly pool: ServerPool;
  readonly client: BbbClient;
  readonly directory: MeetingDirectory;
  readonly tenants: TenantDirectory;
  readonly metrics: Metrics;
  readonly hostLoad: (serverId: string) => HostLoad;
  readonly now: () => number;
  readonly logger: Logger;
}

/** What places, creates, finds and looks after meetings. */
export interface MeetingSide {
  readonly journal: PlacementJournal;
  readonly placer: MeetingPlacer;
  readonly meetings: MeetingCalls;
  readonly creator: MeetingCreator;
  readonly keeper: MeetingKeeper;
}

/** Builds the parts that deal with meetings. */
export function meetingSide(config: Config, deps: MeetingSideDeps): MeetingSide {
  const { pool, client, directory, tenants, metrics, now, logger } = deps;
  const journal = new PlacementJournal(deps.store, logger);
  let decisionSeconds = 0;
  const { rampMs, defaultMeetingSize } = config.placement;
  const model = new LoadModel({ rampMs, windowMs: config.metrics.windowMs });
  const habits = new RoomHabits({ defaultAttendees: defaultMeetingSize, defaultDurationMs: 4 * rampMs });
  const placer = new MeetingPlacer({
    model,
    habits,
    pool,
    directory,
    hostLoad: deps.hostLoad,
    options: { ...config.placement, shares: {} },
    now,
    random: Math.random,
    onDecision: (seconds) => {
      decisionSeconds = seconds;
    },
  });
  const meetings = new MeetingCalls({ pool, client, directory, now, logger });
  const creator = new MeetingCreator({
    pool,
    client,
    directory,
    placer,
    habits,
    journal,
    limits: config.create,
    observer: {
      placed: (serverId, reason) => {
        metrics.placed({ serverId, reason, seconds: decisionSeconds });
      },
      retried: (serverId, cause) => {
        metrics.placementRetried({ serverId, cause });
      },
      failed: (reason) => {
        metrics.placementFailed(reason);
      },
    },
    firstPoll: pool.firstRound,
    attendeesOfTenant: (tenantId) => tenantAttendees(directory, pool, tenantId),
    now,
    logger,
  });
  const keeper = new MeetingKeeper({
    pool,
    client,
    directory,
    ownerOf: (scopedId) => tenants.ownerOf(scopedId),
    inFlight: creator.inFlight,
    defaultMeetingSize: config.placement.defaultMeetingSize,
    now,
    logger,
  });
  return { journal, placer, meetings, creator, keeper };
}
