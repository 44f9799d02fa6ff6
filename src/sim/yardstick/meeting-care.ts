import { seedOf } from '../random.js';
import type { Day } from './day.js';
import type { DayMeasure } from './measure.js';
import type { HostingServer, RunningMeeting, RunningPerson } from './running-meeting.js';
import type { Rule } from './rule.js';

/** People press the button again after this time, and give up after that one. */
const RETRY_MS = 30_000;
const PATIENCE_MS = 10 * 60_000;
/** After a server's death the first of a meeting tries again within these times; people first think it is their network. */
const FIRST_RETRY_MS = { least: 15_000, most: 45_000 };
/** Those who wait come in over this time once the meeting is there. */
const REJOIN_MS = 30_000;

/** What may happen at a time that is not known beforehand. */
export type LateEvent =
  | { readonly at: number; readonly kind: 'retry'; readonly meeting: RunningMeeting }
  | {
      readonly at: number;
      readonly kind: 'rejoin';
      readonly meeting: RunningMeeting;
      readonly person: RunningPerson;
    };

export interface MeetingCareDeps {
  readonly day: Day;
  readonly rule: Rule;
  readonly measure: DayMeasure;
  readonly servers: ReadonlyMap<string, HostingServer>;
  readonly later: (event: LateEvent) => void;
}

/** Creates, joins, retries and ends: what front ends and people do, and what the rule is told of it. */
export class MeetingCare {
  readonly #deps: MeetingCareDeps;

  constructor(deps: MeetingCareDeps) {
    this.#deps = deps;
  }

  /** A create, the first one of a meeting or another try. */
  create(meeting: RunningMeeting, now: number): void {
    if (meeting.status === 'live' || meeting.status === 'over') return;
    const target = meeting.server ? this.#again(meeting, meeting.server, now) : this.#place(meeting, now);
    if (target) {
      this.#begin(meeting, target, now);
      return;
    }
    meeting.status = 'waiting';
    meeting.triesSince ??= now;
    if (!meeting.wasRefused) this.#deps.measure.refused();
    meeting.wasRefused = true;
    if (now + RETRY_MS - meeting.triesSince > PATIENCE_MS) this.#giveUp(meeting);
    else this.#deps.later({ at: now + RETRY_MS, kind: 'retry', meeting });
  }

  arrive(meeting: RunningMeeting, person: RunningPerson, now: number): void {
    if (meeting.status === 'live') this.#join(meeting, person, now);
    else person.state = meeting.status === 'over' ? 'gone' : 'waiting';
  }

  rejoin(meeting: RunningMeeting, person: RunningPerson, now: number): void {
    if (meeting.status === 'live' && person.state === 'waiting') this.#join(meeting, person, now);
  }

  leave(meeting: RunningMeeting, person: RunningPerson, now: number): void {
    if (person.state === 'present') this.#leave(meeting, person, now, 'gone');
    person.state = 'gone';
  }

  end(meeting: RunningMeeting, now: number): void {
    const { server } = meeting;
    const wasLive = meeting.status === 'live';
    for (const person of meeting.people) this.leave(meeting, person, now);
    meeting.status = 'over';
    if (!server || !wasLive) return;
    server.remove(meeting);
    this.#deps.rule.ended?.(server.host.id, meeting.asNew, now);
  }

  /** A server dies: what runs there is lost, and its people try to come back. */
  die(server: HostingServer, now: number): void {
    server.isDead = true;
    for (const meeting of [...server.meetings]) {
      for (const person of meeting.people) {
        if (person.state === 'present') this.#leave(meeting, person, now, 'waiting');
      }
      server.remove(meeting);
      meeting.status = 'waiting';
      meeting.triesSince = now;
      const span = FIRST_RETRY_MS.most - FIRST_RETRY_MS.least;
      const delayMs = FIRST_RETRY_MS.least + Math.floor(span * this.#chance('retry', meeting.index));
      this.#deps.later({ at: now + delayMs, kind: 'retry', meeting });
    }
  }

  /** The balancer still knows where the meeting was: it goes there until the rule has given that server up. */
  #again(meeting: RunningMeeting, owner: HostingServer, now: number): HostingServer | undefined {
    const { rule, measure } = this.#deps;
    if (!rule.hasGivenUp?.(owner.host.id, now)) {
      if (!owner.isDead) return owner;
      rule.createFailed?.(owner.host.id, now, meeting.asNew);
      if (rule.hasGivenUp && !rule.hasGivenUp(owner.host.id, now)) return undefined;
    }
    const target = this.#place(meeting, now);
    if (target && target !== owner) measure.moved();
    return target;
  }

  #place(meeting: RunningMeeting, now: number): HostingServer | undefined {
    const { rule, servers } = this.#deps;
    for (const id of rule.rank(meeting.asNew, now)) {
      const server = servers.get(id);
      if (!server) throw new Error(`the rule ranked ${id}, which is no server of the day`);
      if (!server.isDead) return server;
      rule.createFailed?.(id, now, meeting.asNew);
    }
    return undefined;
  }

  #begin(meeting: RunningMeeting, server: HostingServer, now: number): void {
    const { rule, measure, later } = this.#deps;
    meeting.begin(server, now);
    measure.created(server.host.id, now);
    rule.placed?.(server.host.id, meeting.asNew, now, meeting.truth);
    meeting.people.forEach((person, index) => {
      if (person.state !== 'waiting') return;
      const delayMs = Math.floor(REJOIN_MS * this.#chance('rejoin', meeting.index, index));
      later({ at: now + delayMs, kind: 'rejoin', meeting, person });
    });
  }

  #giveUp(meeting: RunningMeeting): void {
    meeting.status = 'over';
    for (const person of meeting.people) person.state = 'gone';
  }

  #join(meeting: RunningMeeting, person: RunningPerson, now: number): void {
    meeting.join(person, now);
    if (meeting.server) this.#deps.rule.joined?.(meeting.server.host.id, meeting.asNew, now);
  }

  #leave(meeting: RunningMeeting, person: RunningPerson, now: number, state: 'waiting' | 'gone'): void {
    meeting.leave(person, now, state);
    if (person.wasOverloaded || (meeting.server?.overloadedAt ?? -Infinity) <= person.joinedAt) return;
    person.wasOverloaded = true;
    this.#deps.measure.overloaded();
  }

  /** 0 to 1, the same for every rule: made of the day's seed and of whom it concerns, not drawn in turn. */
  #chance(...of: readonly (string | number)[]): number {
    return seedOf(`${this.#deps.day.seed} ${of.join(' ')}`) / 2 ** 32;
  }
}
