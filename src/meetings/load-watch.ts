import type { LoadModel, ServerModel } from '../placement/learning/load-model.js';
import { knownPositive, knownRatio } from '../placement/measure.js';
import { addMedia, mediaOf, NO_MEDIA } from '../placement/media.js';
import type { PooledServer } from '../pool/server.js';

/** The newest reading of one host. Unknown is `undefined`. */
export interface WatchedSample {
  /** Busy CPU, mean over the window, 0 to 1. */
  readonly cpu: number | undefined;
  readonly memory: number | undefined;
  /** Time of the newest CPU reading, ms since 1970 by the host's clock. */
  readonly sampledAt: number;
  readonly cpuCount?: number | undefined;
}

export interface LoadWatchDeps {
  readonly model: LoadModel;
  /** The newest sample of a server, however old. */
  readonly sampleOf: (serverId: string) => WatchedSample | undefined;
  /** A sample older than this teaches nothing: what people did then is forgotten. */
  readonly maxAgeMs: number;
  readonly now: () => number;
}

/** Below this a host's clock is taken as right: the Date header, from which the difference is known, has whole seconds. */
const CLOCKS_AGREE_MS = 5_000;

/** Feeds the load model with polls and samples as they come, and remembers its answers until the next round of samples. */
export class LoadWatch {
  readonly #deps: LoadWatchDeps;
  readonly #answers = new Map<string, ServerModel>();
  #revision = 0;
  #refreshedAt = -Infinity;
  /** By server: `sampledAt` of the newest sample the model has, as the host says it. */
  readonly #taken = new Map<string, number>();

  constructor(deps: LoadWatchDeps) {
    this.#deps = deps;
  }

  /** A good poll: its people count from the moment it began. */
  polled({ definition, poll }: PooledServer): void {
    if (poll === undefined) return;
    let media = NO_MEDIA;
    for (const meeting of poll.meetings.values()) media = addMedia(media, mediaOf(meeting));
    // Whoever is in a breakout room is counted in its parent too.
    const { attendees: people, voice } = poll.counts;
    this.#deps.model.counted(definition.id, { ...media, people, voice }, poll.startedAt);
  }

  /** The load table was refreshed: takes what is new of each server. */
  refreshed(servers: readonly PooledServer[]): void {
    this.#heedClock(servers);
    for (const server of servers) this.#take(server);
    this.#answers.clear();
    this.#revision += 1;
  }

  /** Changes whenever answers may. */
  get revision(): number {
    return this.#revision;
  }

  /** What the model says of a server. */
  of(serverId: string): ServerModel {
    let answer = this.#answers.get(serverId);
    if (answer === undefined) this.#answers.set(serverId, (answer = this.#deps.model.of(serverId)));
    return answer;
  }

  /** Forgets a server that has left the pool. */
  forget(serverId: string): void {
    this.#deps.model.forget(serverId);
    this.#answers.delete(serverId);
    this.#revision += 1;
    this.#taken.delete(serverId);
  }

  /** With our own clock set back all that was seen lies in the future: what comes now would count as older for as long. */
  #heedClock(servers: readonly PooledServer[]): void {
    const now = this.#deps.now();
    if (now < this.#refreshedAt - CLOCKS_AGREE_MS)
      for (const { definition } of servers) this.#deps.model.forget(definition.id);
    this.#refreshedAt = now;
  }

  #take({ definition: { id }, clockSkewMs = 0 }: PooledServer): void {
    const { model, sampleOf, maxAgeMs, now } = this.#deps;
    const sample = sampleOf(id);
    const cpu = knownRatio(sample?.cpu);
    if (sample === undefined || cpu === undefined) return;
    // By the host's own clock, since the difference of the clocks is measured anew at each poll. One that ran ahead and
    // was set right tells earlier times than before: the model knows by ours what is older.
    if (Number.isNaN(sample.sampledAt) || sample.sampledAt === this.#taken.get(id)) return;
    const skewMs = Math.abs(clockSkewMs) < CLOCKS_AGREE_MS ? 0 : clockSkewMs;
    const sampledAt = Math.min(now(), sample.sampledAt - skewMs);
    if (now() - sampledAt > maxAgeMs) return;
    this.#taken.set(id, sample.sampledAt);
    const memory = knownRatio(sample.memory);
    model.measured(id, { cpu, memory, sampledAt, cores: knownPositive(sample.cpuCount) });
  }
}
