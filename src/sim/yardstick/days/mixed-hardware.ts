import type { Random } from '../../random.js';
import type { DayHost, DayKind } from '../day.js';
import { between, makeHost } from './hosts.js';
import { makeSchoolDay } from './school-day.js';

/** A pool that grew over years: old small hosts, new large ones. */
const CORES = [4, 4, 4, 4, 4, 8, 8, 8, 8, 8, 8, 8, 8, 16, 16, 16, 16, 16, 16, 32, 32, 32];

/** The school's day on 22 hosts of 4 to 32 cores, whose cores differ in speed. */
export const mixedHardware: DayKind = {
  name: 'mixed-hardware',
  about:
    '22 servers of 4 to 32 cores, cores of 0.8 to 1.2 times the usual speed: equal counts are unequal loads',
  make: (seed) => makeSchoolDay({ name: 'mixed-hardware', seed, hosts: mixedHosts, rooms: 900 }),
};

function mixedHosts(random: Random): DayHost[] {
  return CORES.map((cores, index) => makeHost(index, cores, between(random, [0.8, 1.2])));
}
