import { BbbError } from '../bbb/error.js';
import type { ClaimDeps } from './claim-deps.js';
import type { CreateCommand } from './create-command.js';

/** Refuses a new meeting beyond its tenant's limits: throws BbbError. Meetings that are known are not asked about. */
export function checkTenantLimits(
  { directory, attendeesOfTenant, observer }: ClaimDeps,
  { tenant }: CreateCommand,
): void {
  const { meetings, attendees } = tenant.limits;
  if (meetings !== undefined && directory.countOfTenant(tenant.id) >= meetings) {
    observer.failed('tenant-limit');
    throw new BbbError(
      'maxMeetingsReached',
      `The limit of ${meetings} meetings at the same time has been reached.`,
    );
  }
  if (attendees !== undefined && attendeesOfTenant(tenant.id) >= attendees) {
    observer.failed('tenant-limit');
    throw new BbbError(
      'maxAttendeesReached',
      `The limit of ${attendees} attendees at the same time has been reached.`,
    );
  }
}
