import { createRandom, type Random, seedOf } from '../../random.js';
import type { BackgroundJob, Day, DayKind } from '../day.js';
import { between } from './hosts.js';
import { makeSchoolDay } from './school-day.js';

const MINUTE = 60_000;
const CPU = [0.2, 0.45] as const;
const LENGTH_MINUTES = [20, 60] as const;
/** Jobs that begin after meetings have ended (recordings are processed then); the others begin at any time. */
const AFTER_MEETINGS = 0.6;
const JOBS_A_HOST = 4;

/** Recording processing on a third of the hosts, a fifth to nearly half of a host at a time, beside the ordinary jobs. */
export const noisyNeighbour: DayKind = {
  name: 'noisy-neighbour',
  about: 'recording processing takes 20 to 45 % of a third of the hosts for 20 to 60 minutes at a time',
  make(seed) {
    const day = makeSchoolDay({ name: 'noisy-neighbour', seed, peak: 0.5 });
    const random = createRandom(seedOf(`noisy-neighbour ${seed} jobs`));
    const noisy = [...day.hosts].filter(() => random() < 1 / 3);
    return { ...day, jobs: [...day.jobs, ...noisy.flatMap(({ id }) => noisyJobs(random, day, id))] };
  },
};

/** One after another, never two at once. */
function noisyJobs(random: Random, day: Day, serverId: string): BackgroundJob[] {
  const begins = Array.from({ length: JOBS_A_HOST }, () => beginOf(random, day)).sort(
    (left, right) => left - right,
  );
  let free = day.from;
  return begins.map((begin) => {
    const from = Math.round(Math.max(begin, free));
    const until = Math.round(from + between(random, LENGTH_MINUTES) * MINUTE);
    free = until + 2 * MINUTE;
    return { serverId, from, until, cpu: between(random, CPU) };
  });
}

function beginOf(random: Random, day: Day): number {
  const ended = day.meetings[Math.floor(random() * day.meetings.length)]?.endsAt;
  // Nobody knows yet on which host a meeting will be: ends come in waves, and the jobs follow the waves.
  if (ended !== undefined && random() < AFTER_MEETINGS) return ended + between(random, [1, 10]) * MINUTE;
  return between(random, [day.from, day.until]);
}
