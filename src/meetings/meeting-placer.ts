import { decide } from '../placement/decide.js';
import type { ServerModel } from '../placement/learning/load-model.js';
import { freshState, type PolicyState } from '../placement/policies/policy.js';
import type { Candidate, Decision, PlacementOptions, PlacementRequest } from '../placement/types.js';
import type { Pool } from '../pool/pool.js';
import type { PooledServer } from '../pool/server.js';
import type { LoadWatch } from './load-watch.js';
import type { KeptOutlook, ServerOutlook, ServerOutlooks } from './server-outlooks.js';

/** What is known of a host now: values too old to count are already `undefined`. */
export interface HostLoad {
  readonly cpu: number | undefined;
  readonly memory: number | undefined;
  readonly networkBytesPerSecond: number | undefined;
  readonly sampleAgeMs: number | undefined;
  /** Speed of its network, where the host tells. */
  readonly networkMbit?: number | undefined;
}

export interface MeetingPlacerDeps {
  readonly pool: Pool;
  readonly outlooks: ServerOutlooks;
  readonly watch: LoadWatch;
  readonly hostLoad: (serverId: string) => HostLoad;
  readonly options: PlacementOptions;
  readonly now: () => number;
  readonly random: () => number;
  /** Told how long each choice took, in seconds. */
  readonly onDecision?: ((seconds: number) => void) | undefined;
}

/** A candidate serves for this long while nothing but its ages changes: creates come in bursts. */
const KEPT_MS = 500;

interface Kept {
  readonly candidate: Candidate;
  readonly server: PooledServer;
  readonly outlook: KeptOutlook;
  /** Revision of what the load model says. */
  readonly watched: number;
  readonly madeAt: number;
}

/** Brings together what placement needs (pool, claims, samples, what was learnt) and asks it; memory only, never waits. */
export class MeetingPlacer {
  readonly #deps: MeetingPlacerDeps;
  #state: PolicyState = freshState;
  readonly #kept = new Map<string, Kept>();

  constructor(deps: MeetingPlacerDeps) {
    this.#deps = deps;
  }

  get options(): PlacementOptions {
    return this.#deps.options;
  }

  /** Ranks the servers for a new meeting. The caller must claim in the same tick, or two meetings see the same gap. */
  decide(request: PlacementRequest): Decision {
    const startedAt = performance.now();
    const { options, random } = this.#deps;
    const { decision, state } = decide(request, this.candidates(), options, random, this.#state);
    this.#state = state;
    this.#deps.onDecision?.((performance.now() - startedAt) / 1000);
    return decision;
  }

  /** All servers as placement sees them now. */
  candidates(): readonly Candidate[] {
    const now = this.#deps.now();
    return this.#deps.pool.servers().map((server) => this.candidate(server, now));
  }

  /** A server as placement sees it; its ages may be half a second behind. */
  candidate(server: PooledServer, now = this.#deps.now()): Candidate {
    const { hostLoad, outlooks, watch } = this.#deps;
    const { id } = server.definition;
    const load = hostLoad(id);
    const kept = this.#kept.get(id);
    if (kept?.server === server && this.#serves(kept, load, now)) return kept.candidate;
    const outlook = outlooks.of(server, now);
    const candidate = candidateOf(server, load, { ...outlook, model: watch.of(id), now });
    this.#kept.set(id, { candidate, server, outlook, watched: watch.revision, madeAt: now });
    return candidate;
  }

  #serves({ candidate, outlook, watched, madeAt }: Kept, load: HostLoad, now: number): boolean {
    const { outlooks, watch } = this.#deps;
    const isYoung = now >= madeAt && now - madeAt < KEPT_MS;
    return (
      isYoung &&
      watched === watch.revision &&
      candidate.cpu === load.cpu &&
      candidate.memory === load.memory &&
      candidate.networkBytesPerSecond === load.networkBytesPerSecond &&
      outlooks.serves(outlook, now)
    );
  }

  /** Forgets a server that has left the pool. */
  forget(serverId: string): void {
    this.#kept.delete(serverId);
  }
}

function candidateOf(
  { definition, health, poll }: PooledServer,
  { cpu, memory, networkBytesPerSecond, sampleAgeMs, networkMbit: toldMbit }: HostLoad,
  {
    outlook,
    unseenMeetings,
    unseenAttendees,
    model,
    now,
  }: ServerOutlook & { readonly model: ServerModel; readonly now: number },
): Candidate {
  const { id, adminState, tags, loadMultiplier, limits, networkMbit } = definition;
  const { cpuPerPerson, idleCpu, backgroundCpu, longCpu, longMemory } = model;
  return {
    id,
    adminState,
    health,
    tags,
    loadMultiplier,
    limits,
    cpu,
    memory,
    networkBytesPerSecond,
    networkMbit: networkMbit ?? toldMbit,
    sampleAgeMs,
    pollAgeMs: poll === undefined ? undefined : now - poll.startedAt,
    longCpu,
    longMemory,
    attendees: Math.max(0, (poll?.counts.attendees ?? 0) + unseenAttendees),
    meetings: (poll?.counts.meetings ?? 0) + unseenMeetings,
    outlook,
    cpuPerPerson,
    idleCpu,
    backgroundCpu,
  };
}
