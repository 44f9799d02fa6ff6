import { createAdminRouter } from './admin/admin-router.js';
import type { AdminDeps } from './admin/deps.js';
import { meetingViews } from './admin/meeting-views.js';
import { serverViews } from './admin/server-views.js';
import { TokenBook } from './admin/token-book.js';
import type { Afterwards } from './app-afterwards.js';
import type { MeetingSide } from './app-meetings.js';
import { FailedChecksums } from './api/failed-checksums.js';
import { bbbError } from './bbb/messages.js';
import type { Config } from './config/config.js';
import type { Logger } from './log.js';
import type { MeetingDirectory } from './meetings/meeting-directory.js';
import type { LoadTable } from './metrics/load-table.js';
import type { ServerPool } from './pool/server-pool.js';
import type { Store } from './store/open-store.js';
import type { TenantDirectory } from './tenants/tenant-directory.js';
import { VERSION } from './version.js';

export interface AdminSideDeps {
  readonly store: Store;
  readonly pool: ServerPool;
  readonly directory: MeetingDirectory;
  readonly tenants: TenantDirectory;
  readonly side: Pick<MeetingSide, 'meetings' | 'journal' | 'placer'>;
  readonly after: Pick<Afterwards, 'archive' | 'outbox' | 'recordings'>;
  readonly samples: () => LoadTable;
  readonly now: () => number;
  readonly logger: Logger;
}

/** The admin API, and what applying a cluster file works with. */
export interface AdminSide {
  readonly deps: AdminDeps;
  readonly router: ReturnType<typeof createAdminRouter>;
}

/** Builds the admin API. */
export function adminSide(config: Config, parts: AdminSideDeps): AdminSide {
  const { store, pool, directory, tenants, side, after, samples, now, logger } = parts;
  const { meetings, journal, placer } = side;
  const deps: AdminDeps = {
    pool,
    tenants,
    meetings: {
      list: () => meetingViews(directory, pool),
      end: async (tenantId, meetingId) => {
        if (!(await meetings.endByAdmin(tenantId, meetingId))) throw bbbError('notFound');
      },
    },
    tokens: new TokenBook(config.admin.tokens),
    panic: (serverId) => meetings.panic(serverId),
    placements: {
      listPlacements: (filter) => journal.list(filter),
      findPlacement: (id) => journal.find(id),
    },
    recordings: { index: store.recordings, archive: after.archive?.admin },
    callbacks: after.outbox,
    serverViews: () => serverViews(pool, placer, after.recordings),
    samples,
    audit: store.audit,
    logger,
    now,
    version: VERSION,
    failedLogins: new FailedChecksums(config.checksum.failuresPerMinute),
  };
  return { deps, router: createAdminRouter(deps) };
}
