import { createRandom, seedOf } from '../../random.js';
import type { Day, DayKind } from '../day.js';
import { equalHosts, makeJobs } from './hosts.js';
import { makeRoom, makeTenants, pastSessions, planMeeting } from './rooms.js';
import { SCHOOL_ROOMS } from './school-day.js';
import { makeTimetable } from './timetable.js';

const HOUR = 3_600_000;
const STORM_AT = 10 * HOUR;
const CREATES = 200;

/** 200 meetings within a minute on servers that carry a tenth of what they could; then an hour and a half of them. */
export const storm: DayKind = {
  name: 'storm',
  about: '200 creates within 60 s on 22 servers with little on them: no sample shows them in time',
  make,
};

function make(seed: number): Day {
  const random = createRandom(seedOf(`storm ${seed}`));
  const hosts = equalHosts(22, 8);
  const tenants = makeTenants(random, 6);
  const span = { from: 9 * HOUR, until: 12 * HOUR };
  const before = makeTimetable({
    random,
    hosts,
    tenants,
    rooms: 60,
    traits: [{ share: 1, traits: SCHOOL_ROOMS }],
    slots: [{ at: 9.25 * HOUR, load: 0.1 }],
  });
  const rooms = Array.from({ length: CREATES }, (_, index) => {
    const tenant = tenants[index % tenants.length];
    if (!tenant) throw new Error('a storm needs tenants');
    return makeRoom(random, tenant, `storm-${index + 1}`, SCHOOL_ROOMS);
  });
  const rush = rooms.map((room) => planMeeting(random, room, STORM_AT + Math.floor(60_000 * random())));
  const known = rooms.filter(() => random() < 0.85);
  return {
    name: 'storm',
    seed,
    ...span,
    hosts,
    meetings: [...before.meetings, ...rush].sort((left, right) => left.createdAt - right.createdAt),
    jobs: makeJobs(random, hosts, span),
    faults: [],
    history: [...before.history, ...known.flatMap((room) => pastSessions(random, room, STORM_AT))].sort(
      (left, right) => left.endedAt - right.endedAt,
    ),
  };
}
