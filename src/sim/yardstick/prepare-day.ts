import { createRandom, gaussian, type Random, seedOf } from '../random.js';
import type { BackgroundJob, Day, DayHost } from './day.js';

/** Telegraf's usual interval. */
export const SAMPLE_EVERY_MS = 10_000;
/** Samples that go missing on a good day (a restart, a lost packet). */
const LOST_SHARE = 0.003;

/** What is planned to happen. `person` is an index into the meeting's attendees, -1 where nobody is meant. */
export interface PlannedEvent {
  readonly at: number;
  readonly kind: 'create' | 'end' | 'arrive' | 'leave';
  readonly meeting: number;
  readonly person: number;
}

/** What a host's samples will suffer from, and what else runs on it: one value each SAMPLE_EVERY_MS from `day.from` on. */
export interface HostCourse {
  /** When in each interval it is sampled, ms. */
  readonly samplePhaseMs: number;
  /** When in each interval it is polled by a balancer that polls each server alone, as a part of the interval. */
  readonly pollPhase: number;
  /** Relative error of a CPU sample; NaN where the sample is lost. */
  readonly noise: Float64Array;
  /** System time as a part of busy time. */
  readonly systemShare: Float64Array;
  /** CPU of background jobs, a share of the host. */
  readonly background: Float64Array;
}

/** A day with all that is the same for every rule. */
export interface PreparedDay {
  readonly day: Day;
  readonly events: readonly PlannedEvent[];
  /** In the order of `day.hosts`. */
  readonly courses: readonly HostCourse[];
}

/** Works out, once for all rules, the order of events and the noise of every host; both follow from the day's seed alone. */
export function prepareDay(day: Day): PreparedDay {
  return { day, events: plannedEvents(day), courses: day.hosts.map((host) => courseOf(day, host)) };
}

function plannedEvents(day: Day): PlannedEvent[] {
  const events: PlannedEvent[] = [];
  day.meetings.forEach((meeting, index) => {
    events.push({ at: meeting.createdAt, kind: 'create', meeting: index, person: -1 });
    events.push({ at: meeting.endsAt, kind: 'end', meeting: index, person: -1 });
    meeting.attendees.forEach((attendee, person) => {
      events.push({ at: attendee.arrivesAt, kind: 'arrive', meeting: index, person });
      if (attendee.leavesAt < meeting.endsAt) {
        events.push({ at: attendee.leavesAt, kind: 'leave', meeting: index, person });
      }
    });
  });
  // The sort is stable: what happens at one time stays in the order above.
  return events.sort((left, right) => left.at - right.at);
}

function courseOf(day: Day, host: DayHost): HostCourse {
  const random = createRandom(seedOf(`${day.name} ${day.seed} ${host.id} noise`));
  const steps = Math.ceil((day.until - day.from) / SAMPLE_EVERY_MS) + 1;
  const samplePhaseMs = Math.floor(random() * SAMPLE_EVERY_MS);
  const pollPhase = random();
  const noise = new Float64Array(steps);
  const systemShare = new Float64Array(steps);
  // Waves of half a minute as in sim-host.ts (stationary deviation 2.8 %), and 2 % from one sample to the next.
  let wave = 0;
  for (let step = 0; step < steps; step++) {
    wave = 0.7 * wave + 0.02 * gaussian(random);
    noise[step] = isLost(random) ? NaN : wave + 0.02 * gaussian(random);
    systemShare[step] = Math.max(0.1, 0.275 + 0.02 * gaussian(random));
  }
  const jobs = day.jobs.filter(({ serverId }) => serverId === host.id);
  return { samplePhaseMs, pollPhase, noise, systemShare, background: backgroundOf(day, jobs, steps) };
}

function isLost(random: Random): boolean {
  return random() < LOST_SHARE;
}

function backgroundOf(day: Day, jobs: readonly BackgroundJob[], steps: number): Float64Array {
  const background = new Float64Array(steps);
  for (const { from, until, cpu } of jobs) {
    const first = Math.max(0, Math.round((from - day.from) / SAMPLE_EVERY_MS));
    const end = Math.min(steps, Math.round((until - day.from) / SAMPLE_EVERY_MS));
    for (let step = first; step < end; step++) background[step] = (background[step] ?? 0) + cpu;
  }
  return background;
}
