import type { Random } from '../random.js';
import { planSession, type PlannedAttendee, type SessionPlan } from '../session-plan.js';
import type { FrontEnd, Seat } from './front-end.js';

/** What traffic is made of. Times are demo time, ms. */
export interface TrafficOptions {
  readonly frontEnd: FrontEnd;
  readonly random: Random;
  readonly now: () => number;
  /** Whether a browser's connection to this server stands. */
  readonly isReachable: (origin: string) => boolean;
  /** Told each create that failed. */
  readonly onCreateFailed: (room: string, message: string) => void;
}

/** What the front end saw so far. */
export interface TrafficCounts {
  readonly creates: number;
  readonly failedCreates: number;
  readonly joins: number;
  readonly failedJoins: number;
  readonly ends: number;
}

interface Guest {
  readonly attendee: PlannedAttendee;
  /** When they click join; again later after the connection was lost. */
  arrivesAt: number;
  seat: Seat | undefined;
  isBusy: boolean;
}

interface Session {
  readonly room: string;
  readonly plan: SessionPlan;
  readonly guests: Set<Guest>;
  /** opening: a create is under way · open · lost: its server went away, reopened at `reopensAt`. */
  state: 'opening' | 'open' | 'lost';
  reopensAt: number;
}

const MINUTE_MS = 60_000;
/** Lessons begin on the quarter of an hour, most of them in its first minutes: creates come in bursts. */
export const SLOT_MS = 15 * MINUTE_MS;
const STARTS_PER_SLOT = 16;
const HABITS = { maxSize: 60, durationsMinutes: [20, 45] };
/** The rooms that recur through the day. */
const ROOMS = 90;

/** A school's day through the front door: creates in bursts, joins over minutes, ends. */
export class Traffic {
  readonly #options: TrafficOptions;
  readonly #sessions = new Map<string, Session>();
  readonly #due: { readonly room: string; readonly at: number }[] = [];
  readonly #pending = new Set<Promise<void>>();
  readonly #counts = { creates: 0, failedCreates: 0, joins: 0, failedJoins: 0, ends: 0 };
  #nextSlot = -Infinity;
  #isStopping = false;

  constructor(options: TrafficOptions) {
    this.#options = options;
  }

  /** What was done so far. */
  get counts(): TrafficCounts {
    return { ...this.#counts };
  }

  /** Starts everything that is due by now; call it often. */
  advance(): void {
    const now = this.#options.now();
    if (now >= this.#nextSlot) this.#planSlot(now);
    for (let index = this.#due.length - 1; index >= 0; index--) {
      const start = this.#due[index];
      if (!start || start.at > now) continue;
      this.#due.splice(index, 1);
      if (!this.#sessions.has(start.room)) this.#begin(start.room, now);
    }
    for (const session of this.#sessions.values()) this.#step(session, now);
  }

  /** Starts nothing more and waits for what is under way; close the front end first to cut it short. */
  async stop(): Promise<void> {
    this.#isStopping = true;
    await this.settled();
  }

  /** Resolves once every request made so far has its answer. */
  async settled(): Promise<void> {
    await Promise.all(this.#pending);
  }

  #planSlot(now: number): void {
    const { random } = this.#options;
    this.#nextSlot = (Math.floor(now / SLOT_MS) + 1) * SLOT_MS;
    for (let index = 0; index < STARTS_PER_SLOT; index++) {
      const room = `room-${1 + Math.floor(random() * ROOMS)}`;
      this.#due.push({ room, at: now + random() * random() * 12 * MINUTE_MS });
    }
  }

  #begin(room: string, now: number): void {
    const plan = planSession(room, now, this.#options.random, HABITS);
    const guests = plan.attendees.map((attendee) => ({
      attendee,
      arrivesAt: attendee.arrivesAt,
      seat: undefined,
      isBusy: false,
    }));
    const session: Session = { room, plan, guests: new Set(guests), state: 'opening', reopensAt: 0 };
    this.#sessions.set(room, session);
    this.#run(this.#open(session));
  }

  #step(session: Session, now: number): void {
    if (now >= session.plan.endsAt) {
      if (session.state === 'opening') return;
      this.#sessions.delete(session.room);
      this.#run(this.#end(session));
      return;
    }
    this.#noticeLoss(session, now);
    if (session.state === 'lost' && now >= session.reopensAt) {
      session.state = 'opening';
      this.#run(this.#open(session));
    }
    if (session.state !== 'open') return;
    for (const guest of session.guests) {
      if (guest.isBusy) continue;
      if (now >= guest.attendee.leavesAt) {
        session.guests.delete(guest);
        if (guest.seat) this.#run(this.#options.frontEnd.leave(guest.seat));
      } else if (!guest.seat && now >= guest.arrivesAt) this.#run(this.#join(session, guest));
    }
  }

  /** Browsers whose server went away are back at the front end within minutes, and open the room again. */
  #noticeLoss(session: Session, now: number): void {
    const { random, isReachable } = this.#options;
    const lost = [...session.guests].filter((guest) => guest.seat && !isReachable(guest.seat.origin));
    if (lost.length === 0) return;
    if (session.state === 'open') {
      session.state = 'lost';
      session.reopensAt = now + (1 + 3 * random()) * MINUTE_MS;
    }
    for (const guest of lost) {
      guest.seat = undefined;
      guest.arrivesAt = session.reopensAt + random() * 3 * MINUTE_MS;
    }
  }

  async #open(session: Session): Promise<void> {
    const { frontEnd, onCreateFailed, random } = this.#options;
    // One front end in three knows how many are enrolled, which is more than will come.
    const sizeHint = session.room.endsWith('3') ? Math.round(session.plan.attendees.length * 1.3) : undefined;
    const result = await frontEnd.create(session.room, sizeHint);
    if (this.#isStopping) return;
    this.#counts.creates++;
    if (result.isSuccess) {
      session.state = 'open';
      return;
    }
    this.#counts.failedCreates++;
    onCreateFailed(session.room, result.message);
    session.state = 'lost';
    session.reopensAt = this.#options.now() + (2 + random()) * MINUTE_MS;
  }

  async #join(session: Session, guest: Guest): Promise<void> {
    const { frontEnd, now, random } = this.#options;
    guest.isBusy = true;
    try {
      guest.seat = await frontEnd.join(session.room, guest.attendee);
      this.#counts.joins++;
    } catch {
      // The user sees an error page, goes back to the front end and tries again: it creates the room first.
      if (this.#isStopping) return;
      this.#counts.failedJoins++;
      guest.arrivesAt = now() + (1 + random()) * MINUTE_MS;
      if (session.state === 'open') {
        session.state = 'lost';
        session.reopensAt = now() + random() * MINUTE_MS;
      }
    } finally {
      guest.isBusy = false;
    }
  }

  async #end(session: Session): Promise<void> {
    await this.#options.frontEnd.end(session.room);
    this.#counts.ends++;
  }

  #run(work: Promise<void>): void {
    // A leave that fails leaves nobody behind: the server that did not answer is gone.
    const done = work
      .catch(() => undefined)
      .then(() => {
        this.#pending.delete(done);
      });
    this.#pending.add(done);
  }
}
