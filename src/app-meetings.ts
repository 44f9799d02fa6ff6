import type { BbbClient } from './bbb/client.js';
import type { Config } from './config/config.js';
import type { Logger } from './log.js';
import { EndHints } from './meetings/end-hints.js';
import { EventCounts } from './meetings/event-counts.js';
import { ForecastWatch } from './meetings/forecast-watch.js';
import { MeetingCreator } from './meetings/create-meeting.js';
import { MeetingCalls } from './meetings/meeting-calls.js';
import type { MeetingDirectory } from './meetings/meeting-directory.js';
import { MeetingKeeper } from './meetings/meeting-keeper.js';
import { JoinBook } from './meetings/join-book.js';
import { LoadWatch, type WatchedSample } from './meetings/load-watch.js';
import type { MeetingLearning } from './meetings/meeting-learning.js';
import { MeetingPlacer, type HostLoad } from './meetings/meeting-placer.js';
import { PlacementJournal } from './meetings/placement-journal.js';
import { ServerOutlooks } from './meetings/server-outlooks.js';
import { tenantAttendees } from './meetings/tenant-attendees.js';
import type { Metrics } from './ops/metrics.js';
import { ForecastLog } from './placement/learning/forecast-log.js';
import { horizonMs, LEAD_HORIZON } from './placement/outlook.js';
import type { PlacementStore } from './placement/types.js';
import type { PooledServer } from './pool/server.js';
import type { ServerPool } from './pool/server-pool.js';
import type { TenantDirectory } from './tenants/tenant-directory.js';

export interface MeetingSideDeps {
  readonly store: PlacementStore;
  readonly pool: ServerPool;
  readonly client: BbbClient;
  readonly directory: MeetingDirectory;
  readonly tenants: TenantDirectory;
  readonly metrics: Metrics;
  readonly learning: MeetingLearning;
  readonly hostLoad: (serverId: string) => HostLoad;
  /** The newest sample of a server, however old. */
  readonly sampleOf: (serverId: string) => WatchedSample | undefined;
  readonly now: () => number;
  readonly logger: Logger;
}

/** What places, creates, finds and looks after meetings. */
export interface MeetingSide {
  readonly journal: PlacementJournal;
  readonly placer: MeetingPlacer;
  readonly forecasts: ForecastWatch;
  readonly meetings: MeetingCalls;
  readonly creator: MeetingCreator;
  readonly keeper: MeetingKeeper;
  /** What servers say of ends. */
  readonly hints: EndHints;
  /** People who come and go between polls, as servers tell. */
  readonly events: EventCounts;
  /** To be called after each good poll of a server. */
  readonly onPolled: (server: PooledServer) => Promise<void>;
  /** To be called after each good refresh of the load table. */
  readonly onSamples: () => void;
  /** To be called when a server has left the pool. */
  readonly forgetServer: (serverId: string) => Promise<void>;
}

/** Builds the parts that deal with meetings. */
export function meetingSide(config: Config, deps: MeetingSideDeps): MeetingSide {
  const { pool, client, directory, tenants, metrics, learning, now, logger } = deps;
  const { habits, model } = learning;
  const journal = new PlacementJournal(deps.store, logger);
  let decisionSeconds = 0;
  const joins = new JoinBook();
  const events = new EventCounts({ directory, joins });
  const { rampMs } = config.placement;
  const outlooks = new ServerOutlooks({ directory, joins, events, habits, model, rampMs });
  const { maxAgeMs, refreshMs } = config.metrics;
  const watch = new LoadWatch({ model, sampleOf: deps.sampleOf, maxAgeMs, now });
  const placer = new MeetingPlacer({
    pool,
    outlooks,
    watch,
    hostLoad: deps.hostLoad,
    options: config.placement,
    now,
    random: Math.random,
    onDecision: (seconds) => {
      decisionSeconds = seconds;
    },
  });
  const forecasts = new ForecastWatch({
    placer,
    log: new ForecastLog(horizonMs(LEAD_HORIZON, config.placement.rampMs), refreshMs),
    onChecked: (error) => {
      metrics.forecastChecked(error);
    },
    now,
  });
  const meetings = new MeetingCalls({ pool, client, directory, joins, now, logger });
  const creator = new MeetingCreator({
    pool,
    client,
    directory,
    placer,
    habits,
    joins,
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
      passedOver: (serverId, verdict) => {
        metrics.passedOver(serverId, verdict);
      },
      moved: (serverId, cause) => {
        metrics.meetingMoved(serverId, cause);
      },
      waited: (cause, seconds) => {
        metrics.createWaited(cause, seconds);
      },
      probed: (serverId, outcome) => {
        metrics.serverProbed(serverId, outcome);
      },
    },
    firstPoll: pool.firstRound,
    attendeesOfTenant: (tenantId) => tenantAttendees(directory, pool, tenantId),
    now,
    logger,
  });
  const hints = new EndHints({ pool, directory, now, logger });
  const keeper = new MeetingKeeper({
    hints,
    pool,
    client,
    directory,
    ownerOf: (scopedId) => tenants.ownerOf(scopedId),
    inFlight: creator.inFlight,
    habits,
    onEnded: (session, expectedAttendees) => {
      learning.ended(session);
      const { startedAt, endedAt, maxAttendees: attendees, wasMoved } = session;
      metrics.meetingEnded({ seconds: (endedAt - startedAt) / 1000, attendees, expectedAttendees, wasMoved });
    },
    observer: {
      moved: (serverId, cause) => {
        metrics.meetingMoved(serverId, cause);
      },
      adopted: (serverId) => {
        metrics.meetingAdopted(serverId);
      },
      split: (serverId) => {
        metrics.meetingSplit(serverId);
      },
      copyEnded: (serverId, isEnded) => {
        metrics.copyEnded(serverId, isEnded);
      },
    },
    now,
    logger,
  });
  return {
    journal,
    placer,
    forecasts,
    meetings,
    creator,
    keeper,
    hints,
    events,
    onPolled: async (server) => {
      watch.polled(server);
      await keeper.onPolled(server);
      if (server.poll !== undefined) {
        for (const part of [joins, events]) part.polled(server.definition.id, server.poll.startedAt);
      }
      // Made now, so that no create has to wait for it.
      outlooks.of(server, now());
    },
    onSamples: () => {
      watch.refreshed(pool.servers());
      forecasts.refreshed();
    },
    forgetServer: async (serverId) => {
      for (const part of [watch, forecasts, outlooks, joins, events, placer]) part.forget(serverId);
      await meetings.forgetServer(serverId);
    },
  };
}
