import { createRandom, seedOf } from '../../random.js';
import type { Day, DayKind } from '../day.js';
import { equalHosts, makeJobs } from './hosts.js';
import { makeRoom, makeTenants, pastSessions, planMeeting } from './rooms.js';
import { SCHOOL_ROOMS } from './school-day.js';

const HOUR = 3_600_000;
const STORM_AT = 10 * HOUR;
const CREATES = 200;
/** The others have never met before. */
const KNOWN_SHARE = 0.85;

/** 200 meetings within a minute on servers that nobody is on; 45 or 90 minutes later it is over. */
export const storm: DayKind = {
  name: 'storm',
  about: '200 creates within 60 s on 22 idle servers: no sample and no poll shows them in time',
  make,
};

function make(seed: number): Day {
  const random = createRandom(seedOf(`storm ${seed}`));
  const hosts = equalHosts(22, 8);
  const tenants = makeTenants(random, 6);
  const span = { from: 9.5 * HOUR, until: 12 * HOUR };
  const rooms = Array.from({ length: CREATES }, (_, index) => {
    const tenant = tenants[index % tenants.length];
    if (!tenant) throw new Error('a storm needs tenants');
    return makeRoom(random, tenant, `room-${index + 1}`, SCHOOL_ROOMS);
  });
  const meetings = rooms.map((room) => planMeeting(random, room, STORM_AT + Math.floor(60_000 * random())));
  const known = rooms.filter(() => random() < KNOWN_SHARE);
  const history = known.flatMap((room) => pastSessions(random, room, STORM_AT));
  return {
    name: 'storm',
    seed,
    ...span,
    hosts,
    meetings: meetings.sort((left, right) => left.createdAt - right.createdAt),
    jobs: makeJobs(random, hosts, span),
    faults: [],
    history: history.sort((left, right) => left.endedAt - right.endedAt),
  };
}
