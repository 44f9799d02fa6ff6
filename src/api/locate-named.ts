import type { LocatedMeeting } from '../meetings/meeting-calls.js';
import type { RawQuery } from '../bbb/raw-query.js';
import type { Tenant } from '../tenants/tenant.js';
import type { ApiDeps } from './api-deps.js';
import { namedMeeting, type NamedMeeting } from './named-meeting.js';

/**
 * The meeting a call names and where it lives; not located when it is unknown or another tenant's. The one way from an ID
 * to a meeting, so that no call forgets the fence between tenants. Throws BbbError when no ID is given.
 */
export function locateNamed(
  deps: Pick<ApiDeps, 'meetings' | 'tenants'>,
  query: RawQuery,
  tenant: Tenant,
): { readonly named: NamedMeeting; readonly located: LocatedMeeting | undefined } {
  const named = namedMeeting(query, tenant, deps.tenants);
  const located = named.isOutOfReach ? undefined : deps.meetings.locate(tenant.id, named.meetingId);
  return { named, located };
}
