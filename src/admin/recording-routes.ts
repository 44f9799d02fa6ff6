import type { Readable } from 'node:stream';
import { z } from 'zod';
import { ArchiveFault, type ArchiveFaultKind } from '../recordings/archive/archive-fault.js';
import { failedName } from '../recordings/archive/failed-imports.js';
import { ARCHIVE } from '../recordings/recording-index.js';
import type { AdminDeps } from './deps.js';
import { AdminError } from './problem.js';
import type { ArchiveAdmin } from './recording-admin.js';
import {
  RECORDING_STATES,
  type ExpireAnswer,
  type FailedImportsAnswer,
  type ImportAnswer,
  type RecordingsAnswer,
} from './recording-views.js';
import { requireServer, requireTenant } from './require-known.js';
import { defineRoute, flag, limit, noQuery, type Route } from './route.js';

const id = z.string().min(1).max(1024);
const state = z.enum(RECORDING_STATES, `one of ${RECORDING_STATES.join(', ')}`);
const bytes = z.coerce.number().int().min(0);
const sha256 = z.string().regex(/^[0-9a-f]{64}$/, '64 hexadecimal digits, in lower case');

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
    defineRoute({
      method: 'post',
      path: '/recordings/import',
      scope: 'import',
      summary:
        'Takes a recording as a tar, gzipped or not: whole, or a piece from `offset` on of one with this `sha256` and `size`',
      query: z.strictObject({
        name: id.default('recording.tar'),
        sha256: sha256.optional(),
        size: bytes.optional(),
        offset: bytes.optional(),
      }),
      takesStream: true,
      answer: 'ImportAnswer',
      action: 'recording.import',
      handle: async ({ query, stream, contentLength }) => {
        const body = await take(archiveOf(recordings.archive).desk, query, stream, contentLength);
        const isNew = body.step === 'received';
        return {
          body,
          ...(isNew && { audit: { target: query.name, detail: `${body.offset} bytes, import ${body.id}` } }),
        };
      },
    }),
    defineRoute({
      method: 'get',
      path: '/recordings/import',
      scope: 'import',
      summary: 'How far the import of an archive is, and how much of it has arrived',
      query: z.strictObject({ sha256 }),
      answer: 'ImportAnswer',
      handle: async ({ query }) => {
        const body: ImportAnswer = imported(await archiveOf(recordings.archive).desk.status(query.sha256));
        return { body };
      },
    }),
    defineRoute({
      method: 'get',
      path: '/recordings/failed',
      scope: 'read',
      summary: 'Imports that were put aside, and why',
      query: noQuery,
      answer: 'FailedImportsAnswer',
      handle: async () => {
        const failed = (await recordings.archive?.importer.failed()) ?? [];
        const body: FailedImportsAnswer = {
          failed: failed.map((entry) => ({
            id: entry.id,
            name: failedName(entry),
            sizeBytes: entry.sizeBytes,
            reason: entry.reason ?? '',
            receivedAt: entry.receivedAt,
            failedAt: entry.changedAt,
          })),
        };
        return { body };
      },
    }),
    defineRoute({
      method: 'post',
      path: '/recordings/failed/:id/retry',
      scope: 'operate',
      summary: 'Tries a failed import again',
      query: noQuery,
      answer: 'RetriedImportAnswer',
      action: 'recording.retry',
      handle: async (request) => {
        const entry = await archiveOf(recordings.archive).importer.retry(request.id);
        if (entry === undefined) throw new AdminError(404, `no failed import is called ${request.id}`);
        return {
          body: { retried: failedName(entry) },
          audit: { target: request.id, detail: `import ${entry.id}` },
        };
      },
    }),
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

interface ImportQuery {
  readonly name: string;
  readonly sha256?: string | undefined;
  readonly size?: number | undefined;
  readonly offset?: number | undefined;
}

async function take(
  desk: ArchiveAdmin['desk'],
  { name, sha256: sum, size, offset }: ImportQuery,
  stream: Readable | undefined,
  contentLength: number | undefined,
): Promise<ImportAnswer> {
  if (stream === undefined) throw new AdminError(400, 'send the archive as the body');
  if ((sum === undefined) !== (size === undefined)) {
    throw new AdminError(400, 'sha256 and size go together');
  }
  try {
    if (sum === undefined || size === undefined)
      return imported(await desk.takeWhole(stream, name, contentLength));
    return imported(
      await desk.takePiece(stream, name, { sha256: sum, sizeBytes: size, offset: offset ?? 0 }),
    );
  } catch (error) {
    if (error instanceof ArchiveFault) {
      throw new AdminError(STATUS[error.kind], error.message, undefined, { cause: error });
    }
    throw error;
  }
}

function imported(status: Awaited<ReturnType<ArchiveAdmin['desk']['status']>>): ImportAnswer {
  return { ...status, recordIds: [...status.recordIds] };
}

function archiveOf(archive: ArchiveAdmin | undefined): ArchiveAdmin {
  if (archive !== undefined) return archive;
  throw new AdminError(
    409,
    'recordings stay on their servers here: the setting recordings.mode is not archive',
  );
}

const STATUS: Readonly<Record<ArchiveFaultKind, number>> = {
  'bad-archive': 422,
  'too-large': 413,
  damaged: 422,
  gone: 409,
  'disk-full': 507,
  busy: 409,
  'wrong-offset': 409,
  ambiguous: 409,
};
