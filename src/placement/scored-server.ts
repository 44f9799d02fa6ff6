import { detailOf } from './detail.js';
import type { Judged, Matter } from './judged.js';
import type { ScoredCandidate } from './types.js';

/**
 * A candidate as its decision keeps it: a view of what it was judged by, which does not change, hence true to the instant
 * of the decision. Sentences are made only when somebody reads them or they are stored.
 */
export class ScoredServer implements ScoredCandidate {
  readonly #judged: Judged;
  readonly #matter: Matter;

  constructor(judged: Judged, matter: Matter) {
    this.#judged = judged;
    this.#matter = matter;
  }

  get id(): string {
    return this.#judged.server.candidate.id;
  }

  get verdict(): ScoredCandidate['verdict'] {
    return this.#judged.verdict;
  }

  get detail(): string {
    return detailOf(this.#judged, this.#matter);
  }

  get load(): number | undefined {
    return this.#judged.server.load;
  }

  get bound(): ScoredCandidate['bound'] {
    return this.#judged.server.bound;
  }

  get cpu(): number | undefined {
    return this.#judged.server.cpu;
  }

  get predictedCpu(): number | undefined {
    return this.#judged.server.predictedCpu;
  }

  get predictedInMs(): number | undefined {
    return this.#judged.server.predictedInMs;
  }

  get cpuPerPerson(): number {
    return this.#judged.server.candidate.cpuPerPerson;
  }

  get backgroundCpu(): number | undefined {
    return this.#judged.server.candidate.backgroundCpu;
  }

  get memory(): number | undefined {
    return this.#judged.server.memory;
  }

  get networkBytesPerSecond(): number | undefined {
    return this.#judged.server.networkBytesPerSecond;
  }

  get attendees(): number {
    return this.#judged.server.candidate.attendees;
  }

  get reservedAttendees(): number | undefined {
    return this.#judged.server.reserved;
  }

  get meetings(): number {
    return this.#judged.server.candidate.meetings;
  }

  get sampleAgeMs(): number | undefined {
    return this.#judged.server.candidate.sampleAgeMs;
  }

  get pollAgeMs(): number | undefined {
    return this.#judged.server.candidate.pollAgeMs;
  }

  get rank(): number | undefined {
    return this.#judged.rank;
  }

  /** A getter is no property that JSON sees. */
  toJSON(): ScoredCandidate {
    const { server, verdict, rank } = this.#judged;
    const { candidate } = server;
    return {
      id: candidate.id,
      verdict,
      detail: this.detail,
      load: server.load,
      bound: server.bound,
      cpu: server.cpu,
      predictedCpu: server.predictedCpu,
      predictedInMs: server.predictedInMs,
      cpuPerPerson: candidate.cpuPerPerson,
      backgroundCpu: candidate.backgroundCpu,
      memory: server.memory,
      networkBytesPerSecond: server.networkBytesPerSecond,
      attendees: candidate.attendees,
      reservedAttendees: server.reserved,
      meetings: candidate.meetings,
      sampleAgeMs: candidate.sampleAgeMs,
      pollAgeMs: candidate.pollAgeMs,
      rank,
    };
  }
}
