import { knownCount, knownLimit, knownPositive, knownRatio } from './measure.js';
import { reservedPeople } from './reservations.js';
import type { Candidate, PlacementOptions, PlacementRequest } from './types.js';

/** Share of a host's CPU one person costs before anything is learnt; the contract's upper bound of 0.5 %. */
export const cpuPerPerson = 0.005;

/** People assumed where a request names no usable number (the median meeting of the study). */
const fallbackExpected = 15;

/** What can be the tightest on a server. */
export type Resource = 'cpu' | 'memory' | 'network' | 'attendees' | 'meetings';

/** A candidate with what the new meeting would make of it. Values that make no sense have become `undefined`. */
export interface Assessment {
  readonly candidate: Candidate;
  readonly cpu: number | undefined;
  readonly predictedCpu: number | undefined;
  readonly memory: number | undefined;
  readonly networkBytesPerSecond: number | undefined;
  readonly reserved: number;
  /** Counted, reserved and expected people together, times the multiplier; Infinity when unknown. */
  readonly weightedPeople: number;
  /** Meetings with the new one, times the multiplier; Infinity when unknown. */
  readonly weightedMeetings: number;
  /** The tightest resource as a share of its ceiling, before the multiplier; `undefined` without a CPU value. */
  readonly tightest: number | undefined;
  readonly bound: Resource | undefined;
  readonly load: number | undefined;
  /** The ceiling the new meeting would break. */
  readonly blockedBy: Resource | undefined;
  /** A ceiling of attendees or meetings would be broken, which a person set as a number. */
  readonly isBlockedHard: boolean;
}

/** People the new meeting counts for. */
export function expectedPeople(request: PlacementRequest): number {
  return knownCount(request.expectedAttendees) ?? fallbackExpected;
}

/**
 * What a server would carry with the new meeting. load = the tightest of CPU (with reserved and expected people),
 * memory, network (both as measured), attendees and meetings as a share of its ceiling, times `loadMultiplier`.
 * The multiplier is a preference: it weighs the load and moves no ceiling.
 */
export function predictLoad(candidate: Candidate, expected: number, options: PlacementOptions): Assessment {
  const { limits } = candidate;
  const attendees = knownCount(candidate.attendees);
  const meetings = knownCount(candidate.meetings);
  const reserved = reservedPeople(candidate.reservations, options.rampMs);
  const multiplier = knownPositive(candidate.loadMultiplier);
  const cpu = knownRatio(candidate.cpu);
  const memory = knownRatio(candidate.memory);
  const networkBytesPerSecond = knownLimit(candidate.networkBytesPerSecond);
  const capacityMbit = knownPositive(candidate.networkMbit);
  const people =
    attendees === undefined || reserved === undefined ? undefined : attendees + reserved + expected;
  const predictedCpu =
    cpu === undefined || people === undefined || reserved === undefined
      ? undefined
      : cpu + cpuPerPerson * (reserved + expected);

  // One number a resource, 0 where it does not bind: this runs for every server at each create.
  let cpuShare = 0;
  let isCpuBlocked = false;
  if (predictedCpu !== undefined) {
    const limit = ceiling(limits.cpu, options.limits.cpu);
    // The guess at a big meeting's cost must not close an idle server: alone it takes at most half the ceiling.
    const surplus = Math.max(0, cpuPerPerson * expected - limit / 2);
    cpuShare = predictedCpu / limit;
    isCpuBlocked = predictedCpu - surplus > limit;
  }
  const memoryShare = memory === undefined ? 0 : memory / ceiling(limits.memory, options.limits.memory);
  const networkShare =
    networkBytesPerSecond === undefined || capacityMbit === undefined
      ? 0
      : (networkBytesPerSecond * 8) / (capacityMbit * 1e6) / ceiling(limits.network, options.limits.network);
  const attendeesLimit = knownLimit(limits.attendees);
  const attendeesShare = attendeesLimit === undefined ? 0 : shareOf(people, attendeesLimit);
  const meetingsLimit = knownLimit(limits.meetings);
  const newMeetings = meetings === undefined ? undefined : meetings + 1;
  const meetingsShare = meetingsLimit === undefined ? 0 : shareOf(newMeetings, meetingsLimit);

  let tightest = cpuShare;
  let bound: Resource = 'cpu';
  if (memoryShare > tightest) [tightest, bound] = [memoryShare, 'memory'];
  if (networkShare > tightest) [tightest, bound] = [networkShare, 'network'];
  if (attendeesShare > tightest) [tightest, bound] = [attendeesShare, 'attendees'];
  if (meetingsShare > tightest) [tightest, bound] = [meetingsShare, 'meetings'];

  const isBlockedHard = attendeesShare > 1 || meetingsShare > 1;
  let blockedBy: Resource | undefined;
  if (attendeesShare > 1) blockedBy = 'attendees';
  else if (meetingsShare > 1) blockedBy = 'meetings';
  else if (isCpuBlocked) blockedBy = 'cpu';
  else if (memoryShare > 1) blockedBy = 'memory';
  else if (networkShare > 1) blockedBy = 'network';

  const isKnown = predictedCpu !== undefined && meetings !== undefined && multiplier !== undefined;
  return {
    candidate,
    cpu,
    predictedCpu,
    memory,
    networkBytesPerSecond,
    reserved: reserved ?? 0,
    weightedPeople: weighted(people, multiplier),
    weightedMeetings: weighted(newMeetings, multiplier),
    tightest: isKnown ? tightest : undefined,
    bound: isKnown ? bound : undefined,
    load: isKnown ? tightest * multiplier : undefined,
    blockedBy,
    isBlockedHard,
  };
}

/** The server's own ceiling of a ratio, else the configured one. */
function ceiling(own: number | undefined, configured: number): number {
  return knownPositive(own) ?? configured;
}

/** A ceiling that cannot be checked, or that is 0, counts as passed. */
function shareOf(count: number | undefined, limit: number): number {
  return count === undefined || limit === 0 ? Number.POSITIVE_INFINITY : count / limit;
}

function weighted(count: number | undefined, multiplier: number | undefined): number {
  return count === undefined || multiplier === undefined ? Number.POSITIVE_INFINITY : count * multiplier;
}
