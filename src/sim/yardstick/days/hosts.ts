import type { Random } from '../../random.js';
import type { BackgroundJob, DayHost } from '../day.js';

const MINUTE = 60_000;

/** Equal hosts, memory as is usual for their cores. */
export function equalHosts(count: number, cores: number): DayHost[] {
  return Array.from({ length: count }, (_, index) => makeHost(index, cores, 1));
}

/** One host. */
export function makeHost(index: number, cores: number, coreSpeed: number): DayHost {
  return {
    id: `bbb${index + 1}`,
    cores,
    coreSpeed,
    memoryGiB: Math.max(16, cores * 2),
    networkMbit: cores >= 16 ? 10_000 : 1_000,
  };
}

/** How often jobs come to a host, and how heavy and long they are. */
export interface JobHabits {
  /** Mean time between the end of one and the begin of the next. */
  readonly everyMinutes: number;
  readonly minutes: readonly [least: number, most: number];
  readonly cpu: readonly [least: number, most: number];
}

/** Recording processing, backups and the like on an ordinary day, as in sim-host.ts. */
export const ORDINARY_JOBS: JobHabits = { everyMinutes: 30, minutes: [5, 20], cpu: [0.08, 0.18] };

/** Jobs of each host at random times, one at a time. */
export function makeJobs(
  random: Random,
  hosts: readonly DayHost[],
  span: { readonly from: number; readonly until: number },
  habits: JobHabits = ORDINARY_JOBS,
): BackgroundJob[] {
  return hosts.flatMap(({ id }) => {
    const jobs: BackgroundJob[] = [];
    const gap = (): number => -Math.log(1 - random()) * habits.everyMinutes * MINUTE;
    for (let from = span.from + gap(); from < span.until;) {
      const until = from + between(random, habits.minutes) * MINUTE;
      jobs.push({
        serverId: id,
        from: Math.round(from),
        until: Math.round(until),
        cpu: between(random, habits.cpu),
      });
      from = until + gap();
    }
    return jobs;
  });
}

/** Evenly distributed. */
export function between(random: Random, [least, most]: readonly [number, number]): number {
  return least + (most - least) * random();
}
