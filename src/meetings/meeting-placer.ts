import { decide } from '../placement/decide.js';
import { freshState, type PolicyState } from '../placement/policies/policy.js';
import type { Candidate, Decision, PlacementOptions, PlacementRequest } from '../placement/types.js';
import type { Pool } from '../pool/pool.js';
import type { PooledServer } from '../pool/server.js';
import type { LoadWatch } from './load-watch.js';
import type { ServerOutlooks } from './server-outlooks.js';

/** What is known of a host now: values too old to count are already `undefined`. */
export interface HostLoad {
  readonly cpu: number | undefined;
  readonly memory: number | undefined;
  readonly networkBytesPerSecond: number | undefined;
  readonly sampleAgeMs: number | undefined;
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

/** Brings together what placement needs (pool, claims, samples, what was learnt) and asks it; memory only, never waits. */
export class MeetingPlacer {
  readonly #deps: MeetingPlacerDeps;
  #state: PolicyState = freshState;

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

  candidate(server: PooledServer, now = this.#deps.now()): Candidate {
    const { hostLoad, outlooks, watch } = this.#deps;
    const { definition, health, poll } = server;
    const { id, adminState, tags, loadMultiplier, limits, networkMbit } = definition;
    const { cpu, memory, networkBytesPerSecond, sampleAgeMs } = hostLoad(id);
    const { outlook, unseenMeetings } = outlooks.of(server, now);
    const { cpuPerPerson, idleCpu, backgroundCpu, longCpu, longMemory } = watch.of(id);
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
      networkMbit,
      sampleAgeMs,
      pollAgeMs: poll === undefined ? undefined : now - poll.startedAt,
      longCpu,
      longMemory,
      attendees: poll?.counts.attendees ?? 0,
      meetings: (poll?.counts.meetings ?? 0) + unseenMeetings,
      outlook,
      cpuPerPerson,
      idleCpu,
      backgroundCpu,
    };
  }
}
