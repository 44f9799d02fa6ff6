import { z } from 'zod';
import { ARCHIVE } from '../recordings/recording-index.js';
import type { AdminDeps } from './deps.js';
import { importRoutes } from './import-routes.js';
import { archiveOf } from './recording-admin.js';
import { RECORDING_STATES, type ExpireAnswer, type RecordingsAnswer } from './recording-views.js';
import { requireServer, requireTenant } from './require-known.js';
import { defineRoute, flag, limit, type Route } from './route.js';

const id = z.string().min(1).max(1024);
const state = z.enum(RECORDING_STATES, `one of ${RECORDING_STATES.join(', ')}`);

/** Recordings: the index, imports into the archive, and what is over. */
export function recordingRoutes(deps: AdminDeps): readonly Route[] {
  const { recordings, tenants, pool } = deps;
  return [
    defineRoute({
      method: 'get',
      path: '/recordings',
      scope: 'read',
      summary: 'Recordings in the index, the newest first',
      query: z.strictObject({
        tenant: id.optional(),
        meeting: id.optional(),
        server: id.optional(),
        state: state.optional(),
        limit,
      }),
      answer: 'RecordingsAnswer',
      handle: async ({ query }) => {
        // As the list shows it; a server may be called so as well.
        const isArchive = query.server === 'archive' && pool.server('archive') === undefined;
        const filter = {
          tenantId: query.tenant,
          serverId: isArchive ? ARCHIVE : query.server,
          ...(query.meeting !== undefined && { meetingIds: [query.meeting] }),
          ...(query.state !== undefined && query.state !== 'any' && { states: [query.state] }),
        };
        const found = await recordings.index.listRecordings(filter, { limit: query.limit });
        if (found.length === 0) {
          requireTenant(tenants, query.tenant);
          if (!isArchive) requireServer(pool, query.server);
        }
        const body: RecordingsAnswer = {
          recordings: found.map(({ recordId, serverId, tenantId, meetingId, state, startTime, endTime }) => ({
            recordId,
            ...(serverId !== '' && { serverId }),
            ...{ tenantId, meetingId, state, startTime, endTime },
          })),
        };
        return { body };
      },
    }),
    ...importRoutes(recordings),
    defineRoute({
      method: 'post',
      path: '/recordings/expire',
      scope: 'admin',
      summary: 'Deletes recordings whose time (recordings.keepFor) is over; `dryRun` only names them',
      query: z.strictObject({ dryRun: flag }),
      answer: 'ExpireAnswer',
      action: 'recording.expire',
      handle: async ({ query: { dryRun } }) => {
        const archive = archiveOf(recordings.archive);
        const expired = await archive.expire(dryRun);
        const isKeepForSet =
          archive.keepForMs !== undefined ||
          tenants.all().some((it) => it.recordings?.keepForMs !== undefined);
        const body: ExpireAnswer = { expired: [...expired], dryRun, isKeepForSet };
        if (dryRun || expired.length === 0) return { body };
        const ids = expired.map(({ recordId }) => recordId).join(' ');
        return { body, audit: { target: 'recordings', detail: `${expired.length} deleted: ${ids}` } };
      },
    }),
  ];
}
