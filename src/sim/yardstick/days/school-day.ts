import { createRandom, type Random, seedOf } from '../../random.js';
import type { Day, DayHost, DayKind } from '../day.js';
import { equalHosts, makeJobs } from './hosts.js';
import { makeTenants, type RoomTraits } from './rooms.js';
import { makeTimetable, type Slot } from './timetable.js';

const HOUR = 3_600_000;

/** Rooms of the study: log-normal around 15 people, single and double lessons. */
export const SCHOOL_ROOMS: RoomTraits = {
  medianSize: 15,
  sigma: 0.7,
  least: 3,
  most: 100,
  lengthsMinutes: [45, 90],
};

/** What school-like days may change. */
export interface SchoolPlan {
  readonly name: string;
  readonly seed: number;
  readonly hosts?: (random: Random) => readonly DayHost[];
  readonly traits?: readonly { readonly share: number; readonly traits: RoomTraits }[];
  readonly rooms?: number;
  /** Mean load of the pool by people at the peak at 10:00; 0.6 by default, the study's. */
  readonly peak?: number;
}

/** 22 servers, 600 recurring rooms, 7:50 to 14:45: full-hour peaks with a rush at 8:00 and the peak at 10:00. */
export function makeSchoolDay(plan: SchoolPlan): Day {
  const random = createRandom(seedOf(`${plan.name} ${plan.seed}`));
  const hosts = plan.hosts?.(random) ?? equalHosts(22, 8);
  const span = { from: 7.5 * HOUR, until: 14.75 * HOUR };
  const { meetings, history } = makeTimetable({
    random,
    hosts,
    tenants: makeTenants(random, 6),
    rooms: plan.rooms ?? 600,
    traits: plan.traits ?? [{ share: 1, traits: SCHOOL_ROOMS }],
    slots: schoolSlots(plan.peak ?? 0.53),
  });
  const jobs = makeJobs(random, hosts, span);
  return { name: plan.name, seed: plan.seed, ...span, hosts, meetings, jobs, faults: [], history };
}

/** When lessons begin: most on the hour, some at a quarter past and at half past. */
export function schoolSlots(peak: number): Slot[] {
  const parts = [
    [8, 0.8],
    [8.5, 0.8],
    [9, 0.85],
    [9.5, 0.75],
    [10, 1],
    [10.25, 1],
    [11, 0.95],
    [11.5, 0.85],
    [12, 0.65],
    [12.5, 0.5],
    [13, 0.6],
  ] as const;
  return parts.map(([hour, part]) => ({ at: hour * HOUR, load: peak * part }));
}

export const schoolDay: DayKind = {
  name: 'school-day',
  about: '22 equal servers, 600 recurring rooms, everybody on the hour: many meetings are new at once',
  make: (seed) => makeSchoolDay({ name: 'school-day', seed }),
};
