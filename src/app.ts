import { applyClusterFile, summarise } from './admin/apply-cluster.js';
import { createAdminRouter } from './admin/admin-router.js';
import type { AdminDeps } from './admin/deps.js';
import { meetingViews } from './admin/meeting-views.js';
import { serverViews } from './admin/server-views.js';
import { TokenBook } from './admin/token-book.js';
import { apiSide } from './app-api.js';
import { archiveSide } from './app-archive.js';
import { appCounts } from './app-counts.js';
import { outboxSide } from './app-callbacks.js';
import { periodicJobs } from './app-jobs.js';
import { measuredSide } from './app-metrics.js';
import { observedSide } from './app-observed.js';
import { receivedSide, type ReceivedSide } from './app-received.js';
import { hookSide, type HookSide } from './app-hooks.js';
import { isLongUpload, requestTakers } from './app-http.js';
import { meetingSide } from './app-meetings.js';
import { recordingSide, type RecordingSide } from './app-recordings.js';
import { FailedChecksums } from './api/failed-checksums.js';
import { HttpFront } from './api/http-front.js';
import { BbbClient } from './bbb/client.js';
import { bbbError } from './bbb/messages.js';
import { HookDirectory } from './callbacks/hooks/hook-directory.js';
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
import { VERSION } from './version.js';

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
  /** Run at the end, the last first. */
  readonly cleanups: (() => Promise<void> | void)[];
  readonly stop: () => Promise<void>;
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
  const cleanups: (() => Promise<void> | void)[] = [];
  const stop = async (): Promise<void> => {
    for (let cleanup = cleanups.pop(); cleanup !== undefined; cleanup = cleanups.pop()) {
      try {
        await cleanup();
      } catch (error) {
        // What could not be stopped must not keep the rest (the store!) from being closed.
        logger.error('a part could not be stopped', { error });
      }
    }
  };
  try {
    if (log !== undefined) cleanups.push(() => log.close());
    return await build(config, options, { metrics, logger, cleanups, stop });
  } catch (error) {
    await stop();
    throw error;
  }
}

async function build(
  config: Config,
  options: AppOptions,
  { metrics, logger, cleanups, stop }: Frame,
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
  const hooks = await HookDirectory.load(store.hooks, { isTenant: (id) => tenants.has(id), now });
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
      metrics.upstreamCalled(event);
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
    onRemoved: async (serverId) => {
      await forgetServer(serverId);
      await recordings.forget(serverId);
      serverHooks.forgetServer(serverId);
      metrics.keepServers(pool.servers().map(({ definition }) => definition));
    },
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
  const { journal, placer, meetings, creator, keeper, onSamples, forgetServer } = side;
  cleanups.push(
    () => journal.stop(),
    () => creator.stop(),
    () => keeper.stop(),
  );
  pool.onPolled(side.onPolled);

  const onOutcome = (kind: string, outcome: string): void => {
    metrics.callbackHandled(kind, outcome);
  };
  const outgoing = await outboxSide(config, {
    ...{ store, tenants, onOutcome, now, logger },
    beforeDelivery: (callback, signal) => callbacks.beforeDelivery(callback, signal),
  });
  const { outbox } = outgoing;
  const callbacks: ReceivedSide = await receivedSide(config, {
    ...{ store, outbox, pool, directory, onOutcome, now, logger },
    hints: side.hints,
    announce: (recordId, serverIds) => recordings.announce(recordId, serverIds),
    hooks: (request, response, path) => serverHooks.endpoint(request, response, path),
  });
  cleanups.push(
    () => outgoing.stop(),
    () => callbacks.stop(),
  );
  const archive = await archiveSide(config, {
    ...{ store, tenants, metrics, now, logger },
    restoreUrls: (xml) => callbacks.restorer.restoreUrls(xml),
    announceImported: (...recording) => callbacks.ready.announceImported(...recording),
  });
  if (archive !== undefined) cleanups.push(() => archive.stop());
  const serverHooks: HookSide = await hookSide(config, {
    ...{ store, hooks, outbox, pool, client, directory, tenants, metrics, now, logger },
    originalOf: (url, tenantId) => callbacks.restorer.originalOf(url, tenantId),
    people: side.events,
    hints: side.hints,
    ownUrl: () => ownUrl,
  });
  cleanups.push(() => serverHooks.stop());
  pool.onPolled(serverHooks.onPolled);
  const recordings: RecordingSide = await recordingSide(config, {
    ...{ store, pool, client, tenants, metrics, now, logger },
    restorer: callbacks.restorer,
    archive: archive?.changes,
    presentArchived: archive?.present,
  });
  cleanups.push(() => recordings.stop());
  const calls = { callbacks, pool, directory, tenants, meetings, creator, hooks };
  const api = apiSide(config, { ...calls, recordings: recordings.calls, metrics, logger });

  const adminDeps: AdminDeps = {
    pool,
    tenants,
    meetings: {
      list: () => meetingViews(directory, pool),
      end: async (tenantId, meetingId) => {
        if (!(await meetings.endByAdmin(tenantId, meetingId))) throw bbbError('notFound');
      },
    },
    tokens: new TokenBook(config.admin.tokens),
    panic: (serverId) => meetings.panic(serverId),
    placements: {
      listPlacements: (filter) => journal.list(filter),
      findPlacement: (id) => journal.find(id),
    },
    recordings: { index: store.recordings, archive: archive?.admin },
    callbacks: outbox,
    serverViews: () => serverViews(pool, placer),
    samples: () => loads.current(),
    audit: store.audit,
    logger,
    now,
    version: VERSION,
    failedLogins: new FailedChecksums(config.checksum.failuresPerMinute),
  };
  metrics.attach({
    ...observedSide(config, {
      ...{ pool, client, placer, directory, tenants },
      forecasts: side.forecasts,
      hasHook: (serverId) => serverHooks.isUp(serverId),
      model: learning.model,
      sampleOf: (serverId) => loads.current().samples.get(serverId),
    }),
    splitMeetings: () => keeper.splitCount,
    orphanMeetings: () => directory.orphanCount,
    pollQueueLength: () => pool.pollQueueLength,
    apiInFlight: () => api.inFlight,
    upstreamInFlight: () => client.inFlight,
    callbacksPending: () => outbox.pendingCount,
    callbacksOldestSeconds: () => outbox.oldestSeconds,
    recordings: () => recordings.count,
    recordingChangesPending: () => recordings.pendingChanges,
    recordingImportsPending: () => archive?.pending(),
    recordingImportsFailed: () => archive?.failed(),
    storeQueueLength: () => store.queueLength,
    storeBytes: () => store.sizeBytes(),
  });
  if (options.clusterFile !== undefined) {
    const applyOptions = { prune: options.prune ?? false, dryRun: false, env: process.env };
    const { changes } = await applyClusterFile(adminDeps, options.clusterFile, applyOptions);
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
  const more = [...recordings.jobs, ...(archive?.jobs ?? [])];
  const jobs = periodicJobs(config, { store, learning, outbox, callbacks, more, metrics, now, logger });
  cleanups.push(() => jobs.stop());

  const takers = requestTakers(config, {
    logger,
    api,
    callbacks: callbacks.taker,
    playback: archive?.taker,
    probes,
    write,
    adminRouter: createAdminRouter(adminDeps),
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
  outgoing.start();
  await archive?.start();
  return { url: front.url, adminUrl: adminFront.url, firstPoll, stop };
}
