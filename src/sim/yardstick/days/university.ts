import { createRandom, seedOf } from '../../random.js';
import type { Day, DayKind } from '../day.js';
import { equalHosts, makeJobs } from './hosts.js';
import { makeTenants, type RoomTraits } from './rooms.js';
import { makeTimetable, type Slot } from './timetable.js';

const HOUR = 3_600_000;

const LECTURES: RoomTraits = { medianSize: 60, sigma: 0.4, least: 25, most: 120, lengthsMinutes: [90] };
const SEMINARS: RoomTraits = {
  medianSize: 20,
  sigma: 0.5,
  least: 4,
  most: 60,
  lengthsMinutes: [90, 90, 90, 45],
};

/** 100 servers, about 2,000 meetings: lectures and seminars in blocks of two hours, all beginning at a quarter past. */
export const university: DayKind = {
  name: 'university',
  about: '100 servers, about 2,000 meetings: blocks of lectures and seminars that all begin and end together',
  make,
};

function make(seed: number): Day {
  const random = createRandom(seedOf(`university ${seed}`));
  const hosts = equalHosts(100, 8);
  const span = { from: 7.75 * HOUR, until: 16.25 * HOUR };
  const { meetings, history } = makeTimetable({
    random,
    hosts,
    tenants: makeTenants(random, 9),
    rooms: 2_600,
    traits: [
      { share: 0.2, traits: LECTURES },
      { share: 0.8, traits: SEMINARS },
    ],
    slots: blocks(0.53),
  });
  const jobs = makeJobs(random, hosts, span);
  return { name: 'university', seed, ...span, hosts, meetings, jobs, faults: [], history };
}

/** Blocks of two hours, each with some late beginners. */
function blocks(peak: number): Slot[] {
  const parts = [
    [8.25, 0.7],
    [9, 0.75],
    [10.25, 1],
    [11, 0.8],
    [12.25, 0.75],
    [13, 0.5],
    [14.25, 0.8],
  ] as const;
  return parts.map(([hour, part]) => ({ at: hour * HOUR, load: peak * part }));
}
