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
  if (ageMs !== undefined) return `no recent CPU sample, the last is ${ageOf(ageMs)} old`;
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

/** The ceiling the new meeting would break on this server: "91 % CPU expected with this meeting, its limit is 85 %". */
export function describeBlocked(server: Assessment, options: PlacementOptions): string {
  const { candidate, blockedBy, predictedCpu, memory, networkBytesPerSecond, reserved } = server;
  const { limits } = candidate;
  switch (blockedBy) {
    case 'cpu': {
      const limit = limits.cpu ?? options.limits.cpu;
      return (server.cpu ?? 0) > limit
        ? `${percent(server.cpu ?? Number.NaN)} CPU now, its limit is ${percent(limit)}`
        : `${percent(predictedCpu ?? Number.NaN)} CPU expected with this meeting, its limit is ${percent(limit)}`;
    }
    case 'memory':
      return `${percent(memory ?? Number.NaN)} memory in use, its limit is ${percent(limits.memory ?? options.limits.memory)}`;
    case 'network':
      return `${mbit(networkBytesPerSecond)} Mbit/s on its network of ${candidate.networkMbit ?? 0}, its limit is ${percent(limits.network ?? options.limits.network)}`;
    case 'attendees':
      return `${plural(candidate.attendees, 'attendee')} and ${Math.round(reserved)} reserved, with this meeting more than its limit of ${limits.attendees ?? 0}`;
    case 'meetings':
      return `${plural(candidate.meetings, 'meeting')}, its limit is ${limits.meetings ?? 0}`;
    case undefined:
      return 'below its ceilings';
  }
}

function mbit(bytesPerSecond: number | undefined): string {
  return String(Math.round(((bytesPerSecond ?? 0) * 8) / 1e6));
}
