import { knownPositive } from './measure.js';
import type { Assessment, Resource } from './predict-load.js';
import type { Candidate, PlacementOptions } from './types.js';

const resourceNames: Readonly<Record<Resource, string>> = {
  cpu: 'CPU',
  memory: 'memory',
  network: 'network',
  attendees: 'attendees',
  meetings: 'meetings',
};

/** "41 %" of a ratio. */
export function percent(ratio: number): string {
  return Number.isFinite(ratio) ? `${Math.round(ratio * 100)} %` : 'more than 100 %';
}

/** "1 meeting", "3 meetings"; says so where the number makes no sense. */
export function plural(count: number, noun: string): string {
  if (!(Math.abs(count) < 1e12)) return `an unknown number of ${noun}s`;
  const rounded = Math.round(count);
  return rounded === 1 ? `1 ${noun}` : `${rounded} ${noun}s`;
}

/** "12 seconds", "4 minutes", "3 hours": one unit, rounded. */
export function ageOf(ms: number): string {
  const seconds = Math.max(0, ms) / 1000;
  if (seconds < 90) return plural(seconds, 'second');
  if (seconds < 90 * 60) return plural(seconds / 60, 'minute');
  return plural(seconds / 3600, 'hour');
}

/** ", times 2" where the server's loadMultiplier counts. */
export function timesWeight({ loadMultiplier }: Candidate): string {
  if (knownPositive(loadMultiplier) === undefined) return ', with a multiplier that makes no sense';
  return loadMultiplier === 1 ? '' : `, times ${loadMultiplier}`;
}

/** What is known of a server's load: "72 % of its CPU limit", or why nothing is. */
export function describeLoad(server: Assessment): string {
  const { tightest, bound, candidate } = server;
  if (tightest === undefined || bound === undefined) return describeUnknown(server);
  return `${percent(tightest)} of its ${resourceNames[bound]} limit${timesWeight(candidate)}`;
}

/** Why the load of a server is unknown. */
export function describeUnknown(server: Assessment): string {
  const { candidate, cpu } = server;
  if (cpu !== undefined) return 'its counts make no sense';
  if (candidate.cpu !== undefined) return 'its CPU sample makes no sense';
  const ageMs = ageOfOldSample(server);
  if (ageMs !== undefined) return `its last CPU sample is ${ageOf(ageMs)} old, too old to count`;
  return candidate.memory === undefined && candidate.networkBytesPerSecond === undefined
    ? 'no CPU sample'
    : 'its samples hold no CPU value';
}

/** Age of a sample that is too old to count; `undefined` where that is not why the load is unknown. */
export function ageOfOldSample({ candidate }: Assessment): number | undefined {
  const { cpu, memory, networkBytesPerSecond, sampleAgeMs } = candidate;
  if (sampleAgeMs === undefined || !(Math.abs(sampleAgeMs) < 1e15)) return undefined;
  const isEmpty = cpu === undefined && memory === undefined && networkBytesPerSecond === undefined;
  return isEmpty ? sampleAgeMs : undefined;
}

/** The ceiling that keeps the new meeting away, to follow a name: "would pass its CPU limit of 85 %: 91 % expected with this meeting". */
export function describeBlocked(server: Assessment, options: PlacementOptions): string {
  const { candidate, blockedBy, predictedCpu, memory, networkBytesPerSecond, reserved } = server;
  const { limits } = candidate;
  switch (blockedBy) {
    case 'cpu': {
      const limit = limits.cpu ?? options.limits.cpu;
      const cpu = server.cpu ?? 0;
      return cpu > limit
        ? `is above its CPU limit of ${percent(limit)}: ${percent(cpu)} now`
        : `would pass its CPU limit of ${percent(limit)}: ${percent(predictedCpu ?? Number.NaN)} expected with this meeting`;
    }
    case 'memory':
      return `is above its memory limit of ${percent(limits.memory ?? options.limits.memory)}: ${percent(memory ?? Number.NaN)} in use`;
    case 'network':
      return `is above its network limit of ${percent(limits.network ?? options.limits.network)}: ${mbit(networkBytesPerSecond)} of ${candidate.networkMbit ?? 0} Mbit/s`;
    case 'attendees':
      return `would pass its fixed limit of ${plural(limits.attendees ?? 0, 'attendee')}: ${peopleOn(candidate.attendees, reserved)} already`;
    case 'meetings':
      return `would pass its fixed limit of ${plural(limits.meetings ?? 0, 'meeting')}: ${plural(candidate.meetings, 'meeting')} already`;
    case undefined:
      return 'is below its ceilings';
  }
}

/** "40 attendees and 12 reserved": counted, and promised but not seen yet. */
export function peopleOn(attendees: number, reserved: number | undefined): string {
  const promised = reserved === undefined ? 'an unknown number' : Math.round(reserved);
  return `${plural(attendees, 'attendee')} and ${promised} reserved`;
}

function mbit(bytesPerSecond: number | undefined): string {
  return String(Math.round(((bytesPerSecond ?? 0) * 8) / 1e6));
}
