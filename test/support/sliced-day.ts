import { seedOf } from '../../src/sim/random.js';
import type { Day } from '../../src/sim/yardstick/day.js';
import { capacityOf } from '../../src/sim/yardstick/host-physics.js';

const HOUR = 3_600_000;

/**
 * A small version of a day: at most so many of its hosts, every n-th of them, and those that a fault is about, with as large
 * a part of its rooms as of its capacity, until a quarter to eleven. Load, habits, rush and faults stay as they are.
 */
export function slicedDay(day: Day, hosts: number): Day {
  const stride = Math.ceil(day.hosts.length / hosts);
  const faulty = new Set(day.faults.map(({ serverId }) => serverId));
  const kept = day.hosts.filter(({ id }, index) => index % stride === 0 || faulty.has(id));
  const ids = new Set(kept.map(({ id }) => id));
  const sum = (of: Day['hosts']): number => of.reduce((cores, host) => cores + capacityOf(host), 0);
  const share = sum(kept) / sum(day.hosts);
  const isKept = ({ tenantId, meetingId }: { tenantId: string; meetingId: string }): boolean =>
    seedOf(`${day.seed} ${tenantId} ${meetingId} slice`) / 2 ** 32 < share;
  const until = Math.min(day.until, 10.75 * HOUR);
  return {
    ...day,
    until,
    hosts: kept,
    meetings: day.meetings.filter((meeting) => meeting.createdAt < until && isKept(meeting)),
    jobs: day.jobs.filter(({ serverId, from }) => ids.has(serverId) && from < until),
    history: day.history.filter(isKept),
  };
}
