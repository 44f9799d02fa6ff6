import { bbbError, validationMessages } from '../bbb/messages.js';
import type { RawQuery } from '../bbb/raw-query.js';
import { isStableMeetingId, reachesOtherTenant, scopedMeetingId } from '../tenants/meeting-scope.js';
import type { TenantDirectory } from '../tenants/tenant-directory.js';
import { DEFAULT_TENANT, type Tenant } from '../tenants/tenant.js';

/** The meeting a call names. */
export interface NamedMeeting {
  /** As the front end writes it. */
  readonly meetingId: string;
  /** As BBB knows it. */
  readonly scopedId: string;
  /** The query with every meetingID in the tenant's scope. */
  readonly query: RawQuery;
  /** The ID would reach another tenant's meeting: to this tenant no such meeting exists. */
  readonly isOutOfReach: boolean;
}

/** Reads the meetingID of a call and scopes it, in every repeat. Throws BbbError when there is none. */
export function namedMeeting(query: RawQuery, tenant: Tenant, tenants: TenantDirectory): NamedMeeting {
  const meetingId = query.get('meetingID');
  if (meetingId === undefined || meetingId === '') throw bbbError('missingParamMeetingID');
  const scoped =
    tenant.id === DEFAULT_TENANT
      ? query
      : query.mapValues('meetingID', (value) => scopedMeetingId(tenant.id, value));
  return {
    meetingId,
    scopedId: scopedMeetingId(tenant.id, meetingId),
    query: scoped,
    isOutOfReach: tenant.id === DEFAULT_TENANT && isOutOfReach(query, tenants),
  };
}

/** BBB's rules for the ID of a meeting (2.4 to 3.x); the scope counts towards the length. Throws BbbError. */
export function checkMeetingId({ meetingId, scopedId, query, isOutOfReach }: NamedMeeting): void {
  if (meetingId.length < 2 || scopedId.length > 256) {
    throw bbbError('validationError', validationMessages.meetingIdLength);
  }
  if (meetingId.includes(',')) throw bbbError('validationError', validationMessages.meetingIdComma);
  if (isOutOfReach || !isStableMeetingId(meetingId) || !query.isWellEncoded('meetingID')) {
    throw bbbError('validationError', validationMessages.meetingIdInvalid);
  }
}

function isOutOfReach(query: RawQuery, tenants: TenantDirectory): boolean {
  if (tenants.isSingle) return false;
  return (
    !query.isWellEncoded('meetingID') ||
    query.getAll('meetingID').some((value) => reachesOtherTenant(value, (id) => tenants.has(id)))
  );
}
