import type { Media } from '../media.js';
import { MOST_CPU_PER_PERSON } from '../predict-load.js';
import { PeopleTrack } from './people-track.js';
import { type CpuCost, type LearntCost, PooledCost } from './pooled-cost.js';

export interface LoadModelDeps {
  /** `placement.ramp`: times of the model are multiples of it. */
  readonly rampMs: number;
  /** The means of samples are taken over this. */
  readonly windowMs: number;
  /** What an earlier run learnt. */
  readonly learnt?: LearntCost | undefined;
}

/** One reading of a host's CPU: mean over the window that ends at `sampledAt` (ms, our clock). */
export interface CpuReading {
  readonly cpu: number;
  readonly memory: number | undefined;
  readonly sampledAt: number;
  /** Logical processors; `undefined` while unknown. */
  readonly cores: number | undefined;
}

/** What the model says of one server, as placement takes it. */
export interface ServerModel {
  readonly cpuPerPerson: number;
  readonly idleCpu: number;
  readonly backgroundCpu: number | undefined;
  readonly longCpu: number | undefined;
  readonly longMemory: number | undefined;
}

interface Watched {
  readonly people: PeopleTrack;
  cores: number | undefined;
  sampledAt: number | undefined;
  background: number | undefined;
  /** [sampledAt, cpu, memory] of the last minutes. */
  readonly readings: (readonly [number, number, number | undefined])[];
  /** Means of the readings; `undefined` until somebody asks. Asked once a server and create, changed once a sample. */
  long: { readonly cpu: number | undefined; readonly memory: number | undefined } | undefined;
}

/** Hosts that do not tell their cores are taken for this many: the cost of a person stays below the contract's 0.5 %. */
const USUAL_CORES = 8;
const LONG_MS = 5 * 60_000;
/** Learning forgets half of what it knew after this many ramps (6 hours at the default). */
const HALF_LIFE_RAMPS = 24;
/** A job or a heavy room lasts about this part of a ramp (10 minutes at the default): until then a host tells the same again. */
const REPEATS_RAMPS = 2 / 3;
/** A host as busy as this serves less than is asked of it: that would teach too low a cost. */
const SATURATED = 0.95;
/** So many usual people are taken to be in a meeting beside those counted when it is asked what one of them costs. */
const FEW_PEOPLE = 3;
/** No server carries as many people as this. */
const MOST_PEOPLE = 10_000;
/** The background is smoothed over this part of a ramp: a minute at the default. */
const SMOOTHING_RAMPS = 1 / 15;

/**
 * Joins counts and samples into what placement predicts with: the pooled cost of a person, and each server's background
 * (what was measured beyond idle and people). Has no clock: times are given, ms since 1970.
 */
export class LoadModel {
  readonly #deps: LoadModelDeps;
  readonly #cost: PooledCost;
  readonly #servers = new Map<string, Watched>();

  constructor(deps: LoadModelDeps) {
    this.#deps = deps;
    this.#cost = new PooledCost(HALF_LIFE_RAMPS * deps.rampMs, deps.learnt);
  }

  /** What a poll that began at `at` counted; counts that no server can have are passed over. */
  counted(serverId: string, media: Media, at: number): void {
    // One such reading in the sums of the fit would outweigh all others for days.
    if (!(media.people <= MOST_PEOPLE && media.voice <= MOST_PEOPLE)) return;
    this.#watch(serverId).people.add(at, media);
  }

  /** A reading of the load table; the same reading again is nothing new. */
  measured(serverId: string, { cpu, memory, sampledAt, cores }: CpuReading): void {
    const server = this.#watch(serverId);
    if (cores !== undefined) server.cores = cores;
    if (server.sampledAt !== undefined && sampledAt <= server.sampledAt) return;
    const before = server.sampledAt;
    server.sampledAt = sampledAt;
    server.readings.push([sampledAt, cpu, memory]);
    server.long = undefined;
    while ((server.readings[0]?.[0] ?? sampledAt) < sampledAt - LONG_MS) server.readings.shift();
    const { windowMs, rampMs } = this.#deps;
    const media = server.people.mean(sampledAt - windowMs, sampledAt);
    if (media === undefined) return;
    const elapsed = before === undefined ? Infinity : sampledAt - before;
    if (cores !== undefined && cpu < SATURATED) {
      const news = Math.min(1, (before === undefined ? windowMs : elapsed) / (REPEATS_RAMPS * rampMs));
      this.#cost.learn(sampledAt, media, cpu * cores, news);
    }
    const { perPerson, idle } = this.#shares(server);
    const residual = cpu - idle - perPerson * usualPeople(media, this.#cost.cost());
    const weight = 1 - Math.exp(-elapsed / (SMOOTHING_RAMPS * rampMs));
    server.background =
      server.background === undefined
        ? residual
        : server.background + weight * (residual - server.background);
  }

  /** What placement needs of a server. */
  of(serverId: string): ServerModel {
    const server = this.#servers.get(serverId);
    const { perPerson, idle } = this.#shares(server);
    const long = server && (server.long ??= longMeans(server.readings));
    return {
      cpuPerPerson: perPerson,
      idleCpu: idle,
      backgroundCpu: server?.background,
      longCpu: long?.cpu,
      longMemory: long?.memory,
    };
  }

  /** Forgets a server that has left the pool. */
  forget(serverId: string): void {
    this.#servers.delete(serverId);
  }

  /** Cores the usual person keeps busy, as learnt. */
  get coresPerPerson(): number {
    return this.#cost.cost().usualPerson;
  }

  /** What one person of a meeting costs against the usual person, by what it sends; the first few say little. */
  personWeight(media: Media): number {
    return (usualPeople(media, this.#cost.cost()) + FEW_PEOPLE) / (media.people + FEW_PEOPLE);
  }

  /** To be persisted. */
  learnt(): LearntCost {
    return this.#cost.learnt();
  }

  #shares(server: Watched | undefined): { readonly perPerson: number; readonly idle: number } {
    const { usualPerson: coresPerPerson, idle: idleCores } = this.#cost.cost();
    const cores = server?.cores;
    if (cores !== undefined) return { perPerson: coresPerPerson / cores, idle: idleCores / cores };
    return {
      perPerson: Math.min(MOST_CPU_PER_PERSON, coresPerPerson / USUAL_CORES),
      idle: idleCores / USUAL_CORES,
    };
  }

  #watch(serverId: string): Watched {
    let server = this.#servers.get(serverId);
    if (server === undefined) {
      server = {
        people: new PeopleTrack(this.#deps.windowMs * 2 + LONG_MS),
        cores: undefined,
        sampledAt: undefined,
        background: undefined,
        readings: [],
        long: undefined,
      };
      this.#servers.set(serverId, server);
    }
    return server;
  }
}

/** As many usual people as cost the same. */
function usualPeople({ people, voice, streams }: Media, cost: CpuCost): number {
  return (cost.person * people + cost.voice * voice + cost.stream * streams) / cost.usualPerson;
}

function longMeans(readings: Watched['readings']): NonNullable<Watched['long']> {
  let [cpuSum, memorySum, memories] = [0, 0, 0];
  for (const [, cpu, memory] of readings) {
    cpuSum += cpu;
    if (memory === undefined) continue;
    memorySum += memory;
    memories += 1;
  }
  return {
    cpu: readings.length > 0 ? cpuSum / readings.length : undefined,
    memory: memories > 0 ? memorySum / memories : undefined,
  };
}
