import { randomUUID } from 'node:crypto';
import { once } from 'node:events';
import type { AddressInfo } from 'node:net';
import express from 'express';
import { FailedChecksums } from '../../src/api/failed-checksums.js';
import { createAdminRouter } from '../../src/admin/admin-router.js';
import type { AuditEntry } from '../../src/admin/audit.js';
import type { AdminDeps } from '../../src/admin/deps.js';
import type { ArchiveAdmin } from '../../src/admin/recording-admin.js';
import { serverViewOf } from '../../src/admin/server-view.js';
import { TokenBook } from '../../src/admin/token-book.js';
import type { MeetingView } from '../../src/admin/views.js';
import type { PlacementRecord } from '../../src/placement/types.js';
import type { LoadTable } from '../../src/metrics/load-table.js';
import { ArchiveFault } from '../../src/recordings/archive/archive-fault.js';
import { TenantDirectory } from '../../src/tenants/tenant-directory.js';
import type { Tenant, TenantStore } from '../../src/tenants/tenant.js';
import { poolRig } from './pool-rig.js';
import { RecordingLogger } from './recording-logger.js';

export const TOKENS = {
  read: 'read-token',
  operate: 'operate-token',
  admin: 'admin-token',
  import: 'import-token',
} as const;

class MemoryTenantStore implements TenantStore {
  readonly rows = new Map<string, Tenant>();

  async listTenants(): Promise<readonly Tenant[]> {
    return [...this.rows.values()];
  }

  async saveTenant(tenant: Tenant): Promise<void> {
    this.rows.set(tenant.id, tenant);
  }

  async removeTenant(id: string): Promise<void> {
    this.rows.delete(id);
  }
}

export interface Reply {
  readonly status: number;
  readonly headers: Headers;
  readonly text: string;
  readonly json: Record<string, unknown>;
}

/** An archive that has nothing and takes nothing. */
const emptyArchive: ArchiveAdmin = {
  desk: {
    takeWhole: () => Promise.reject(new ArchiveFault('bad-archive', 'it is no tar')),
    takePiece: () => Promise.reject(new ArchiveFault('wrong-offset', '0 bytes are here')),
    status: async (id) => ({ id, step: 'arriving', offset: 0, recordIds: [] }),
  },
  failed: { list: async () => [], retry: async () => undefined, drop: async () => undefined },
  keepForMs: undefined,
  expire: async () => [],
};

/** What the admin API works on: the real pool and tenant directory over stores in memory. */
export async function adminDeps(servers: readonly string[] = ['bbb1', 'bbb2']) {
  const { pool, store, clock, client } = await poolRig(servers);
  const tenantStore = new MemoryTenantStore();
  const tenants = await TenantDirectory.load(tenantStore, ['default-tenant-secret']);
  const meetings: MeetingView[] = [];
  const placements: PlacementRecord[] = [];
  const audit: AuditEntry[] = [];
  const logger = new RecordingLogger();
  const ends: string[] = [];
  const loads: { table: LoadTable } = { table: { takenAt: 0, samples: new Map() } };
  const deps: AdminDeps = {
    pool,
    tenants,
    meetings: {
      list: () => meetings,
      end: async (tenantId, meetingId) => {
        ends.push(`${tenantId}/${meetingId}`);
        const at = meetings.findIndex((m) => m.tenantId === tenantId && m.meetingId === meetingId);
        meetings.splice(at, 1);
      },
    },
    panic: async (serverId) => {
      const ended = meetings.filter((meeting) => meeting.serverId === serverId).length;
      const left = meetings.filter((meeting) => meeting.serverId !== serverId);
      meetings.splice(0, meetings.length, ...left);
      return ended;
    },
    placements: {
      listPlacements: async ({ tenantId, meetingId, limit }) =>
        placements
          .filter((record) => tenantId === undefined || record.tenantId === tenantId)
          .filter((record) => meetingId === undefined || record.meetingId === meetingId)
          .slice(0, limit),
      findPlacement: async (id) => placements.find((record) => record.id === id),
    },
    recordings: { index: { listRecordings: async () => [] }, archive: emptyArchive },
    serverViews: () => pool.servers().map((s) => serverViewOf(s, { reservedAttendees: 0 }, clock.now())),
    samples: () => loads.table,
    callbacks: {
      list: async () => [],
      find: async () => undefined,
      retry: async () => false,
      drop: async () => false,
    },
    audit: {
      record: async (entry) => {
        audit.unshift(entry);
      },
      list: async (limit) => audit.slice(0, limit),
    },
    tokens: new TokenBook([
      { name: 'viewer', token: TOKENS.read, scope: 'read' },
      { name: 'operator', token: TOKENS.operate, scope: 'operate' },
      { name: 'chief', token: TOKENS.admin, scope: 'admin' },
      { name: 'servers', token: TOKENS.import, scope: 'import' },
    ]),
    logger,
    now: clock.now,
    version: '1.2.3',
    failedLogins: new FailedChecksums(5),
  };
  return {
    deps,
    pool,
    store,
    client,
    tenants,
    tenantStore,
    meetings,
    placements,
    loads,
    audit,
    logger,
    ends,
  };
}

/** The admin API on a socket of its own. */
export async function startAdmin(servers?: readonly string[], changes: Partial<AdminDeps> = {}) {
  const parts = await adminDeps(servers);
  const app = express();
  app.set('trust proxy', true);
  app.use((_req, res, next) => {
    res.setHeader('x-request-id', randomUUID());
    next();
  });
  app.use('/admin/v1', createAdminRouter({ ...parts.deps, ...changes }));
  const server = app.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}/admin/v1`;

  const call = async (
    method: string,
    path: string,
    options: { token?: string | undefined; body?: string; headers?: Record<string, string> } = {},
  ): Promise<Reply> => {
    const token = 'token' in options ? options.token : TOKENS.admin;
    const response = await fetch(`${url}${path}`, {
      method,
      headers: {
        ...(token === undefined ? {} : { authorization: `Bearer ${token}` }),
        ...options.headers,
      },
      ...(options.body === undefined ? {} : { body: options.body }),
      signal: AbortSignal.timeout(5000),
    });
    const text = await response.text();
    const json = text.startsWith('{') ? (JSON.parse(text) as Record<string, unknown>) : {};
    return { status: response.status, headers: response.headers, text, json };
  };
  const stop = async (): Promise<void> => {
    server.closeAllConnections();
    server.close();
    await once(server, 'close');
    await parts.pool.stop();
  };
  return { ...parts, url, call, stop };
}

/** A running meeting as the list shows it. */
export function meetingView(meetingId: string, serverId: string, tenantId = 'default'): MeetingView {
  return { tenantId, meetingId, serverId, state: 'running', attendees: 3, claimedAt: 1_700_000_000_000 };
}

/** A decision that took bbb1, as the journal keeps it. */
export function placementRecord(id: string, meetingId: string, tenantId = 'default'): PlacementRecord {
  return {
    id,
    at: 1_700_000_000_000,
    tenantId,
    meetingId,
    serverId: 'bbb1',
    policy: 'predicted',
    expectedAttendees: 15,
    decision: {
      ranking: ['bbb1'],
      reason: 'lowest-load',
      explanation: 'bbb1 is the lightest',
      notes: ['15 people for about 60 minutes assumed, nothing is known of this room'],
      expectation: { attendees: 15, durationsMs: [3_600_000], basis: 'default', sessions: 0 },
      candidates: [],
    },
    retries: [],
  };
}
