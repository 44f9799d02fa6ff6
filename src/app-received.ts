import type { RequestTaker } from './api/http-front.js';
import type { BeforeDelivery } from './callbacks/deliver-callback.js';
import type { CallbackKind, CallbackOutcome } from './callbacks/callback.js';
import { CallbackReceiver } from './callbacks/callback-receiver.js';
import { callbackTaker, type CallbackTakerDeps } from './callbacks/callback-taker.js';
import { CallbackTargets } from './callbacks/callback-targets.js';
import { CallbackTokens } from './callbacks/callback-tokens.js';
import { CreateRewriter } from './callbacks/create-rewriter.js';
import { MeetingEnds } from './callbacks/meeting-ends.js';
import type { CallbackOutbox } from './callbacks/outbox.js';
import { RecordingReady, type AnnounceRecording } from './callbacks/recording-ready.js';
import { SignerBook } from './callbacks/signer-book.js';
import { UrlRestorer } from './callbacks/url-restorer.js';
import type { Config } from './config/config.js';
import type { Logger } from './log.js';
import type { EndHints } from './meetings/end-hints.js';
import type { MeetingDirectory } from './meetings/meeting-directory.js';
import type { Meeting } from './meetings/meeting.js';
import { isGone } from './meetings/server-gone.js';
import type { ServerPool } from './pool/server-pool.js';
import { systemTimer, type SetTimer } from './pool/timer.js';
import type { Store } from './store/open-store.js';

const DAY_MS = 24 * 3_600_000;
/** How long a server's call about a session is still known as one. */
const KEPT_MS = 30 * DAY_MS;
/** As long as anybody may want to see where a recording's callbacks went. */
const RECORDED_KEPT_MS = 400 * DAY_MS;

export interface ReceivedSideDeps {
  readonly store: Store;
  readonly outbox: CallbackOutbox;
  readonly pool: ServerPool;
  readonly directory: MeetingDirectory;
  readonly hints: EndHints;
  /** Reads a recording into the index before its front end asks for it. */
  readonly announce: AnnounceRecording;
  /** Takes what servers' webhooks send. */
  readonly hooks?: CallbackTakerDeps['hooks'];
  /** Told of each session that is over. */
  readonly onSessionEnded?: ((meeting: Meeting) => void) | undefined;
  readonly onOutcome: (kind: CallbackKind, outcome: CallbackOutcome) => void;
  readonly now: () => number;
  /** The process's own by default. */
  readonly setTimer?: SetTimer | undefined;
  readonly logger: Logger;
}

/** What stands between front ends and servers in their callbacks. */
export interface ReceivedSide {
  readonly rewriter: CreateRewriter;
  readonly restorer: UrlRestorer;
  readonly ready: RecordingReady;
  readonly taker: RequestTaker;
  /** What is looked at before a callback goes out. */
  readonly beforeDelivery: BeforeDelivery;
  /** To be called when a server has left the pool. */
  forgetServer(serverId: string): void;
  /** Takes up what was left; to be called at start and now and then. */
  sweep(): void;
  prune(): Promise<void>;
  stop(): Promise<void>;
}

/** Builds the parts that rewrite, restore and receive callbacks. */
export async function receivedSide(config: Config, deps: ReceivedSideDeps): Promise<ReceivedSide> {
  const { store, outbox, pool, directory, hints, now, logger } = deps;
  const tokens = new CallbackTokens(await store.keys.keyFor('callback-tokens'));
  const targets = await CallbackTargets.load({
    store: store.callbackTargets,
    newId: () => tokens.newId(),
    now,
    logger,
  });
  const restorer = new UrlRestorer({ tokens, targets });
  const ends = new MeetingEnds({
    targets,
    outbox,
    meetings: {
      find: (scopedId) => directory.byScopedId(scopedId),
      isAlive: (tenantId, meetingId) => hints.isAlive(tenantId, meetingId),
      mayHaveEnded: (tenantId, meetingId) => hints.meetingMayHaveEnded(tenantId, meetingId),
      isServerGone: (serverId) => {
        const server = pool.server(serverId);
        return server === undefined || isGone(server);
      },
    },
    now,
    setTimer: deps.setTimer ?? systemTimer,
    logger,
  });
  directory.onEnded((meeting) => {
    ends.ended(meeting);
    deps.onSessionEnded?.(meeting);
  });
  const ready = new RecordingReady({ targets, restorer, outbox, announce: deps.announce, now });
  const signers = new SignerBook({
    servers: () => pool.servers().map(({ definition }) => definition),
    now,
  });
  const stopNoting = pool.onPolled(({ definition }) => {
    signers.note(definition);
  });
  const receiver = new CallbackReceiver({
    ...{ tokens, targets, ends, ready, outbox, now, logger },
    signersOf: (scopedId) => signers.signers(directory.byScopedId(scopedId)?.serverId),
    onOutcome: deps.onOutcome,
  });
  return {
    restorer,
    ready,
    rewriter: new CreateRewriter({
      ...{ targets, tokens, ends },
      publicUrl: config.publicUrl?.replace(/\/+$/, ''),
    }),
    taker: callbackTaker({ receiver, hooks: deps.hooks, logger }),
    beforeDelivery: async (callback) => {
      if (callback.kind === 'end') return await ends.beforeDelivery(callback);
      return callback.kind === 'recording-ready' ? await ready.beforeDelivery(callback) : 'deliver';
    },
    forgetServer: (serverId) => {
      signers.left(serverId);
    },
    sweep: () => {
      ends.sweep();
    },
    prune: async () => {
      await store.callbackTargets.pruneTargets(now() - KEPT_MS, now() - RECORDED_KEPT_MS);
    },
    stop: async () => {
      stopNoting();
      await ends.stop();
      await targets.stop();
    },
  };
}
