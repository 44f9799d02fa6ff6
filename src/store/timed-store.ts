import type { AuditStore } from '../admin/audit.js';
import type { CallbackStore } from '../callbacks/callback.js';
import type { CallbackTargetStore } from '../callbacks/callback-target.js';
import type { KeyStore } from '../callbacks/key-store.js';
import type { LearntStore } from '../meetings/learnt-store.js';
import type { MeetingStore } from '../meetings/meeting.js';
import type { PlacementStore } from '../placement/types.js';
import type { ServerStore } from '../pool/server.js';
import type { TenantStore } from '../tenants/tenant.js';
import type { MeetingHistoryStore } from './history-table.js';
import { timedCallbacks, timedTargets } from './timed-callbacks.js';
import { timedHooks, type HookStores } from './timed-hooks.js';
import { timedArchive, type ArchiveStores } from './timed-archive.js';
import { timedRecordings, type RecordingStores } from './timed-recordings.js';
import { timedPortions } from './timed-portions.js';

/** One read or write, as long as its caller waited for it. */
export interface StoreOperation {
  readonly operation: 'read' | 'write';
  readonly seconds: number;
  readonly isOk: boolean;
}

/** The tables of the store, one a noun. */
export interface StoreTables extends RecordingStores, HookStores, ArchiveStores {
  readonly servers: ServerStore;
  readonly tenants: TenantStore;
  readonly meetings: MeetingStore;
  readonly history: MeetingHistoryStore;
  readonly learnt: LearntStore;
  readonly placements: PlacementStore;
  readonly audit: AuditStore;
  readonly callbacks: CallbackStore;
  readonly callbackTargets: CallbackTargetStore;
  readonly keys: KeyStore;
}

/** The same tables, telling of each read and write that has ended; of a list in portions each portion is one. */
export function timedTables(
  tables: StoreTables,
  onOperation: (operation: StoreOperation) => void,
): StoreTables {
  const timed = async <T>(operation: 'read' | 'write', work: () => Promise<T>): Promise<T> => {
    const startedAt = performance.now();
    let isOk = false;
    try {
      const result = await work();
      isOk = true;
      return result;
    } finally {
      onOperation({ operation, seconds: (performance.now() - startedAt) / 1000, isOk });
    }
  };
  const read = <T>(work: () => Promise<T>): Promise<T> => timed('read', work);
  const write = <T>(work: () => Promise<T>): Promise<T> => timed('write', work);
  const { servers, tenants, meetings, history, learnt, placements, audit } = tables;
  return {
    servers: {
      listServers: () => read(() => servers.listServers()),
      saveServer: (server) => write(() => servers.saveServer(server)),
      removeServer: (id) => write(() => servers.removeServer(id)),
    },
    tenants: {
      listTenants: () => read(() => tenants.listTenants()),
      saveTenant: (tenant) => write(() => tenants.saveTenant(tenant)),
      removeTenant: (id) => write(() => tenants.removeTenant(id)),
    },
    meetings: {
      listMeetings: () => read(() => meetings.listMeetings()),
      findMeeting: (tenantId, meetingId) => read(() => meetings.findMeeting(tenantId, meetingId)),
      claimMeeting: (claim) => write(() => meetings.claimMeeting(claim)),
      updateMeeting: (meeting, expectedServerId) =>
        write(() => meetings.updateMeeting(meeting, expectedServerId)),
      closeMeeting: (meeting, ended) => write(() => meetings.closeMeeting(meeting, ended)),
      listOrphans: () => read(() => meetings.listOrphans()),
      noteOrphan: (orphan) => write(() => meetings.noteOrphan(orphan)),
      removeOrphan: (serverId, scopedId) => write(() => meetings.removeOrphan(serverId, scopedId)),
    },
    history: {
      listHistory: (filter) => read(() => history.listHistory(filter)),
      pastSessions: (since, limit) => timedPortions(history.pastSessions(since, limit), read),
      pruneHistory: (before) => write(() => history.pruneHistory(before)),
    },
    learnt: {
      readCost: () => read(() => learnt.readCost()),
      saveCost: (cost, at) => write(() => learnt.saveCost(cost, at)),
    },
    placements: {
      savePlacements: (records) => write(() => placements.savePlacements(records)),
      listPlacements: (filter) => read(() => placements.listPlacements(filter)),
      findPlacement: (id) => read(() => placements.findPlacement(id)),
      prunePlacements: (before) => write(() => placements.prunePlacements(before)),
    },
    ...timedRecordings(tables, read, write),
    ...timedArchive(tables, read, write),
    audit: {
      record: (entry) => write(() => audit.record(entry)),
      list: (limit) => read(() => audit.list(limit)),
    },
    callbacks: timedCallbacks(tables.callbacks, read, write),
    callbackTargets: timedTargets(tables.callbackTargets, read, write),
    ...timedHooks(tables, read, write),
    keys: { keyFor: (name) => write(() => tables.keys.keyFor(name)) },
  };
}
