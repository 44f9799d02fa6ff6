import type { BbbClient } from './bbb/client.js';
import { archiveSide, type ArchiveSide } from './app-archive.js';
import { outboxSide } from './app-callbacks.js';
import type { Cleanups } from './app-cleanups.js';
import { hookSide, type HookSide } from './app-hooks.js';
import type { MeetingSide } from './app-meetings.js';
import { receivedSide, type ReceivedSide } from './app-received.js';
import { eachStep } from './app-removed.js';
import { recordingSide, type RecordingSide } from './app-recordings.js';
import { dropTenant } from './callbacks/drop-tenant.js';
import type { CallbackOutbox } from './callbacks/outbox.js';
import { FailingBook } from './callbacks/hooks/failing-book.js';
import { HookDirectory } from './callbacks/hooks/hook-directory.js';
import type { Config } from './config/config.js';
import type { Logger } from './log.js';
import type { MeetingDirectory } from './meetings/meeting-directory.js';
import type { Metrics } from './ops/metrics.js';
import type { ServerPool } from './pool/server-pool.js';
import type { Store } from './store/open-store.js';
import type { TenantDirectory } from './tenants/tenant-directory.js';

export interface AfterwardsDeps {
  readonly store: Store;
  readonly pool: ServerPool;
  readonly client: BbbClient;
  readonly directory: MeetingDirectory;
  readonly tenants: TenantDirectory;
  readonly side: Pick<MeetingSide, 'hints' | 'events'>;
  /** Where Ballast listens; asked once it does. */
  readonly ownUrl: () => string;
  readonly metrics: Metrics;
  readonly now: () => number;
  readonly logger: Logger;
}

/** What comes of meetings: callbacks, webhooks, recordings. */
export interface Afterwards {
  readonly outbox: CallbackOutbox;
  readonly callbacks: ReceivedSide;
  readonly hooks: HookDirectory;
  readonly serverHooks: HookSide;
  readonly recordings: RecordingSide;
  /** Only in `recordings.mode: archive`. */
  readonly archive: ArchiveSide | undefined;
  /** To be called when a server has left the pool. */
  readonly forgetServer: (serverId: string) => Promise<void>;
  /** Begins to deliver and to import. */
  start(): Promise<void>;
}

/** Builds what comes of meetings, each part of which needs some of the others; pushes what stops them. Rejects when the store fails. */
export async function afterwards(
  config: Config,
  deps: AfterwardsDeps,
  cleanups: Pick<Cleanups, 'push'>,
): Promise<Afterwards> {
  const { store, pool, client, directory, tenants, side, metrics, now, logger } = deps;
  const onOutcome = (kind: string, outcome: string): void => {
    metrics.callbackHandled(kind, outcome);
  };
  const outgoing = await outboxSide(config, {
    ...{ store, tenants, onOutcome, now, logger },
    beforeDelivery: (callback, signal) => callbacks.beforeDelivery(callback, signal),
    onEnd: (callback, isDelivered) => {
      serverHooks.callbackEnded(callback, isDelivered);
    },
  });
  const { outbox } = outgoing;
  const callbacks: ReceivedSide = await receivedSide(config, {
    ...{ store, outbox, pool, directory, onOutcome, now, logger },
    hints: side.hints,
    announce: (recordId, serverIds) => recordings.announce(recordId, serverIds),
    hooks: (request, response, path) => serverHooks.endpoint(request, response, path),
    onSessionEnded: (meeting) => {
      serverHooks.meetingEnded(meeting);
    },
  });
  const failing = await FailingBook.load({ store: store.hooks, logger });
  cleanups.push(
    // After what still delivers.
    () => failing.stop(),
    () => outgoing.stop(),
    () => callbacks.stop(),
  );
  const archive = await archiveSide(config, {
    ...{ store, tenants, metrics, now, logger },
    restoreUrls: (xml, tenantId) => callbacks.restorer.restoreUrls(xml, tenantId),
    announceImported: (...recording) => callbacks.ready.announceImported(...recording),
  });
  if (archive !== undefined) cleanups.push(() => archive.stop());
  const hooks = await HookDirectory.load(store.hooks, { isTenant: (id) => tenants.has(id), now });
  tenants.onRemoved(async (tenantId) => {
    await hooks.removeOfTenant(tenantId);
    await dropTenant(outbox, tenantId, now);
  });
  const serverHooks: HookSide = await hookSide(config, {
    ...{ store, hooks, failing, outbox, pool, client, directory, tenants, metrics, now, logger },
    originalOf: (url, tenantId) => callbacks.restorer.originalOf(url, tenantId),
    people: side.events,
    hints: side.hints,
    ownUrl: deps.ownUrl,
  });
  cleanups.push(() => serverHooks.stop());
  pool.onPolled(serverHooks.onPolled);
  const recordings: RecordingSide = await recordingSide(config, {
    ...{ store, pool, client, tenants, metrics, now, logger },
    restorer: callbacks.restorer,
    archive: archive?.changes,
    presentArchived: archive?.present,
    listArchived: archive?.listTracks,
  });
  cleanups.push(() => recordings.stop());
  return {
    ...{ outbox, callbacks, hooks, serverHooks, recordings, archive },
    forgetServer: (serverId) =>
      eachStep([
        () => {
          callbacks.forgetServer(serverId);
        },
        () => recordings.forget(serverId),
        () => {
          serverHooks.forgetServer(serverId);
        },
      ]),
    start: async () => {
      outgoing.start();
      await archive?.start();
    },
  };
}
