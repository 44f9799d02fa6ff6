import { createRandom, seedOf } from '../../random.js';
import type { Day, DayKind } from '../day.js';
import { makeSchoolDay } from './school-day.js';

const HOUR = 3_600_000;
const MINUTE = 60_000;

/** A server dies in the rush before the peak, with all that runs on it, and is back before noon. */
export const oneServerDies: DayKind = {
  name: 'one-server-dies',
  about: 'one of 22 servers dies at 10:04, in the rush, and comes back empty at 11:10',
  make(seed) {
    const day = makeSchoolDay({ name: 'one-server-dies', seed });
    const random = createRandom(seedOf(`one-server-dies ${seed} fault`));
    const serverId = day.hosts[Math.floor(random() * day.hosts.length)]?.id;
    const from = 10 * HOUR + 4 * MINUTE;
    return withFault(day, { kind: 'server-dead', serverId, from, until: 11 * HOUR + 10 * MINUTE });
  },
};

/** No samples of any server over the peak: what a balancer does without its metrics. */
export const metricsOutage: DayKind = {
  name: 'metrics-outage',
  about: 'no samples of any server from 9:40 to 11:20, over the peak',
  make(seed) {
    const day = makeSchoolDay({ name: 'metrics-outage', seed });
    const [from, until] = [9 * HOUR + 40 * MINUTE, 11 * HOUR + 20 * MINUTE];
    return withFault(day, { kind: 'samples-lost', serverId: undefined, from, until });
  },
};

function withFault(day: Day, fault: Day['faults'][number]): Day {
  return { ...day, faults: [fault] };
}
