import type { Day, DayHost, DayMeeting } from '../day.js';
import { capacityOf, coresOf, countMedia, idleCpuOf, type MediaCounts } from '../host-physics.js';
import { MINUTE_MS } from '../measure.js';
import type { NewMeeting, RuleKind } from '../rule.js';

/**
 * Knows of each meeting who will come when, what they cost and when it ends, and every background job; of meetings not yet
 * created it knows nothing, nor of failures to come. Takes the server whose highest CPU over the meeting's life will be the
 * lowest: greedy, so no bound, but what is left to it no forecast can win.
 */
export const clairvoyant: RuleKind = {
  name: 'clairvoyant',
  family: 'yardstick',
  start({ day }) {
    const futures = new Map(day.hosts.map((host) => [host.id, new ServerFuture(day, host)]));
    const truths = new Map<string, DayMeeting[]>();
    for (const meeting of day.meetings) {
      const key = keyOf(meeting);
      truths.set(key, [...(truths.get(key) ?? []), meeting]);
    }
    return {
      pollEveryMs: 60_000,
      rank(meeting, now) {
        // A room may meet more than once a day: the session that has begun last is the one.
        const truth = truths.get(keyOf(meeting))?.findLast(({ createdAt }) => createdAt <= now);
        if (!truth) return [];
        const curve = curveOf(day, truth, now);
        return [...futures.values()]
          .filter((future) => !future.isDead(now))
          .map((future) => ({ id: future.id, ...future.with(curve) }))
          .sort((left, right) => left.highest - right.highest || left.mean - right.mean)
          .map(({ id }) => id);
      },
      placed(serverId, _meeting, now, truth) {
        futures.get(serverId)?.add(curveOf(day, truth, now));
      },
    };
  },
};

/** Cores that a meeting needs, by minutes of the day from `first` on. */
interface Curve {
  readonly first: number;
  readonly cores: readonly number[];
}

class ServerFuture {
  readonly id: string;
  readonly #capacity: number;
  readonly #idleCpu: number;
  readonly #cpu: Float64Array;
  readonly #jobs: Float64Array;
  readonly #deaths: { readonly from: number; readonly until: number; isOver: boolean }[];

  constructor(day: Day, host: DayHost) {
    this.id = host.id;
    this.#capacity = capacityOf(host);
    this.#idleCpu = idleCpuOf(host);
    this.#jobs = jobsByMinute(day, host.id);
    this.#cpu = this.#jobs.map((cpu) => cpu + this.#idleCpu);
    this.#deaths = day.faults
      .filter(({ kind, serverId }) => kind === 'server-dead' && (serverId ?? host.id) === host.id)
      .map(({ from, until }) => ({ from, until, isOver: false }));
  }

  /** Whether it is dead now; what ran there when it died is forgotten. */
  isDead(now: number): boolean {
    for (const death of this.#deaths) {
      if (death.isOver || now < death.from) continue;
      this.#cpu.set(this.#jobs.map((cpu) => cpu + this.#idleCpu));
      death.isOver = true;
    }
    return this.#deaths.some(({ from, until }) => from <= now && now < until);
  }

  /** Its CPU over the life of a meeting that came here, above 1 where it is too much. */
  with({ first, cores }: Curve): { readonly highest: number; readonly mean: number } {
    let [highest, sum] = [0, 0];
    for (let index = 0; index < cores.length; index++) {
      const cpu = (this.#cpu[first + index] ?? 0) + (cores[index] ?? 0) / this.#capacity;
      if (cpu > highest) highest = cpu;
      sum += cpu;
    }
    return { highest, mean: sum / Math.max(1, cores.length) };
  }

  add({ first, cores }: Curve): void {
    for (let index = 0; index < cores.length; index++) {
      this.#cpu[first + index] = (this.#cpu[first + index] ?? 0) + (cores[index] ?? 0) / this.#capacity;
    }
  }
}

function curveOf(day: Day, meeting: DayMeeting, now: number): Curve {
  const first = Math.floor((now - day.from) / MINUTE_MS);
  const last = Math.ceil((Math.min(meeting.endsAt, day.until) - day.from) / MINUTE_MS);
  const changes = meeting.attendees
    .flatMap(({ arrivesAt, leavesAt, media }) => [
      { at: arrivesAt, media, by: 1 as const },
      { at: leavesAt, media, by: -1 as const },
    ])
    .sort((left, right) => left.at - right.at);
  const cores: number[] = [];
  let counts: MediaCounts = { people: 0, voice: 0, video: 0 };
  let next = 0;
  for (let minute = first; minute < last; minute++) {
    // The middle of the minute stands for it.
    const at = day.from + (minute + 0.5) * MINUTE_MS;
    for (let change = changes[next]; change && change.at <= at; change = changes[++next]) {
      counts = countMedia(counts, change.media, change.by);
    }
    cores.push(coresOf(counts, meeting.weight));
  }
  return { first, cores };
}

function jobsByMinute(day: Day, serverId: string): Float64Array {
  const cpu = new Float64Array(Math.ceil((day.until - day.from) / MINUTE_MS));
  for (const job of day.jobs) {
    if (job.serverId !== serverId) continue;
    const first = Math.max(0, Math.round((job.from - day.from) / MINUTE_MS));
    const end = Math.min(cpu.length, Math.round((job.until - day.from) / MINUTE_MS));
    for (let minute = first; minute < end; minute++) cpu[minute] = (cpu[minute] ?? 0) + job.cpu;
  }
  return cpu;
}

function keyOf({ tenantId, meetingId }: NewMeeting | DayMeeting): string {
  return `${tenantId} ${meetingId}`;
}
