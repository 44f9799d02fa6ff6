import type { PolicyName } from '../types.js';
import { fewestAttendees } from './fewest-attendees.js';
import { fewestMeetings } from './fewest-meetings.js';
import type { Policy } from './policy.js';
import { predicted } from './predicted.js';
import { roundRobin } from './round-robin.js';

/** Every policy by its name in the configuration. */
export const policies: Readonly<Record<PolicyName, Policy>> = {
  predicted,
  'round-robin': roundRobin,
  'fewest-meetings': fewestMeetings,
  'fewest-attendees': fewestAttendees,
};
