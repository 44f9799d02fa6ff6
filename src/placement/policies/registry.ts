import type { PolicyName } from '../types.js';
import { cpuMem } from './cpu-mem.js';
import { fewestAttendees } from './fewest-attendees.js';
import { fewestMeetings } from './fewest-meetings.js';
import type { Policy } from './policy.js';
import { powerOfTwo } from './power-of-two.js';
import { predicted } from './predicted.js';
import { roundRobin } from './round-robin.js';

/** Every policy by its name in the configuration. */
export const policies: Readonly<Record<PolicyName, Policy>> = {
  predicted,
  'cpu-mem': cpuMem,
  'power-of-two': powerOfTwo,
  'round-robin': roundRobin,
  'fewest-meetings': fewestMeetings,
  'fewest-attendees': fewestAttendees,
};
