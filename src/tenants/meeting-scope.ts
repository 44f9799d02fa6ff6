import { DEFAULT_TENANT } from './tenant.js';

/** Stands between the tenant's ID and the front end's own ID in the ID that BBB sees. */
const SEPARATOR = '--';

/** What a tenant's meeting IDs begin with on the servers; empty for the default tenant. */
export function scopePrefix(tenantId: string): string {
  return tenantId === DEFAULT_TENANT ? '' : `${tenantId}${SEPARATOR}`;
}

/** The ID BBB knows a tenant's meeting by. */
export function scopedMeetingId(tenantId: string, meetingId: string): string {
  return scopePrefix(tenantId) + meetingId;
}

/** The front end's own ID of a meeting that is this tenant's; one that was not created through Ballast carries no scope. */
export function unscopedMeetingId(tenantId: string, scopedId: string): string {
  const prefix = scopePrefix(tenantId);
  return scopedId.startsWith(prefix) ? scopedId.slice(prefix.length) : scopedId;
}

/** Whose meeting an ID found on a server is, and what the front end calls it. */
export interface MeetingOwner {
  readonly tenantId: string;
  readonly meetingId: string;
}

/**
 * Splits an ID found on a server. Tenant IDs hold no `--` and do not end in `-`, so the first `--` ends the tenant's ID;
 * what carries no known tenant's prefix belongs to the default tenant.
 */
export function meetingOwner(scopedId: string, isTenant: (id: string) => boolean): MeetingOwner {
  const at = scopedId.indexOf(SEPARATOR);
  if (at > 0) {
    const tenantId = scopedId.slice(0, at);
    if (tenantId !== DEFAULT_TENANT && isTenant(tenantId)) {
      return { tenantId, meetingId: scopedId.slice(at + SEPARATOR.length) };
    }
  }
  return { tenantId: DEFAULT_TENANT, meetingId: scopedId };
}

/** BBB strips control characters and outer blanks from values; an ID it would change is not the ID that was asked for. */
export function isStableMeetingId(meetingId: string): boolean {
  return !/[\p{Cc}\p{Cf}\uFFFD]/u.test(meetingId) && meetingId.trim() === meetingId;
}

/**
 * True when a default tenant's ID would reach another tenant's meeting, also after any stripping of blanks and
 * control characters on the server.
 */
export function reachesOtherTenant(meetingId: string, isTenant: (id: string) => boolean): boolean {
  const stripped = meetingId.replace(/[\p{C}\p{Z}]/gu, '');
  return (
    meetingOwner(meetingId, isTenant).tenantId !== DEFAULT_TENANT ||
    meetingOwner(stripped, isTenant).tenantId !== DEFAULT_TENANT
  );
}
