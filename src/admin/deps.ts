import type { Logger } from '../log.js';
import type { LoadTable } from '../metrics/load-table.js';
import type { PlacementStore } from '../placement/types.js';
import type { Pool } from '../pool/pool.js';
import type { Tenant } from '../tenants/tenant.js';
import type { AuditStore } from './audit.js';
import type { CallbackAdmin } from './callback-admin.js';
import type { FailedLogins } from './authenticate.js';
import type { RecordingAdmin } from './recording-admin.js';
import type { TokenBook } from './token-book.js';
import type { MeetingView, ServerView } from './views.js';

/** Tenants as the admin room changes them. The default tenant is saved without secrets: they are the configuration's. */
export interface TenantAdmin {
  all(): readonly Tenant[];
  save(tenant: Tenant): Promise<void>;
  /** Removing the default tenant takes its hosts, limits, tags and rules away. */
  remove(id: string): Promise<void>;
}

/** Meetings as the admin room sees them. */
export interface MeetingAdmin {
  list(): readonly MeetingView[];
  /** Ends it on its server and closes it. */
  end(tenantId: string, meetingId: string): Promise<void>;
}

/** What changing the cluster needs: `POST /admin/v1/apply` and `serve --apply` alike. */
export interface ClusterDeps {
  readonly pool: Pick<Pool, 'servers' | 'server' | 'save' | 'remove'>;
  readonly tenants: TenantAdmin;
  readonly meetings: Pick<MeetingAdmin, 'list'>;
  readonly tokens: Pick<TokenBook, 'identify'>;
}

/** Everything the admin API is made of. */
export interface AdminDeps extends ClusterDeps {
  readonly pool: Pool;
  readonly meetings: MeetingAdmin;
  readonly tokens: TokenBook;
  /** Ends and forgets all meetings of the server; resolves with how many. */
  readonly panic: (serverId: string) => Promise<number>;
  readonly placements: Pick<PlacementStore, 'listPlacements' | 'findPlacement'>;
  /** All servers, as of now. */
  readonly serverViews: () => readonly ServerView[];
  /** What the source of samples said last. */
  readonly samples: () => LoadTable;
  readonly recordings: RecordingAdmin;
  readonly callbacks: CallbackAdmin;
  readonly audit: AuditStore;
  readonly logger: Logger;
  readonly now: () => number;
  readonly version: string;
  readonly failedLogins: FailedLogins;
}
