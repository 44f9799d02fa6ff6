import { applyClusterFile, summarise } from './admin/apply-cluster.js';
import { adminSide } from './app-admin.js';
import { afterwards, type Afterwards } from './app-afterwards.js';
import { apiSide } from './app-api.js';
import { Cleanups } from './app-cleanups.js';
import { appCounts } from './app-counts.js';
import { periodicJobs } from './app-jobs.js';
import { measuredSide } from './app-metrics.js';
import { observedSide } from './app-observed.js';
import { eachStep } from './app-removed.js';
import { isLongUpload, requestTakers } from './app-http.js';
import { meetingSide } from './app-meetings.js';
import { HttpFront } from './api/http-front.js';
import { BbbClient } from './bbb/client.js';
import type { Config } from './config/config.js';
import type { Logger } from './log.js';
import { MeetingDirectory } from './meetings/meeting-directory.js';
import { MeetingLearning } from './meetings/meeting-learning.js';
import { countedLog } from './ops/counted-log.js';
import { createLog } from './ops/log.js';
import type { Metrics } from './ops/metrics.js';
import { createProbes } from './ops/probes.js';
import { ServerPool } from './pool/server-pool.js';
import { openStore } from './store/open-store.js';
import { TenantDirectory } from './tenants/tenant-directory.js';

/** A running balancer. */
export interface App {
  /** `http://host:port` of the BBB API. */
  readonly url: string;
  /** The same, or that of `adminListen`. */
  readonly adminUrl: string;
  /** Resolves once each server was polled or its first poll timed out. */
  readonly firstPoll: Promise<void>;
  /** Finishes the calls under way, then stops everything. */
  stop(): Promise<void>;
}

export interface AppOptions {
  readonly logger?: Logger;
  /** Applied before the first request is taken. */
  readonly clusterFile?: string;
  readonly prune?: boolean;
}

/** What there is before any part of the balancer, and stays until its end. */
interface Frame {
  readonly metrics: Metrics;
  readonly logger: Logger;
  readonly cleanups: Cleanups;
}

/**
 * Builds a Ballast from its configuration and starts it; the only place that names every part. Throws an Error with one
 * line a person can act on; nothing is left running then.
 */
export async function startApp(config: Config, options: AppOptions = {}): Promise<App> {
  const log = options.logger === undefined ? createLog(config.log) : undefined;
  const metrics = appCounts({ source: config.metrics.source, policy: config.placement.policy });
  const logger = countedLog(options.logger ?? log ?? createLog(config.log), config.log.level, (level) => {
    metrics.logged(level);
  });
  const cleanups = new Cleanups(logger);
  try {
    if (log !== undefined) cleanups.push(() => log.close());
    return await build(config, options, { metrics, logger, cleanups });
  } catch (error) {
    await cleanups.run();
    throw error;
  }
}

async function build(
  config: Config,
  options: AppOptions,
  { metrics, logger, cleanups }: Frame,
): Promise<App> {
  const now = Date.now;
  let ownUrl = '';
  const store = await openStore(config.store, {
    logger,
    onOperation: (operation) => {
      metrics.storeOperation(operation);
    },
  });
  cleanups.push(() => store.close());
  const tenants = await TenantDirectory.load(store.tenants, config.secrets);
  const directory = await MeetingDirectory.load(store.meetings, now);
  const { rampMs, defaultMeetingSize, defaultMeetingDurationMs } = config.placement;
  const learning = await MeetingLearning.restore({
    sessions: store.history,
    learnt: store.learnt,
    windowMs: config.metrics.windowMs,
    ...{ rampMs, defaultMeetingSize, defaultMeetingDurationMs },
    now,
    logger,
  });
  cleanups.push(() => learning.save());
  const { caFile } = config.tls;
  const client = new BbbClient({
    logger,
    ...(caFile !== undefined && { caFile }),
    onCall: (event) => {
      // A server that has left is told so once more: its series are gone by then.
      if (pool.server(event.serverId) !== undefined) metrics.upstreamCalled(event);
    },
    onReadAgain: (serverId) => {
      metrics.upstreamReadAgain(serverId);
    },
  });
  cleanups.push(() => client.close());

  const pool: ServerPool = await ServerPool.load({
    store: store.servers,
    client,
    config: config.poll,
    now,
    random: Math.random,
    logger,
    hasClaims: (serverId) => directory.hasMeetingsOn(serverId),
    onPoll: (event) => {
      metrics.polled(event);
      if (event.outcome === 'ok') metrics.jobSucceeded('poll', now());
    },
    onHealth: (serverId, health) => {
      metrics.healthChanged(serverId, health);
    },
    onRemoved: (serverId) =>
      eachStep([() => forgetServer(serverId), () => after.forgetServer(serverId)]).finally(() => {
        metrics.keepServers(pool.servers().map(({ definition }) => definition));
      }),
  });
  cleanups.push(() => pool.stop());
  const { keeper: loads, write } = measuredSide(config, {
    pool: () => pool,
    metrics,
    onSamples: () => {
      onSamples();
    },
    now,
    logger,
  });
  cleanups.push(() => loads.stop());

  const side = meetingSide(config, {
    store: store.placements,
    pool,
    client,
    directory,
    tenants,
    metrics,
    learning,
    hostLoad: (serverId) => loads.sampleFor(serverId, now()),
    sampleOf: (serverId) => loads.current().samples.get(serverId),
    now,
    logger,
  });
  const { placer, meetings, creator, keeper, onSamples, forgetServer } = side;
  cleanups.push(
    () => side.journal.stop(),
    () => creator.stop(),
    () => keeper.stop(),
  );
  pool.onPolled(side.onPolled);

  const after: Afterwards = await afterwards(
    config,
    { ...{ store, pool, client, directory, tenants, side, metrics, now, logger }, ownUrl: () => ownUrl },
    cleanups,
  );
  const { outbox, callbacks, hooks, serverHooks, recordings, archive } = after;
  const calls = { callbacks, pool, directory, tenants, meetings, creator, hooks, serverHooks };
  const api = apiSide(config, { ...calls, recordings: recordings.calls, metrics, logger });

  const admin = adminSide(config, {
    ...{ store, pool, directory, tenants, side, after, now, logger },
    samples: () => loads.current(),
  });
  metrics.attach({
    ...observedSide(config, {
      ...{ pool, client, placer, directory, tenants },
      forecasts: side.forecasts,
      hasHook: (serverId) => serverHooks.isUp(serverId),
      model: learning.model,
      sampleOf: (serverId) => loads.current().samples.get(serverId),
    }),
    splitMeetings: () => keeper.splitCount,
    orphanMeetings: () => keeper.orphanCount,
    pollQueueLength: () => pool.pollQueueLength,
    apiInFlight: () => api.inFlight,
    upstreamInFlight: () => client.inFlight,
    callbacksPending: () => outbox.pendingCount,
    callbacksOldestSeconds: () => outbox.oldestSeconds,
    recordings: () => recordings.count,
    recordingChangesPending: () => recordings.pendingChanges,
    recordingServersUnread: () => recordings.awaited,
    recordingImportsPending: () => archive?.pending(),
    recordingImportsFailed: () => archive?.failed(),
    storeQueueLength: () => store.queueLength,
    storeBytes: () => store.sizeBytes(),
  });
  if (options.clusterFile !== undefined) {
    const applyOptions = { prune: options.prune ?? false, dryRun: false, env: process.env };
    const { changes } = await applyClusterFile(admin.deps, options.clusterFile, applyOptions);
    logger.info('cluster file applied', { changes: summarise(changes) || 'nothing to change' });
  }

  let isFirstPollDone = false;
  const firstPoll = pool.firstRound.then(() => {
    isFirstPollDone = true;
  });
  const probes = createProbes({
    pingStore: () => store.ping(),
    isFirstPollDone: () => isFirstPollDone,
    metrics,
    logger,
  });
  const jobs = periodicJobs(config, {
    ...{ store, learning, outbox, callbacks, keeper, metrics, now, logger },
    more: [...recordings.jobs, ...(archive?.jobs ?? [])],
  });
  cleanups.push(() => jobs.stop());

  const takers = requestTakers(config, {
    logger,
    api,
    callbacks: callbacks.taker,
    playback: archive?.taker,
    probes,
    write,
    adminRouter: admin.router,
  });
  const front = await HttpFront.listen({ ...config.listen, takers: takers.main, isLongUpload, logger });
  cleanups.push(() => front.stop());
  ownUrl = front.url;
  const { adminListen } = config;
  const adminFront =
    adminListen === undefined
      ? front
      : await HttpFront.listen({ ...adminListen, takers: takers.admin, isLongUpload, logger });
  if (adminFront !== front) cleanups.push(() => adminFront.stop());

  loads.start();
  pool.start();
  jobs.start();
  await after.start();
  return { url: front.url, adminUrl: adminFront.url, firstPoll, stop: () => cleanups.run() };
}
