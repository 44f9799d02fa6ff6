import type { Tenant } from '../tenants/tenant.js';
import type { MeetingView, TenantView } from './views.js';

/** Tenants with what they use now; the gauges sum it up in tenantUsage, which makes nothing for each meeting. */
export function tenantViews(tenants: readonly Tenant[], meetings: readonly MeetingView[]): TenantView[] {
  const used = new Map<string, { meetings: number; attendees: number }>();
  for (const { tenantId, attendees } of meetings) {
    const sum = used.get(tenantId) ?? { meetings: 0, attendees: 0 };
    used.set(tenantId, { meetings: sum.meetings + 1, attendees: sum.attendees + (attendees ?? 0) });
  }
  return tenants.map(({ id, hosts, secrets, limits, serverTags, policy }) => ({
    id,
    hosts,
    secretCount: secrets.length,
    limits,
    serverTags,
    policy,
    ...(used.get(id) ?? { meetings: 0, attendees: 0 }),
  }));
}
