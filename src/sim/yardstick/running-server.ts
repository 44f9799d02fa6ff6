import type { DayHost } from './day.js';
import { capacityOf, idleCpuOf, memoryOf, sentBytesPerSecond } from './host-physics.js';
import type { HostCourse } from './prepare-day.js';

/** Means over a time that has passed. */
export interface ServerMeans {
  /** CPU asked for by idle and people, a share of the host; above 1 where it is not to be had. */
  readonly cpu: number;
  readonly people: number;
}

/** A host with meetings (`M`) while a day runs. Its sums are kept up with each change: nothing walks over meetings. */
export class RunningServer<M> {
  readonly host: DayHost;
  readonly index: number;
  readonly course: HostCourse;
  readonly meetings = new Set<M>();
  isDead = false;
  /** Goes up with whatever changes in what a poll shows. */
  changes = 0;
  /** End of the newest minute in which it was overloaded. */
  overloadedAt = -Infinity;
  readonly #capacity: number;
  readonly #idleCpu: number;
  #cores = 0;
  #people = 0;
  #streams = 0;
  #changedAt: number;
  #coreMs = 0;
  #peopleMs = 0;

  constructor(host: DayHost, index: number, course: HostCourse, now: number) {
    this.host = host;
    this.index = index;
    this.course = course;
    this.#capacity = capacityOf(host);
    this.#idleCpu = idleCpuOf(host);
    this.#changedAt = now;
  }

  /** People on it now. */
  get people(): number {
    return this.#people;
  }

  /** Memory in use, 0 to 1. */
  get memory(): number {
    return memoryOf(this.host, this.#people, this.meetings.size);
  }

  get sentBytesPerSecond(): number {
    return sentBytesPerSecond(this.host, this.#people, this.#streams);
  }

  add(meeting: M): void {
    this.meetings.add(meeting);
    this.changes += 1;
  }

  /** Forgets a meeting that nobody is in any more. */
  remove(meeting: M): void {
    this.meetings.delete(meeting);
    this.changes += 1;
    // What rounding left behind goes with the last meeting.
    if (this.meetings.size === 0) this.#cores = 0;
  }

  /** What came (or, negative, went): cores of the usual speed, people, camera pictures sent. */
  change(
    now: number,
    by: { readonly cores: number; readonly people: number; readonly streams: number },
  ): void {
    this.#settle(now);
    this.changes += 1;
    this.#cores += by.cores;
    this.#people += by.people;
    this.#streams += by.streams;
  }

  /** Starts a stretch of time for `means`, or starts a mark anew; several stretches may run side by side. */
  mark(now: number, mark: ServerMark = { at: 0, coreMs: 0, peopleMs: 0 }): ServerMark {
    this.#settle(now);
    mark.at = now;
    mark.coreMs = this.#coreMs;
    mark.peopleMs = this.#peopleMs;
    return mark;
  }

  /** Means since a mark; of now, where no time has passed. */
  means(since: Readonly<ServerMark>, now: number): ServerMeans {
    this.#settle(now);
    const ms = now - since.at;
    const cores = ms > 0 ? (this.#coreMs - since.coreMs) / ms : this.#cores;
    const people = ms > 0 ? (this.#peopleMs - since.peopleMs) / ms : this.#people;
    return { cpu: this.isDead ? 0 : this.#idleCpu + Math.max(0, cores) / this.#capacity, people };
  }

  #settle(now: number): void {
    const ms = now - this.#changedAt;
    if (ms <= 0) return;
    this.#coreMs += this.#cores * ms;
    this.#peopleMs += this.#people * ms;
    this.#changedAt = now;
  }
}

/** A server's sums at an instant. */
export interface ServerMark {
  at: number;
  coreMs: number;
  peopleMs: number;
}
