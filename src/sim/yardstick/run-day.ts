import { createRandom, seedOf } from '../random.js';
import type { Day, DayFault } from './day.js';
import type { DayResult } from './day-result.js';
import { EventHeap } from './event-heap.js';
import { DayMeasure, MINUTE_MS, OVERLOADED_CPU } from './measure.js';
import { type LateEvent, MeetingCare } from './meeting-care.js';
import { pollPhases } from './poll-phases.js';
import { prepareDay, type PlannedEvent, type PreparedDay, SAMPLE_EVERY_MS } from './prepare-day.js';
import { Rounds, type Turn } from './rounds.js';
import type { Rule, RuleKind, SeenMeeting } from './rule.js';
import { type HostingServer, RunningMeeting } from './running-meeting.js';
import { RunningServer, type ServerMark } from './running-server.js';

export interface RunDayOptions {
  /** What `prepareDay` made of the same day: saves the work where several rules run it. */
  readonly prepared?: PreparedDay;
}

type WorldEvent =
  LateEvent | { readonly at: number; readonly kind: 'die' | 'return'; readonly server: HostingServer };

/** Runs a day under a rule. The same day and rule give the same result; noise and people do not depend on the rule. */
export function runDay(day: Day, kind: RuleKind, options: RunDayOptions = {}): DayResult {
  const prepared = options.prepared ?? prepareDay(day);
  const rule = kind.start({
    hosts: day.hosts.map(({ id, cores, networkMbit }) => ({ id, cores, networkMbit })),
    day,
    random: createRandom(seedOf(`${day.name} ${day.seed} rule`)),
  });
  const measured = new DayRun(prepared, rule).run();
  return { day: day.name, rule: kind.name, seed: day.seed, ...measured };
}

class DayRun {
  readonly #day: Day;
  readonly #rule: Rule;
  readonly #servers: readonly HostingServer[];
  readonly #meetings: readonly RunningMeeting[];
  readonly #events: readonly PlannedEvent[];
  readonly #late = new EventHeap<WorldEvent>();
  readonly #measure: DayMeasure;
  readonly #care: MeetingCare;
  readonly #samples: Rounds;
  readonly #polls: Rounds;
  readonly #sampleMarks: readonly ServerMark[];
  readonly #minuteMarks: readonly ServerMark[];
  readonly #losses: readonly DayFault[];
  /** What a poll of each server showed, and as of which change. */
  readonly #shown: { changes: number; meetings: readonly SeenMeeting[] }[];

  constructor(prepared: PreparedDay, rule: Rule) {
    const { day, events, courses } = prepared;
    this.#day = day;
    this.#rule = rule;
    this.#events = events;
    this.#servers = courses.map((course, index) => {
      const host = day.hosts[index];
      if (!host) throw new Error('a day was prepared for other hosts');
      return new RunningServer(host, index, course, day.from);
    });
    this.#meetings = day.meetings.map((meeting, index) => new RunningMeeting(index, meeting));
    this.#measure = new DayMeasure(day.hosts.map(({ id }) => id));
    const servers = new Map(this.#servers.map((server) => [server.host.id, server]));
    const later = (event: LateEvent): void => {
      this.#late.push(event);
    };
    this.#care = new MeetingCare({ day, rule, measure: this.#measure, servers, later });
    this.#samples = new Rounds(
      day.from,
      SAMPLE_EVERY_MS,
      courses.map(({ samplePhaseMs }) => samplePhaseMs),
    );
    // Nobody is asked for the sake of a rule that does not listen.
    this.#polls = new Rounds(day.from, rule.pollEveryMs, rule.polled ? pollPhases(prepared, rule) : []);
    this.#sampleMarks = this.#servers.map((server) => server.mark(day.from));
    this.#minuteMarks = this.#servers.map((server) => server.mark(day.from));
    this.#losses = day.faults.filter(({ kind }) => kind === 'samples-lost');
    this.#shown = this.#servers.map(() => ({ changes: -1, meetings: [] }));
    for (const { kind, serverId, from, until } of day.faults) {
      if (kind !== 'server-dead') continue;
      for (const server of this.#servers) {
        if (serverId !== undefined && server.host.id !== serverId) continue;
        this.#late.push({ at: from, kind: 'die', server });
        this.#late.push({ at: until, kind: 'return', server });
      }
    }
  }

  run(): ReturnType<DayMeasure['result']> {
    let nextMinuteAt = this.#day.from + MINUTE_MS;
    let index = 0;
    for (;;) {
      const planned = this.#events[index];
      const plannedAt = planned?.at ?? Infinity;
      const now = Math.min(
        plannedAt,
        this.#late.nextAt,
        nextMinuteAt,
        this.#samples.nextAt,
        this.#polls.nextAt,
      );
      if (now > this.#day.until) break;
      if (now === nextMinuteAt) {
        this.#minute(now);
        nextMinuteAt += MINUTE_MS;
      } else if (now === this.#late.nextAt) {
        this.#happen(this.#late.pop());
      } else if (planned && now === plannedAt) {
        this.#follow(planned);
        index += 1;
      } else if (now === this.#samples.nextAt) {
        this.#sample(this.#samples.take(), now);
      } else {
        this.#poll(this.#polls.take(), now);
      }
    }
    for (const meeting of this.#meetings) this.#care.end(meeting, this.#day.until);
    return this.#measure.result();
  }

  #follow({ at, kind, meeting: index, person: personIndex }: PlannedEvent): void {
    const meeting = this.#meetings[index];
    if (!meeting) throw new Error('a day was prepared for other meetings');
    if (kind === 'create') this.#care.create(meeting, at);
    else if (kind === 'end') this.#care.end(meeting, at);
    const person = meeting.people[personIndex];
    if (!person) return;
    if (kind === 'arrive') this.#care.arrive(meeting, person, at);
    else if (kind === 'leave') this.#care.leave(meeting, person, at);
  }

  #happen(event: WorldEvent | undefined): void {
    if (!event) return;
    if (event.kind === 'retry') this.#care.create(event.meeting, event.at);
    else if (event.kind === 'rejoin') this.#care.rejoin(event.meeting, event.person, event.at);
    else if (event.kind === 'die') this.#care.die(event.server, event.at);
    else event.server.isDead = false;
  }

  #sample({ index, round }: Turn, now: number): void {
    const server = this.#servers[index];
    const mark = this.#sampleMarks[index];
    if (!server || !mark) return;
    const { noise, systemShare, background } = server.course;
    const { cpu } = server.means(mark, now);
    server.mark(now, mark);
    const error = noise[round] ?? NaN;
    if (server.isDead || Number.isNaN(error) || this.#areSamplesLost(server.host.id, now)) return;
    // Telegraf measures what is to be had: a host cannot be busier than wholly.
    const busy = Math.min(1, Math.max(0.005, (cpu + (background[round] ?? 0)) * (1 + error)));
    this.#rule.sampled?.({
      serverId: server.host.id,
      at: now,
      cpu: busy,
      cpuSystem: busy * (systemShare[round] ?? 0),
      memory: server.memory,
      networkBytesPerSecond: server.sentBytesPerSecond,
    });
  }

  #areSamplesLost(serverId: string, now: number): boolean {
    return this.#losses.some(
      (fault) => (fault.serverId ?? serverId) === serverId && fault.from <= now && now < fault.until,
    );
  }

  #poll({ index }: Turn, now: number): void {
    const server = this.#servers[index];
    const shown = this.#shown[index];
    if (!server || !shown) return;
    if (shown.changes !== server.changes) {
      shown.meetings = Array.from(server.meetings, ({ seen }) => seen);
      shown.changes = server.changes;
    }
    this.#rule.polled?.(server.host.id, server.isDead ? undefined : shown.meetings, now);
  }

  #minute(now: number): void {
    const step = Math.round((now - MINUTE_MS - this.#day.from) / SAMPLE_EVERY_MS);
    const steps = MINUTE_MS / SAMPLE_EVERY_MS;
    const minutes = this.#servers.map((server, index) => {
      const mark = this.#minuteMarks[index] ?? server.mark(now);
      const { cpu, people } = server.means(mark, now);
      server.mark(now, mark);
      const { isDead, host, course } = server;
      let background = 0;
      for (let at = step; at < step + steps; at++) background += (course.background[at] ?? 0) / steps;
      const busy = isDead ? 0 : Math.min(1, cpu + background);
      if (busy > OVERLOADED_CPU) server.overloadedAt = now;
      return { serverId: host.id, cpu: busy, people, isDead };
    });
    this.#measure.minute(minutes);
  }
}
