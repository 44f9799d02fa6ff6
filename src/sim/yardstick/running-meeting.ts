import type { DayAttendee, DayMeeting } from './day.js';
import { coresOf, countMedia, type MediaCounts, streamsOf } from './host-physics.js';
import type { NewMeeting, SeenMeeting } from './rule.js';
import type { RunningServer } from './running-server.js';

/** One person of a running day. */
export interface RunningPerson {
  readonly plan: DayAttendee;
  state: 'absent' | 'waiting' | 'present' | 'gone';
  joinedAt: number;
  /** Sat on an overloaded server before. */
  wasOverloaded: boolean;
}

/** A server with such meetings. */
export type HostingServer = RunningServer<RunningMeeting>;

const NOBODY: MediaCounts = { people: 0, voice: 0, video: 0 };

/** A meeting while a day runs: where it is, who is in it, what it costs. */
export class RunningMeeting {
  readonly index: number;
  readonly truth: DayMeeting;
  readonly asNew: NewMeeting;
  readonly people: readonly RunningPerson[];
  /** planned: not created yet; waiting: refused or lost, people try again; over: ended, or given up. */
  status: 'planned' | 'waiting' | 'live' | 'over' = 'planned';
  /** Where it is, or was when its server died. */
  server: HostingServer | undefined;
  /** When its people began to try in vain. */
  triesSince: number | undefined;
  wasRefused = false;
  #createdAt = 0;
  #counts = NOBODY;
  #seen: SeenMeeting | undefined;

  constructor(index: number, truth: DayMeeting) {
    this.index = index;
    this.truth = truth;
    const { tenantId, meetingId, sizeHint } = truth;
    this.asNew = { tenantId, meetingId, sizeHint };
    this.people = truth.attendees.map((plan) => ({
      plan,
      state: 'absent',
      joinedAt: 0,
      wasOverloaded: false,
    }));
  }

  /** What it shows in getMeetings; the same value until someone comes or goes. */
  get seen(): SeenMeeting {
    if (this.#seen) return this.#seen;
    const { people, voice, video } = this.#counts;
    this.#seen = {
      tenantId: this.truth.tenantId,
      meetingId: this.truth.meetingId,
      createdAt: this.#createdAt,
      attendees: people,
      moderators: this.people[0]?.state === 'present' ? 1 : 0,
      listeners: people - voice,
      voice,
      video,
    };
    return this.#seen;
  }

  /** Begins, empty, on a server. */
  begin(server: HostingServer, now: number): void {
    this.status = 'live';
    this.server = server;
    this.triesSince = undefined;
    this.#createdAt = now;
    this.#seen = undefined;
    server.add(this);
  }

  join(person: RunningPerson, now: number): void {
    person.state = 'present';
    person.joinedAt = now;
    this.#count(person, 1, now);
  }

  leave(person: RunningPerson, now: number, state: RunningPerson['state']): void {
    this.#count(person, -1, now);
    person.state = state;
  }

  #count(person: RunningPerson, by: 1 | -1, now: number): void {
    const before = this.#counts;
    this.#counts = countMedia(before, person.plan.media, by);
    this.#seen = undefined;
    const { weight } = this.truth;
    this.server?.change(now, {
      cores: coresOf(this.#counts, weight) - coresOf(before, weight),
      people: by,
      streams: streamsOf(this.#counts) - streamsOf(before),
    });
  }
}
