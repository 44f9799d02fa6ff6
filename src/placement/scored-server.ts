import { detailOf } from './detail.js';
import type { Judged, Matter } from './judged.js';
import type { ScoredCandidate } from './types.js';

/**
 * A candidate as its decision keeps it: the values at once, the sentence only when somebody reads it or it is stored.
 * The sentence is made of values that do not change, hence true to the instant of the decision.
 */
export class ScoredServer implements ScoredCandidate {
  readonly id: string;
  readonly verdict: ScoredCandidate['verdict'];
  readonly load: number | undefined;
  readonly bound: ScoredCandidate['bound'];
  readonly cpu: number | undefined;
  readonly predictedCpu: number | undefined;
  readonly predictedInMs: number | undefined;
  readonly cpuPerPerson: number;
  readonly backgroundCpu: number | undefined;
  readonly memory: number | undefined;
  readonly networkBytesPerSecond: number | undefined;
  readonly attendees: number;
  readonly reservedAttendees: number;
  readonly meetings: number;
  readonly sampleAgeMs: number | undefined;
  readonly pollAgeMs: number | undefined;
  readonly rank: number | undefined;
  readonly #judged: Judged;
  readonly #matter: Matter;

  constructor(judged: Judged, matter: Matter) {
    const { server, verdict, rank } = judged;
    const { candidate } = server;
    this.id = candidate.id;
    this.verdict = verdict;
    this.load = server.load;
    this.bound = server.bound;
    this.cpu = server.cpu;
    this.predictedCpu = server.predictedCpu;
    this.predictedInMs = server.predictedInMs;
    this.cpuPerPerson = candidate.cpuPerPerson;
    this.backgroundCpu = candidate.backgroundCpu;
    this.memory = server.memory;
    this.networkBytesPerSecond = server.networkBytesPerSecond;
    this.attendees = candidate.attendees;
    this.reservedAttendees = server.reserved;
    this.meetings = candidate.meetings;
    this.sampleAgeMs = candidate.sampleAgeMs;
    this.pollAgeMs = candidate.pollAgeMs;
    this.rank = rank;
    this.#judged = judged;
    this.#matter = matter;
  }

  get detail(): string {
    return detailOf(this.#judged, this.#matter);
  }

  /** With its sentence: a getter is no property that JSON sees. */
  toJSON(): ScoredCandidate {
    const { id, verdict, detail, ...values } = { ...(this as ScoredCandidate), detail: this.detail };
    return { id, verdict, detail, ...values };
  }
}
