import type { CallbackStore } from '../callbacks/callback.js';
import type { CallbackTargetStore } from '../callbacks/callback-target.js';
import { type Timed, timedPortions } from './timed-portions.js';

/** The outbox, telling of each read and write. */
export function timedCallbacks(store: CallbackStore, read: Timed, write: Timed): CallbackStore {
  return {
    addCallbacks: (rows) => write(() => store.addCallbacks(rows)),
    dueTargets: () => timedPortions(store.dueTargets(), read),
    dueCallbacks: (origin, limit) => read(() => store.dueCallbacks(origin, limit)),
    findCallback: (id) => read(() => store.findCallback(id)),
    findByKey: (kind, key) => read(() => store.findByKey(kind, key)),
    pendingLike: (kind, keyPrefix, limit) => read(() => store.pendingLike(kind, keyPrefix, limit)),
    endCallback: (id, end) => write(() => store.endCallback(id, end)),
    postponeCallback: (id, dueAt, lastFailure) => write(() => store.postponeCallback(id, dueAt, lastFailure)),
    dueCallback: (id, at) => write(() => store.dueCallback(id, at)),
    forgetCallback: (id) => write(() => store.forgetCallback(id)),
    reviveCallback: (id, at, expiresAt) => write(() => store.reviveCallback(id, at, expiresAt)),
    listCallbacks: (filter) => read(() => store.listCallbacks(filter)),
    countPending: () => read(() => store.countPending()),
    oldestPending: () => read(() => store.oldestPending()),
    newestId: () => read(() => store.newestId()),
    mendLanes: () => write(() => store.mendLanes()),
    pruneCallbacks: (state, kind, before) => write(() => store.pruneCallbacks(state, kind, before)),
  };
}

/** Where front ends want to be called, telling of each read and write. */
export function timedTargets(store: CallbackTargetStore, read: Timed, write: Timed): CallbackTargetStore {
  return {
    listOpenTargets: () => read(() => store.listOpenTargets()),
    findTargets: (ids) => read(() => store.findTargets(ids)),
    saveTarget: (target) => write(() => store.saveTarget(target)),
    removeTarget: (id) => write(() => store.removeTarget(id)),
    pruneTargets: (before, recordedBefore) => write(() => store.pruneTargets(before, recordedBefore)),
  };
}
