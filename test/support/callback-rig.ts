import { expect } from 'chai';
import { CallbackOutbox } from '../../src/callbacks/outbox.js';
import type { CallbackStore, NewCallback } from '../../src/callbacks/callback.js';
import type { CallbackRequest } from '../../src/callbacks/callback-request.js';
import type { BeforeDelivery } from '../../src/callbacks/deliver-callback.js';
import { Deliverer } from '../../src/callbacks/deliverer.js';
import { silentLogger } from '../../src/log.js';
import { openStore, type Store } from '../../src/store/open-store.js';
import { ManualClock } from './manual-clock.js';

/** A callback with defaults: an end due at once. */
export function newCallback(given: Partial<NewCallback> & { readonly key: string }): NewCallback {
  return {
    kind: 'end',
    tenantId: 'default',
    meetingId: 'class',
    target: `https://front.example/end?key=${given.key}`,
    content: { form: 'get' },
    dueAt: 0,
    ...given,
  };
}

/** Answers as a target would: a status, or a rejection. */
export type Answer = (request: CallbackRequest, signal: AbortSignal) => Promise<number>;

/** Outbox and deliverer on one store, with a clock that stands still and targets that answer as they are told. */
export interface CallbackRig {
  readonly store: Store;
  readonly clock: ManualClock;
  readonly outbox: CallbackOutbox;
  readonly deliverer: Deliverer;
  /** Paths of the requests so far, each with the time of the clock. */
  readonly sent: { readonly path: string; readonly at: number }[];
  /** `kind outcome`, in order. */
  readonly outcomes: string[];
  answer: Answer;
  beforeDelivery: BeforeDelivery;
  readonly tenants: Set<string>;
  /** Resolves when this holds; fails after eight seconds. */
  until(holds: () => boolean): Promise<void>;
  /** Stops the deliverer and leaves the store open. */
  stop(): Promise<void>;
  close(): Promise<void>;
}

/** Options of a rig; another store stands for one that outlives the process. */
export interface CallbackRigOptions {
  readonly store?: Store;
  readonly clock?: ManualClock;
  /** In front of the store. */
  readonly wrap?: (store: CallbackStore) => CallbackStore;
}

const asItIs = (store: CallbackStore): CallbackStore => store;

/** Starts one; the deliverer is yet to be started. */
export async function callbackRig(options: CallbackRigOptions = {}): Promise<CallbackRig> {
  const { clock = new ManualClock(), wrap = asItIs } = options;
  const store = options.store ?? (await openStore('sqlite::memory:', { logger: silentLogger }));
  const outcomes: string[] = [];
  const outbox = await CallbackOutbox.load({
    store: wrap(store.callbacks),
    onOutcome: (kind, outcome) => outcomes.push(`${kind} ${outcome}`),
    now: clock.now,
  });
  const sent: { path: string; at: number }[] = [];
  const tenants = new Set(['default']);
  const deliverer = new Deliverer({
    outbox,
    sender: {
      send: (request, signal) => {
        sent.push({ path: request.path, at: clock.now() });
        return rig.answer(request, signal);
      },
    },
    secretOf: (tenantId) => (tenants.has(tenantId) ? `secret of ${tenantId}` : undefined),
    domainOf: () => 'ballast.example',
    beforeDelivery: (callback, signal) => rig.beforeDelivery(callback, signal),
    now: clock.now,
    random: () => 0.5,
    logger: silentLogger,
    setTimer: clock.setTimer,
  });
  const rig: CallbackRig = {
    ...{ store, clock, outbox, deliverer, sent, outcomes, tenants, until },
    answer: () => Promise.resolve(200),
    beforeDelivery: () => Promise.resolve('deliver'),
    stop: () => deliverer.stop(),
    close: async () => {
      await deliverer.stop();
      await store.close();
    },
  };
  return rig;
}

/** Resolves when this holds; fails after eight seconds. */
export async function until(holds: () => boolean): Promise<void> {
  const deadline = performance.now() + 8_000;
  while (!holds()) {
    if (performance.now() > deadline) expect.fail(`did not come true in time: ${holds.toString()}`);
    await new Promise((resolve) => setImmediate(resolve));
  }
}
