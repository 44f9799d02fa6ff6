import { randomBytes } from 'node:crypto';
import type { BbbClient } from './bbb/client.js';
import type { ServerAddress } from './bbb/server-address.js';
import type { CallbackTakerDeps } from './callbacks/callback-taker.js';
import { DeadHooks } from './callbacks/hooks/dead-hooks.js';
import type { FailingBook } from './callbacks/hooks/failing-book.js';
import { EventFeed } from './callbacks/hooks/event-feed.js';
import { EventRelay } from './callbacks/hooks/event-relay.js';
import { hookName } from './callbacks/hooks/hook.js';
import type { HookDirectory } from './callbacks/hooks/hook-directory.js';
import { hookEndpoint } from './callbacks/hooks/hook-endpoint.js';
import { HookRegistrar } from './callbacks/hooks/hook-registrar.js';
import { MeetingHooks } from './callbacks/hooks/meeting-hooks.js';
import { reachableBase } from './callbacks/hooks/reachable-base.js';
import { ServerHooks } from './callbacks/hooks/server-hooks.js';
import { noEventsReason } from './callbacks/hooks/no-events-reason.js';
import { ToldMeetings } from './callbacks/hooks/told-meeting.js';
import type { CallbackOutbox } from './callbacks/outbox.js';
import type { UrlRestorer } from './callbacks/url-restorer.js';
import type { Config } from './config/config.js';
import type { Logger } from './log.js';
import type { EndHints } from './meetings/end-hints.js';
import type { EventCounts } from './meetings/event-counts.js';
import type { MeetingDirectory } from './meetings/meeting-directory.js';
import type { Metrics } from './ops/metrics.js';
import { systemTimer } from './pool/timer.js';
import type { PooledServer } from './pool/server.js';
import type { ServerPool } from './pool/server-pool.js';
import type { Store } from './store/open-store.js';
import type { TenantDirectory } from './tenants/tenant-directory.js';

/** As long as the token of any other URL that servers are given. */
const TOKEN_BYTES = 24;

export interface HookSideDeps {
  readonly store: Pick<Store, 'serverHooks'>;
  readonly hooks: HookDirectory;
  readonly failing: FailingBook;
  readonly outbox: CallbackOutbox;
  readonly originalOf: UrlRestorer['originalOf'];
  readonly pool: ServerPool;
  readonly client: BbbClient;
  readonly directory: MeetingDirectory;
  readonly tenants: TenantDirectory;
  readonly people: EventCounts;
  readonly hints: Pick<EndHints, 'meetingMayHaveEnded'>;
  /** Where Ballast listens; asked once it does. */
  readonly ownUrl: () => string;
  readonly metrics: Metrics;
  readonly now: () => number;
  readonly logger: Logger;
}

/** Webhooks: Ballast's own on the servers, and what becomes of their events. */
export interface HookSide {
  /** Takes what servers' webhooks send. */
  readonly endpoint: NonNullable<CallbackTakerDeps['hooks']>;
  /** To be called after each good poll of a server. */
  readonly onPolled: (server: PooledServer) => void;
  /** To be called when a server has left the pool. */
  readonly forgetServer: (serverId: string) => void;
  /** To be called when a session is over. */
  readonly meetingEnded: (meeting: { readonly tenantId: string; readonly meetingId: string }) => void;
  /** Whether the server has Ballast's hook; `undefined` while it was not asked. */
  readonly isUp: (serverId: string) => boolean | undefined;
  /** To be called with each callback that was delivered or given up. */
  readonly callbackEnded: DeadHooks['callbackEnded'];
  /** Why a front end's hook would never be told of anything, for people; `undefined` where it is. */
  readonly whyNoEvents: () => string | undefined;
  stop(): Promise<void>;
}

/** Builds the parts that deal with webhooks. Rejects when the store fails. */
export async function hookSide(config: Config, deps: HookSideDeps): Promise<HookSide> {
  const { pool, client, directory, tenants, metrics, now, logger } = deps;
  const told = new ToldMeetings({
    directory,
    polledOn: (serverId) => pool.server(serverId)?.poll?.meetings ?? new Map(),
    tenants,
  });
  const feed = new EventFeed({
    people: deps.people,
    markChanged: (serverId) => {
      pool.markChanged(serverId);
    },
    meetingMayHaveEnded: (tenantId, meetingId, session) =>
      deps.hints.meetingMayHaveEnded(tenantId, meetingId, session),
    clockSkewOf: (serverId) => pool.server(serverId)?.clockSkewMs,
    now,
    logger,
  });
  const relay = new EventRelay({
    ...{ hooks: deps.hooks, outbox: deps.outbox, originalOf: deps.originalOf, feed, now },
    meetingOf: (serverId, event) => told.find(serverId, event),
    onEvent: (outcome) => {
      metrics.hookEvent(outcome);
    },
  });
  deps.hooks.onDestroyed((hook) => deps.outbox.dropAll('hook', hookName(hook), 'its hook was destroyed'));
  const baseFor = ({ url }: ServerAddress): string | undefined =>
    reachableBase({ publicUrl: config.publicUrl, ownUrl: deps.ownUrl() }, url);
  const serverHooks = await ServerHooks.load({
    store: deps.store.serverHooks,
    registrar: new HookRegistrar({ call: (server, request) => client.call(server, request) }),
    servers: pool.servers().map(({ definition }) => definition),
    isMember: (serverId) => pool.server(serverId) !== undefined,
    isOn: config.callbacks.serverHooks,
    baseFor,
    newToken: () => randomBytes(TOKEN_BYTES).toString('base64url'),
    onLeft: (serverId) => {
      if (pool.server(serverId) === undefined) client.forget(serverId);
    },
    now,
    logger,
  });
  const deadHooks = new DeadHooks({ hooks: deps.hooks, failing: deps.failing, now, logger });
  const meetingHooks = new MeetingHooks({
    hooks: deps.hooks,
    isKnown: (tenantId, meetingId) => directory.get(tenantId, meetingId) !== undefined,
    setTimer: systemTimer,
    now,
    logger,
  });
  meetingHooks.takeUp(tenants.all().map(({ id }) => id));
  return {
    endpoint: hookEndpoint({
      serverHooks,
      relay,
      onForged: () => {
        metrics.callbackHandled('hook', 'forged');
      },
    }),
    onPolled: (server) => {
      serverHooks.onPolled(server);
    },
    forgetServer: (serverId) => {
      serverHooks.forget(serverId);
    },
    meetingEnded: (meeting) => {
      meetingHooks.ended(meeting);
    },
    callbackEnded: (callback, isDelivered) => {
      deadHooks.callbackEnded(callback, isDelivered);
    },
    isUp: (serverId) => serverHooks.isUp(serverId),
    whyNoEvents: noEventsReason({
      isOn: config.callbacks.serverHooks,
      servers: () => pool.servers().map(({ definition }) => definition),
      baseFor,
      logger,
    }),
    stop: async () => {
      await serverHooks.stop();
      await feed.stop();
      await meetingHooks.stop();
      await deadHooks.stop();
    },
  };
}
