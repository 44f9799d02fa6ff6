import { knownCount, knownLimit, knownPositive, knownRatio } from './measure.js';
import { forecastMeeting, horizonMs, persistenceAt } from './outlook.js';
import type { Candidate, PlacementOptions, PlacementRequest } from './types.js';

/** Share of a host's CPU one person costs at most before anything is learnt (the contract's upper bound of 0.5 %). */
export const MOST_CPU_PER_PERSON = 0.005;

/** People assumed where a request names no usable number (the median meeting of the study). */
const FALLBACK_EXPECTED = 15;

/** What can be the tightest on a server. */
export type Resource = 'cpu' | 'memory' | 'network' | 'attendees' | 'meetings';

/** A candidate with what the new meeting would make of it. Values that make no sense have become `undefined`. */
export interface Assessment {
  readonly candidate: Candidate;
  readonly cpu: number | undefined;
  /** Highest expected CPU over the horizons, with the new meeting; may exceed 1. */
  readonly predictedCpu: number | undefined;
  /** How far ahead that is. */
  readonly predictedInMs: number | undefined;
  readonly memory: number | undefined;
  readonly networkBytesPerSecond: number | undefined;
  /** `undefined` where the people of a meeting are unknown. */
  readonly reserved: number | undefined;
  /** Counted, reserved and expected people together, times the multiplier; Infinity when unknown. */
  readonly weightedPeople: number;
  /** What the weighted people cost, as a share of this host's CPU: compared where no sample is known. */
  readonly peopleShare: number;
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

/** The new meeting as predictions count it. */
export interface Newcomer {
  /** People at its fullest. */
  readonly expected: number;
  /** People in it at each horizon. */
  readonly people: readonly number[];
}

/** No new meeting: the load as it is. */
export const NOBODY: Newcomer = { expected: 0, people: [] };

/** What the new meeting will bring, now and at each horizon. */
export function newcomerOf({ expectation }: PlacementRequest, { rampMs }: PlacementOptions): Newcomer {
  const expected = knownCount(expectation.attendees) ?? FALLBACK_EXPECTED;
  const { durationsMs } = expectation;
  const meeting = {
    expectedAttendees: expected,
    countedAttendees: 0,
    ageMs: 0,
    durationsMs,
    personWeight: 1,
  };
  return { expected, people: forecastMeeting(meeting, rampMs) };
}

/**
 * What a server would carry with the new meeting. load = the tightest of CPU (the highest expected over the horizons),
 * memory, network (both as measured), attendees and meetings as a share of its ceiling, times `loadMultiplier`.
 * The multiplier is a preference: it weighs the load and moves no ceiling.
 */
export function predictLoad(candidate: Candidate, newcomer: Newcomer, options: PlacementOptions): Assessment {
  const { limits, outlook } = candidate;
  const { expected } = newcomer;
  const attendees = knownCount(candidate.attendees);
  const meetings = knownCount(candidate.meetings);
  const { reserved } = outlook;
  const multiplier = knownPositive(candidate.loadMultiplier);
  const cpu = knownRatio(candidate.cpu);
  const memory = knownRatio(candidate.memory);
  const networkBytesPerSecond = knownLimit(candidate.networkBytesPerSecond);
  const capacityMbit = knownPositive(candidate.networkMbit);
  const people =
    attendees === undefined || reserved === undefined ? undefined : attendees + reserved + expected;
  const cpuPerPerson = knownPositive(candidate.cpuPerPerson) ?? MOST_CPU_PER_PERSON;
  const ahead =
    cpu === undefined || people === undefined
      ? undefined
      : highestCpu(candidate, newcomer, { cpu, cpuPerPerson, rampMs: options.rampMs });
  const predictedCpu = ahead?.cpu;

  // One number a resource, 0 where it does not bind: this runs for every server at each create.
  let cpuShare = 0;
  let isCpuBlocked = false;
  if (predictedCpu !== undefined) {
    const limit = ceiling(limits.cpu, options.limits.cpu);
    // The guess at a big meeting's cost must not close an idle server: alone it takes at most half the ceiling.
    const surplus = Math.max(0, cpuPerPerson * expected - limit / 2);
    cpuShare = predictedCpu / limit;
    // Whatever the forecast hopes for: a host that is hot now takes nobody who could go elsewhere.
    isCpuBlocked = predictedCpu - surplus > limit || (cpu ?? 0) > limit;
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
  if (memoryShare > tightest) {
    tightest = memoryShare;
    bound = 'memory';
  }
  if (networkShare > tightest) {
    tightest = networkShare;
    bound = 'network';
  }
  if (attendeesShare > tightest) {
    tightest = attendeesShare;
    bound = 'attendees';
  }
  if (meetingsShare > tightest) {
    tightest = meetingsShare;
    bound = 'meetings';
  }

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
    predictedInMs: ahead?.inMs,
    memory,
    networkBytesPerSecond,
    reserved,
    weightedPeople: weighted(people, multiplier),
    peopleShare: cpuPerPerson * weighted(people, multiplier),
    weightedMeetings: weighted(newMeetings, multiplier),
    tightest: isKnown ? tightest : undefined,
    bound: isKnown ? bound : undefined,
    load: isKnown ? tightest * multiplier : undefined,
    blockedBy,
    isBlockedHard,
  };
}

/**
 * max over the horizons h of idle + cpuPerPerson × (people(h) + newcomers(h)) + background × persistence(h), with people by what
 * they cost, in usual people.
 */
function highestCpu(
  candidate: Candidate,
  newcomer: Newcomer,
  { cpu, cpuPerPerson, rampMs }: { cpu: number; cpuPerPerson: number; rampMs: number },
): { cpu: number; inMs: number } {
  const { outlook } = candidate;
  const idle = knownRatio(candidate.idleCpu) ?? 0;
  const background = backgroundOf(candidate, cpu, idle, cpuPerPerson);
  let highest = Number.NEGATIVE_INFINITY;
  let at = 0;
  for (let i = 0; i < outlook.people.length; i += 1) {
    const people = (outlook.people[i] ?? 0) + (newcomer.people[i] ?? 0);
    const then = idle + cpuPerPerson * people + background * persistenceAt(i);
    if (then > highest) {
      highest = then;
      at = i;
    }
  }
  return { cpu: Math.max(0, highest), inMs: horizonMs(at, rampMs) };
}

/** CPU expected at one horizon with no further meeting, by the same formula; may exceed 1. `undefined` while unknown. */
export function forecastCpu(candidate: Candidate, horizon: number): number | undefined {
  const { attendees, idleCpu, outlook } = candidate;
  const cpu = knownRatio(candidate.cpu);
  const people = outlook.people[horizon];
  if (cpu === undefined || people === undefined) return undefined;
  if (outlook.reserved === undefined || knownCount(attendees) === undefined) return undefined;
  const cpuPerPerson = knownPositive(candidate.cpuPerPerson) ?? MOST_CPU_PER_PERSON;
  const idle = knownRatio(idleCpu) ?? 0;
  const background = backgroundOf(candidate, cpu, idle, cpuPerPerson);
  return Math.max(0, idle + cpuPerPerson * people + background * persistenceAt(horizon));
}

/**
 * What was measured beyond idle and people; where it is not known yet, the newest sample and count give it, and nothing
 * below 0: a sample from before its people came must not make them free.
 */
function backgroundOf(
  { backgroundCpu, attendees }: Candidate,
  cpu: number,
  idle: number,
  cpuPerPerson: number,
): number {
  return backgroundCpu ?? Math.max(0, cpu - idle - cpuPerPerson * attendees);
}

/** The ceilings of ratios that hold for a server: its own, else the configured ones. */
export function ceilingsOf(
  { limits }: Pick<Candidate, 'limits'>,
  options: PlacementOptions,
): PlacementOptions['limits'] {
  return {
    cpu: ceiling(limits.cpu, options.limits.cpu),
    memory: ceiling(limits.memory, options.limits.memory),
    network: ceiling(limits.network, options.limits.network),
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
