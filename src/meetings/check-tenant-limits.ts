import { BbbError, type MessageKey } from '../bbb/error.js';
import type { ClaimDeps } from './claim-deps.js';
import type { CreateCommand } from './create-command.js';
import { RefusedCreate } from './refused-create.js';

/** Refuses a new meeting beyond its tenant's limits: throws RefusedCreate. Meetings that are known are not asked about. */
export function checkTenantLimits(
  { directory, attendeesOfTenant }: ClaimDeps,
  { tenant }: CreateCommand,
): void {
  const { meetings, attendees } = tenant.limits;
  if (meetings !== undefined && directory.countOfTenant(tenant.id) >= meetings) {
    throw limitReached('maxMeetingsReached', `${meetings} meetings`);
  }
  if (attendees !== undefined && attendeesOfTenant(tenant.id) >= attendees) {
    throw limitReached('maxAttendeesReached', `${attendees} attendees`);
  }
}

function limitReached(key: MessageKey, limit: string): RefusedCreate {
  const message = `The limit of ${limit} at the same time has been reached.`;
  return new RefusedCreate('tenant-limit', new BbbError(key, message));
}
