import type { SampleFault } from '../metrics/load-table.js';
import type { PlacementRecord } from '../placement/types.js';
import type { PolicyName } from '../policy-names.js';
import type { AdminState, Health, ServerLimits } from '../pool/server.js';
import type { AuditEntry } from './audit.js';

/** A server as `GET /admin/v1/servers` shows it. What is unknown is absent, never 0; the secret is never in it. */
export interface ServerView {
  readonly id: string;
  readonly url: string;
  readonly adminState: AdminState;
  readonly isDraining: boolean;
  readonly health: Health;
  /** Why the last failed poll or call failed. */
  readonly lastFailure?: string | undefined;
  readonly tags: readonly string[];
  readonly loadMultiplier: number;
  readonly limits: ServerLimits;
  /** Busy CPU over the window, 0 to 1, while young enough to count. */
  readonly cpu?: number | undefined;
  /** Memory in use, 0 to 1. */
  readonly memory?: number | undefined;
  readonly networkBytesPerSecond?: number | undefined;
  /** Tightest resource times loadMultiplier, as placement sees it. */
  readonly load?: number | undefined;
  /** Counted by the newest poll. */
  readonly attendees?: number | undefined;
  /** People promised to young meetings that have not come yet. */
  readonly reservedAttendees?: number | undefined;
  readonly meetings?: number | undefined;
  /** Age of the newest sample, also where it is too old to count. */
  readonly sampleAgeSeconds?: number | undefined;
  readonly pollAgeSeconds?: number | undefined;
  /** Server clock minus Ballast's. */
  readonly clockSkewSeconds?: number | undefined;
  /** Whether its recordings were read at least once; absent where they are not read (`recordings.mode: archive`). */
  readonly recordingsRead?: boolean | undefined;
}

/** A tenant as `GET /admin/v1/tenants` shows it: how many secrets it has, never which. */
export interface TenantView {
  readonly id: string;
  readonly hosts: readonly string[];
  readonly secretCount: number;
  readonly limits: { readonly meetings?: number | undefined; readonly attendees?: number | undefined };
  readonly serverTags: readonly string[];
  /** Its own placement policy. */
  readonly policy?: PolicyName | undefined;
  readonly meetings: number;
  readonly attendees: number;
}

/** A meeting as `GET /admin/v1/meetings` shows it. Times are ms since 1970. */
export interface MeetingView {
  readonly tenantId: string;
  /** As the front end writes it. */
  readonly meetingId: string;
  readonly serverId: string;
  readonly state: 'claimed' | 'running';
  /** Counted by the newest poll; absent before it was seen. */
  readonly attendees?: number | undefined;
  /** BBB's createTime. */
  readonly createTime?: number | undefined;
  /** When this server was claimed, by Ballast's clock. */
  readonly claimedAt: number;
}

/** What became, or with dryRun would become, of one server or tenant. */
export interface ClusterChange {
  readonly kind: 'Server' | 'Tenant';
  readonly id: string;
  readonly action: 'create' | 'update' | 'remove' | 'cordon' | 'unchanged';
  /** Changed keys with old and new value (`***` for secrets), or why; empty when unchanged. */
  readonly detail: string;
}

/** Answer of `GET /admin/v1/servers`. */
export interface ServersAnswer {
  readonly servers: readonly ServerView[];
}

/** The newest sample of one server's host, also one too old to count. What is unknown is absent. */
export interface SampleView {
  readonly serverId: string;
  readonly ageSeconds: number;
  readonly cpu?: number | undefined;
  readonly memory?: number | undefined;
  readonly networkBytesPerSecond?: number | undefined;
  readonly cpuCount?: number | undefined;
  readonly networkMbit?: number | undefined;
  /** Which tag it was found by. */
  readonly matchedBy?: 'server' | 'host' | undefined;
}

/** Answer of `GET /admin/v1/samples`: what the source of samples said last, and what of it was left out. */
export interface SamplesAnswer {
  readonly samples: readonly SampleView[];
  readonly faults: readonly (Omit<SampleFault, 'serverId'> & { readonly serverId?: string | undefined })[];
  /** Tags that samples carry and no server has: `server=x`, `host=y`. */
  readonly strangers: readonly string[];
}

/** Answer of `GET /admin/v1/tenants`. */
export interface TenantsAnswer {
  readonly tenants: readonly TenantView[];
}

/** Answer of `GET /admin/v1/meetings`. */
export interface MeetingsAnswer {
  readonly meetings: readonly MeetingView[];
}

/** Answer of `GET /admin/v1/placements`, newest first. */
export interface PlacementsAnswer {
  readonly placements: readonly PlacementRecord[];
}

/** Answer of `GET /admin/v1/audit`, newest first. */
export interface AuditAnswer {
  readonly audit: readonly AuditEntry[];
}

/** Answer of `POST /admin/v1/apply`. */
export interface ApplyAnswer {
  readonly changes: readonly ClusterChange[];
  readonly dryRun: boolean;
}

/** Answer of `POST /admin/v1/servers/ID/panic`: how many meetings were ended. */
export interface PanicAnswer {
  readonly server: ServerView;
  readonly ended: number;
}

/** Every refusal of the admin API, as `application/problem+json` (RFC 9457). */
export interface ProblemAnswer {
  readonly type: 'about:blank';
  readonly title: string;
  readonly status: number;
  /** One sentence: what is wrong and what to do. */
  readonly detail: string;
  /** All faults at once, where a document or body was refused. */
  readonly errors?: readonly string[] | undefined;
  readonly requestId?: string | undefined;
}
