import type { IncomingMessage } from 'node:http';
import type { ArchiveAdmin } from './admin/recording-admin.js';
import { clientAddresses } from './api/client-address.js';
import type { RequestTaker } from './api/http-front.js';
import type { Config } from './config/config.js';
import type { Logger } from './log.js';
import type { Job } from './ops/job-runner.js';
import type { ArchiveChanges, ListArchivedTracks, PresentArchived } from './recordings/archive-changes.js';
import { ArchiveFolders } from './recordings/archive/archive-folders.js';
import type { ArchivedRecording } from './recordings/archive/archived-recording.js';
import { archivedChanges } from './recordings/archive/archived-changes.js';
import { archivedTracks } from './recordings/archive/archived-tracks.js';
import { expireRecordings } from './recordings/archive/expire-recordings.js';
import { followTenants } from './recordings/archive/follow-tenants.js';
import { FailedDesk } from './recordings/archive/failed-desk.js';
import { ImportDesk } from './recordings/archive/import-desk.js';
import { createPlayback } from './recordings/archive/playback.js';
import { PlaybackKeys } from './recordings/archive/playback-keys.js';
import { RecordingArchive } from './recordings/archive/recording-archive.js';
import { RecordingImporter, type ImportOutcome } from './recordings/archive/recording-importer.js';
import { showArchived } from './recordings/archive/recording-xml.js';
import { SpoolWatch } from './recordings/archive/spool-watch.js';
import type { Store } from './store/open-store.js';
import { unscopedMeetingId } from './tenants/meeting-scope.js';
import { DEFAULT_TENANT } from './tenants/tenant.js';
import type { TenantDirectory } from './tenants/tenant-directory.js';

const DAY_MS = 24 * 3_600_000;
/** How long the same content is still known after it was imported. */
const IMPORTS_KEPT_MS = 180 * DAY_MS;
/** Files that somebody removes by hand are missed so soon. */
const FAILED_LOOK_MS = 60_000;
/** So soon recordings come to a tenant that was applied after them. */
const TENANT_LOOK_MS = 10_000;
/** rsync gives a file its name when it is whole: two looks of this distance make sure. */
const SPOOL_LOOK_MS = 5000;

export interface ArchiveSideDeps {
  readonly store: Store;
  readonly tenants: TenantDirectory;
  /** Puts the front ends' own callback addresses in the place of Ballast's. */
  readonly restoreUrls: (xml: Buffer, tenantId: string) => Promise<Buffer>;
  /** Tells the front end that a recording is ready. */
  readonly announceImported: (
    tenantId: string,
    meetingId: string,
    recordId: string,
    metadata: ReadonlyMap<string, string>,
  ) => Promise<void>;
  readonly metrics: { recordingImported(outcome: ImportOutcome): void };
  readonly now: () => number;
  readonly logger: Logger;
}

/** Ballast's own archive of recordings. */
export interface ArchiveSide {
  readonly admin: ArchiveAdmin;
  readonly taker: RequestTaker;
  readonly changes: ArchiveChanges;
  readonly present: PresentArchived;
  readonly listTracks: ListArchivedTracks;
  readonly archive: RecordingArchive;
  readonly jobs: readonly Job[];
  /** Imports that are not over, and those put aside. */
  pending(): number;
  failed(): number | undefined;
  /** Goes on with imports and changes that an earlier run left. */
  start(): Promise<void>;
  stop(): Promise<void>;
}

/** Builds the archive; `undefined` in `recordings.mode: index`. Throws when its folder cannot be used. */
export async function archiveSide(config: Config, deps: ArchiveSideDeps): Promise<ArchiveSide | undefined> {
  if (config.recordings.mode !== 'archive') return undefined;
  const { store, tenants, now, logger, metrics, announceImported } = deps;
  const { directory, maxImportBytes: maxBytes, protect, keepForMs, spool } = config.recordings;
  const folders = new ArchiveFolders(directory);
  await folders.prepare();
  const archive = new RecordingArchive({
    store: store.archive,
    index: store.recordings,
    folders,
    tenantOf: (scopedId, mark) => tenants.recordingTenant(scopedId, mark),
    isSingleTenant: () => tenants.isSingle,
    restoreUrls: deps.restoreUrls,
    protectNew: protect,
    ...{ now, logger },
  });
  const importer = new RecordingImporter({
    journal: store.recordingImports,
    ...{ archive, folders, maxBytes, now, logger },
    onOutcome: (outcome) => {
      metrics.recordingImported(outcome);
    },
    announce: (recording) => announce(recording, announceImported),
  });
  const desk = new ImportDesk({ importer, folders, maxBytes });
  const expiry = {
    store: store.archive,
    archive,
    keepForMs: (tenantId: string) => tenants.get(tenantId)?.recordings?.keepForMs ?? keepForMs,
    now,
  };
  const keys = new PlaybackKeys(await store.keys.keyFor('playback'), now);
  const originOf = origins(config, tenants);
  const abort = new AbortController();
  let repair: Promise<void> = Promise.resolve();
  const watch = spool === undefined ? undefined : new SpoolWatch({ folder: spool, desk, now, logger });
  const failed = new FailedDesk({ importer, spool: watch });
  return {
    admin: { desk, failed, keepForMs, expire: (isDryRun) => expireRecordings(expiry, { isDryRun }) },
    taker: createPlayback({
      find: (recordId) => archive.find(recordId),
      ...{ folders, keys, logger },
      ...admission(config, tenants),
      basePath: basePath(config),
      cookieLifetimeMs: config.recordings.cookieLifetimeMs,
      accelRedirect: config.recordings.accelRedirect,
    }),
    changes: archivedChanges(archive),
    present: ({ tenantId, xml }) =>
      showArchived(xml, originOf(tenantId), (recordId, format) =>
        keys.sign({ purpose: 'link', tenantId, recordId, format }, config.recordings.linkLifetimeMs),
      ),
    listTracks: async ({ recordId, tenantId, state }) => {
      const tracks = await archivedTracks({ recordId, isPublished: state === 'published' }, folders);
      return tracks.map((track) => ({ ...track, href: originOf(tenantId) + track.href }));
    },
    archive,
    jobs: [
      {
        name: 'expire-recordings',
        cron: '40 2 * * *',
        run: async (signal) => {
          const expired = await expireRecordings(expiry, { signal });
          if (expired.length > 0) logger.info('recordings have expired', { recordings: expired.length });
          await importer.forget(now() - IMPORTS_KEPT_MS);
          await desk.removeLeft(now());
        },
      },
      {
        name: 'recording-tenants',
        intervalMs: TENANT_LOOK_MS,
        run: followTenants({ archive, tenantIds: () => tenants.all().map(({ id }) => id) }),
      },
      {
        name: 'failed-imports',
        intervalMs: FAILED_LOOK_MS,
        run: async () => {
          await failed.list();
        },
      },
      ...(watch === undefined
        ? []
        : [
            {
              name: 'recording-spool',
              intervalMs: SPOOL_LOOK_MS,
              runsAtStart: true,
              run: (signal: AbortSignal) => watch.look(signal),
            },
          ]),
    ],
    pending: () => importer.pending,
    failed: () => failed.count,
    start: async () => {
      await importer.start();
      repair = archive.repair(abort.signal).catch((error: unknown) => {
        logger.error('the archive of recordings could not be checked', { error });
      });
    },
    stop: async () => {
      abort.abort();
      await importer.stop();
      await repair;
      await archive.stop();
    },
  };
}

async function announce(
  { tenantId, scopedMeetingId, recordId, metadata }: ArchivedRecording,
  announceImported: ArchiveSideDeps['announceImported'],
): Promise<void> {
  if (tenantId === '') return;
  const meetingId = unscopedMeetingId(tenantId, scopedMeetingId);
  const byLowerKey = new Map(Object.entries(metadata).map(([key, value]) => [key.toLowerCase(), value]));
  await announceImported(tenantId, meetingId, recordId, byLowerKey);
}

/** Where players are: at the setting, else at the tenant's first host, else at `publicUrl`; no slash at the end. */
function origins(config: Config, tenants: TenantDirectory): (tenantId: string) => string {
  const { playbackUrl } = config.recordings;
  return (tenantId) =>
    (playbackUrl ?? withHost(config.publicUrl, tenants.get(tenantId)?.hosts[0])).replace(/\/+$/, '');
}

function withHost(url: string | undefined, host: string | undefined): string {
  // The configuration says one of the two: without an address no link would lead anywhere.
  if (url === undefined) throw new Error('neither publicUrl nor recordings.playbackUrl is set');
  if (host === undefined) return url;
  const changed = new URL(url);
  changed.hostname = host.includes(':') ? `[${host}]` : host;
  return changed.toString();
}

/** A proxy in front may give the archive a path of its own, which it takes off. */
function basePath({ recordings, publicUrl }: Config): string {
  const url = recordings.playbackUrl ?? publicUrl;
  return url === undefined ? '' : new URL(url).pathname.replace(/\/+$/, '');
}

function isHttps(url: string | undefined): boolean {
  return url?.startsWith('https:') === true;
}

/** At which addresses a tenant's recordings are played, and whether they came by HTTPS. */
function admission(config: Config, tenants: TenantDirectory) {
  const addresses = clientAddresses(config.trustProxy);
  const { playbackUrl } = config.recordings;
  const playbackHost = playbackUrl === undefined ? undefined : new URL(playbackUrl).host;
  return {
    isTenantsAddress: (
      request: IncomingMessage,
      pathTenant: string | undefined,
      tenantId: string,
    ): boolean => {
      if (pathTenant !== undefined) return pathTenant === tenantId;
      const host = addresses.hostOf(request);
      if (playbackHost !== undefined && host?.toLowerCase() === playbackHost) return tenants.has(tenantId);
      const asked = tenants.forHost(host).id;
      if (asked === tenantId) return true;
      // A tenant without hosts is reached by its path; its players' files are asked for without it.
      return asked === DEFAULT_TENANT && tenants.get(tenantId)?.hosts.length === 0;
    },
    // Where players are by HTTPS, a proxy that does not say so must not cost the cookie.
    isHttps: (request: IncomingMessage): boolean =>
      isHttps(playbackUrl ?? config.publicUrl) || isHttps(addresses.originOf(request)),
  };
}
