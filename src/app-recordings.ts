import type { BbbClient } from './bbb/client.js';
import type { UrlRestorer } from './callbacks/url-restorer.js';
import type { Config } from './config/config.js';
import type { Logger } from './log.js';
import type { Job } from './ops/job-runner.js';
import type { Metrics } from './ops/metrics.js';
import type { ServerPool } from './pool/server-pool.js';
import type { ArchiveChanges, ListArchivedTracks, PresentArchived } from './recordings/archive-changes.js';
import type { RecordingServer } from './recordings/ask-recordings.js';
import { ChangeRetries } from './recordings/change-retries.js';
import { RecordingAsker } from './recordings/recording-asker.js';
import { ARCHIVE } from './recordings/recording-index.js';
import { RecordingCalls } from './recordings/recording-calls.js';
import { RecordingChanges } from './recordings/recording-changes.js';
import { RecordingIndexer } from './recordings/recording-indexer.js';
import { RecordingList } from './recordings/recording-list.js';
import { RecordingWalker } from './recordings/recording-walker.js';
import { ServerTurns } from './recordings/server-turns.js';
import type { Store } from './store/open-store.js';
import type { TenantDirectory } from './tenants/tenant-directory.js';

/** Every night, when nobody looks. */
const WALK_ALL = '43 2 * * *';

/** A server that is back is soon told what it has missed. */
const RETRY_MS = 5_000;

/** Every state but `deleted`. */
const COUNTED_STATES = ['processing', 'processed', 'published', 'unpublished'];

export interface RecordingSideDeps {
  readonly store: Store;
  readonly pool: ServerPool;
  readonly client: BbbClient;
  readonly tenants: TenantDirectory;
  readonly restorer: Pick<UrlRestorer, 'restoreUrls'>;
  readonly archive?: ArchiveChanges | undefined;
  readonly presentArchived?: PresentArchived | undefined;
  readonly listArchived?: ListArchivedTracks | undefined;
  readonly metrics: Metrics;
  readonly now: () => number;
  readonly logger: Logger;
}

/** The index of recordings and the calls that are answered from it. */
export interface RecordingSide {
  readonly calls: RecordingCalls;
  readonly jobs: readonly Job[];
  /** How many the index has; `undefined` before it was counted. */
  readonly count: number | undefined;
  readonly pendingChanges: number;
  /** How many servers lists wait for, which were never read; `undefined` where they are not read. */
  readonly awaited: number | undefined;
  /** Whether a server's recordings were read at least once; `undefined` where they are not read. */
  hasRead(serverId: string): boolean | undefined;
  /** A callback announced a recording. */
  announce(recordId: string, serverIds: readonly string[]): Promise<void>;
  /** A server has left the pool. */
  forget(serverId: string): Promise<void>;
  stop(): Promise<void>;
}

/** Builds the index of recordings; its jobs are yet to be started. */
export async function recordingSide(config: Config, deps: RecordingSideDeps): Promise<RecordingSide> {
  const { store, pool, client, tenants, restorer, metrics, now, logger } = deps;
  const isIndex = config.recordings.mode === 'index';
  const servers = (): readonly RecordingServer[] => pool.servers().map(recordingServer);
  const indexer = new RecordingIndexer({
    store: store.recordings,
    tenantOf: (scopedId, mark) => tenants.recordingTenant(scopedId, mark),
    isSingleTenant: () => tenants.isSingle,
    restoreUrls: (xml, tenantId) => restorer.restoreUrls(xml, tenantId),
  });
  const asker = new RecordingAsker({ client, servers, indexer, now, store: store.recordings });
  const walker = await RecordingWalker.load({
    ...{ client, servers, indexer, now, logger },
    store: store.recordings,
    walks: store.recordingWalks,
    refreshMs: config.recordings.refreshMs,
    onWalk: (serverId, outcome) => {
      metrics.recordingsWalked(serverId, outcome);
    },
  });
  const turns = new ServerTurns();
  const changing = {
    ...{ client, servers, turns, now, logger },
    store: store.recordings,
    changes: store.recordingChanges,
    archive: deps.archive,
    readSoon: (serverId: string) => {
      if (isIndex) walker.readSoon(serverId);
    },
  };
  const retries = await ChangeRetries.load(changing);
  const changes = new RecordingChanges({
    ...changing,
    onKept: (serverId) => {
      retries.onKept(serverId);
    },
    ask: async (recordIds) => (isIndex ? asker.ask(recordIds) : undefined),
  });
  const holders = isIndex ? 'servers' : 'archive-first';
  if (isIndex) await warnOfArchive(store.recordings, logger);
  const list = new RecordingList({
    store: store.recordings,
    holders,
    findGap: async () => (isIndex ? walker.findGap() : undefined),
    playbackUrl: config.recordings.playbackUrl,
    presentArchived: deps.presentArchived,
  });
  if (isIndex) {
    pool.onPolled(({ definition }) => {
      walker.onAnswering(definition.id);
    });
  }
  const abort = new AbortController();
  const repeats = new Set<Promise<void>>();
  pool.onPolled(({ definition }) => {
    // Not waited for: the server's polls go on.
    const repeat = retries.onAnswering(definition.id, abort.signal).finally(() => {
      repeats.delete(repeat);
    });
    repeats.add(repeat);
  });
  let count: number | undefined;
  const countAll = async (): Promise<void> => {
    count = await store.recordings.countRecordings({ states: COUNTED_STATES, holders });
  };
  return {
    calls: new RecordingCalls({ client, servers, list, changes, listArchived: deps.listArchived }),
    jobs: [
      {
        name: 'refresh-recordings',
        intervalMs: config.recordings.refreshMs,
        runsAtStart: true,
        run: async () => {
          if (isIndex) walker.refresh();
          await countAll();
        },
      },
      ...(isIndex ? [nightlyWalk(walker)] : []),
      { name: 'retry-recording-changes', intervalMs: RETRY_MS, run: (signal) => retries.retry(signal) },
    ],
    get count() {
      return count;
    },
    get pendingChanges() {
      return retries.pending;
    },
    get awaited() {
      return isIndex ? walker.awaited : undefined;
    },
    hasRead: (serverId) => (isIndex ? walker.hasRead(serverId) : undefined),
    announce: (recordId, serverIds) => asker.announce(recordId, isIndex ? serverIds : []),
    forget: async (serverId) => {
      await asker.forget(serverId);
      await walker.forget(serverId);
      await retries.forgetOthers();
    },
    stop: async () => {
      abort.abort();
      await Promise.all([walker.stop(), asker.stop()]);
      await Promise.all(repeats);
    },
  };
}

/** An archive that was in use before keeps its entries, for the day it is used again. */
async function warnOfArchive(store: Store['recordings'], logger: Logger): Promise<void> {
  const left = await store.countRecordings({ serverId: ARCHIVE, states: COUNTED_STATES });
  if (left === 0) return;
  logger.warn('recordings of the archive are not listed: recordings.mode is index', { recordings: left });
}

function nightlyWalk(walker: RecordingWalker): Job {
  return {
    name: 'walk-recordings',
    cron: WALK_ALL,
    run: () => {
      walker.readAllWhole();
    },
  };
}

function recordingServer({ definition, health }: ReturnType<ServerPool['servers']>[number]): RecordingServer {
  return {
    address: definition,
    isGone: health === 'offline' || health === 'wrong-secret',
    isDisabled: definition.adminState === 'disabled',
  };
}
