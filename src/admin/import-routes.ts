import type { Readable } from 'node:stream';
import { z } from 'zod';
import { ArchiveFault, type ArchiveFaultKind } from '../recordings/archive/archive-fault.js';
import type { FailedImport } from '../recordings/archive/failed-desk.js';
import { AdminError } from './problem.js';
import { archiveOf, type ArchiveAdmin, type RecordingAdmin } from './recording-admin.js';
import type { FailedImportsAnswer, ImportAnswer } from './recording-views.js';
import { defineRoute, noQuery, type Route } from './route.js';

const bytes = z.coerce.number().int().min(0);
const sha256 = z.string().regex(/^[0-9a-f]{64}$/, '64 hexadecimal digits, in lower case');

/** What a tar is called whose sender does not name it. */
const UNNAMED = 'recording.tar';

/** Imports into the archive: those that arrive, and those that failed. */
export function importRoutes(recordings: RecordingAdmin): readonly Route[] {
  /** What is done to a failed import. Throws AdminError where there is none of that name. */
  const known = async (
    name: string,
    change: (failed: ArchiveAdmin['failed']) => Promise<FailedImport | undefined>,
  ): Promise<FailedImport> => {
    const { failed } = archiveOf(recordings.archive);
    const entry = await orRefused(() => change(failed));
    if (entry === undefined) throw new AdminError(404, `no failed import is called ${name}`);
    return entry;
  };
  return [
    defineRoute({
      method: 'post',
      path: '/recordings/import',
      scope: 'import',
      summary:
        'Takes a recording as a tar, gzipped or not: whole, or a piece from `offset` on of one with this `sha256` and `size`',
      query: z.strictObject({
        name: z.string().min(1).max(1024).default(UNNAMED),
        sha256: sha256.optional(),
        size: bytes.optional(),
        offset: bytes.optional(),
      }),
      takesStream: true,
      answer: 'ImportAnswer',
      action: 'recording.import',
      targetOf: (search) => search.get('name') ?? UNNAMED,
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
      summary: 'Recordings that could not be imported, put aside or left in the spool, and why',
      query: noQuery,
      answer: 'FailedImportsAnswer',
      handle: async () => {
        const body: FailedImportsAnswer = { failed: [...((await recordings.archive?.failed.list()) ?? [])] };
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
        const { name, id } = await known(request.id, (failed) => failed.retry(request.id));
        return { body: { retried: name }, audit: { target: request.id, detail: `import ${id}` } };
      },
    }),
    defineRoute({
      method: 'delete',
      path: '/recordings/failed/:id',
      scope: 'operate',
      summary: 'Deletes a failed import and its file',
      query: noQuery,
      answer: 'DroppedImportAnswer',
      action: 'recording.drop',
      handle: async (request) => {
        const { name, id, reason } = await known(request.id, (failed) => failed.drop(request.id));
        return { body: { dropped: name }, audit: { target: request.id, detail: `import ${id}: ${reason}` } };
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
  const status = await orRefused(() =>
    sum === undefined || size === undefined
      ? desk.takeWhole(stream, name, contentLength)
      : desk.takePiece(stream, name, { sha256: sum, sizeBytes: size, offset: offset ?? 0 }),
  );
  return imported(status);
}

/** Throws AdminError for what is the archive's own fault. */
async function orRefused<T>(work: () => Promise<T>): Promise<T> {
  try {
    return await work();
  } catch (error) {
    if (!(error instanceof ArchiveFault)) throw error;
    throw new AdminError(STATUS[error.kind], error.message, undefined, { cause: error });
  }
}

function imported(status: Awaited<ReturnType<ArchiveAdmin['desk']['status']>>): ImportAnswer {
  return { ...status, recordIds: [...status.recordIds] };
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
