import type { Random } from './random.js';
import { type SessionHabits, type SessionPlan, planSession } from './session-plan.js';
import type { SimServer } from './sim-server.js';
import type { SimMeeting } from './state/sim-meeting.js';

/** What the simulation works on. */
export interface AttendeeSimulationOptions {
  readonly servers: readonly SimServer[];
  readonly random: Random;
  readonly habits?: SessionHabits | undefined;
  /** Whether sessions end by themselves when their time is over; default true. */
  readonly endsMeetings?: boolean | undefined;
}

interface Running {
  readonly meeting: SimMeeting;
  readonly plan: SessionPlan;
  /** Index of the next to arrive. */
  next: number;
  readonly present: Map<string, number>;
}

/**
 * Fills the meetings of simulated servers directly, without joins: people arrive over minutes once a meeting is there,
 * and go. Has no clock of its own: `advance` is told the time, which may run as fast as one likes.
 */
export class AttendeeSimulation {
  readonly #options: AttendeeSimulationOptions;
  readonly #running = new Map<SimServer, Map<string, Running>>();

  constructor(options: AttendeeSimulationOptions) {
    this.#options = options;
  }

  /** Does everything that is due by `now` (ms). */
  advance(now: number): void {
    for (const server of this.#options.servers) {
      const before = this.#running.get(server);
      const after = new Map<string, Running>();
      for (const meeting of server.meetings.list()) {
        if (meeting.endTime !== 0) continue;
        const running = before?.get(meeting.internalId) ?? this.#begin(meeting, now);
        after.set(meeting.internalId, running);
        this.#step(server, running, now);
      }
      this.#running.set(server, after);
    }
  }

  #begin(meeting: SimMeeting, now: number): Running {
    const plan = planSession(meeting.meetingId, now, this.#options.random, this.#options.habits);
    return { meeting, plan, next: 0, present: new Map() };
  }

  #step(server: SimServer, running: Running, now: number): void {
    const { meeting, plan, present } = running;
    if (now >= plan.endsAt && this.#options.endsMeetings !== false) {
      server.meetings.end(meeting);
      return;
    }
    for (
      let due = plan.attendees[running.next];
      due && due.arrivesAt <= now;
      due = plan.attendees[running.next]
    ) {
      running.next++;
      if (due.leavesAt > now) present.set(server.meetings.join(meeting, due).userId, due.leavesAt);
    }
    for (const [userId, leavesAt] of present) {
      if (leavesAt > now) continue;
      server.meetings.leave(meeting, userId);
      present.delete(userId);
    }
  }
}
