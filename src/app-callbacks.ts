import type { CallbackKind, CallbackOutcome } from './callbacks/callback.js';
import type { BeforeDelivery } from './callbacks/deliver-callback.js';
import { Deliverer, type DelivererDeps, PER_TARGET } from './callbacks/deliverer.js';
import { hookDomain } from './callbacks/hook-domain.js';
import { CallbackOutbox } from './callbacks/outbox.js';
import { CallbackSender } from './callbacks/send-callback.js';
import type { Config } from './config/config.js';
import type { Logger } from './log.js';
import type { Store } from './store/open-store.js';
import type { TenantDirectory } from './tenants/tenant-directory.js';

/** One attempt, from the look-up of the target's name to the status of its answer. */
const ATTEMPT_TIMEOUT_MS = 10_000;

export interface OutboxSideDeps {
  readonly store: Pick<Store, 'callbacks'>;
  readonly tenants: Pick<TenantDirectory, 'get'>;
  /** Asked before each attempt. */
  readonly beforeDelivery: BeforeDelivery;
  /** Told of each callback that was delivered or given up. */
  readonly onEnd: NonNullable<DelivererDeps['onEnd']>;
  readonly onOutcome: (kind: CallbackKind, outcome: CallbackOutcome) => void;
  readonly now: () => number;
  readonly logger: Logger;
}

/** The outbox and what empties it. */
export interface OutboxSide {
  readonly outbox: CallbackOutbox;
  /** Begins to deliver what is pending. */
  start(): void;
  /** Waits for what is under way. */
  stop(): Promise<void>;
}

/** Builds the outbox of callbacks with its delivery. Rejects when the store fails. */
export async function outboxSide(
  config: Pick<Config, 'callbacks' | 'publicUrl' | 'listen'>,
  { store, tenants, beforeDelivery, onEnd, onOutcome, now, logger }: OutboxSideDeps,
): Promise<OutboxSide> {
  const outbox = await CallbackOutbox.load({ store: store.callbacks, onOutcome, now });
  const { allowPrivateTargets } = config.callbacks;
  const sender = new CallbackSender({
    allowPrivateTargets,
    timeoutMs: ATTEMPT_TIMEOUT_MS,
    // For events and for all else: each has a queue of its own.
    connections: 2 * PER_TARGET,
  });
  const names = { publicUrl: config.publicUrl, listenHost: config.listen.host };
  const deliverer = new Deliverer({
    outbox,
    sender,
    secretOf: (tenantId) => tenants.get(tenantId)?.secrets[0],
    domainOf: (tenantId) => hookDomain(names, tenants.get(tenantId)?.hosts ?? []),
    beforeDelivery,
    onEnd,
    now,
    random: Math.random,
    logger,
  });
  return {
    outbox,
    start: () => {
      deliverer.start();
    },
    stop: async () => {
      await deliverer.stop();
      await sender.close();
    },
  };
}
