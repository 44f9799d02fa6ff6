import type { MeetingDirectory } from './meeting-directory.js';
import { decide } from '../placement/decide.js';
import type { LoadModel } from '../placement/learning/load-model.js';
import type { RoomHabits } from '../placement/learning/room-habits.js';
import { outlookOf, type OngoingMeeting } from '../placement/outlook.js';
import type { PolicyState } from '../placement/policies/policy.js';
import type { Candidate, Decision, PlacementOptions, PlacementRequest } from '../placement/types.js';
import type { Pool } from '../pool/pool.js';
import type { PooledServer } from '../pool/server.js';

/** What is known of a host now: values too old to count are already `undefined`. */
export interface HostLoad {
  readonly cpu: number | undefined;
  readonly memory: number | undefined;
  readonly networkBytesPerSecond: number | undefined;
  readonly sampleAgeMs: number | undefined;
}

export interface MeetingPlacerDeps {
  readonly pool: Pool;
  readonly directory: MeetingDirectory;
  readonly hostLoad: (serverId: string) => HostLoad;
  readonly model: LoadModel;
  readonly habits: RoomHabits;
  readonly options: PlacementOptions;
  readonly now: () => number;
  readonly random: () => number;
  /** Told how long each choice took, in seconds. */
  readonly onDecision?: ((seconds: number) => void) | undefined;
}

/** Brings together what placement needs (pool, claims, samples) and asks it; memory only, never waits. */
export class MeetingPlacer {
  readonly #deps: MeetingPlacerDeps;
  #state: PolicyState = { lastServerId: undefined };

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
    const { definition, poll } = server;
    const load = this.#deps.hostLoad(definition.id);
    const { habits, model, options, directory } = this.#deps;
    const meetings: OngoingMeeting[] = [];
    let unseen = 0;
    for (const meeting of directory.onServer(definition.id)) {
      if (meeting.endRequestedAt !== undefined) continue;
      const polled = poll?.meetings.get(meeting.scopedId);
      if (polled === undefined) unseen += 1;
      const { tenantId, meetingId, claimedAt } = meeting;
      meetings.push({
        expectedAttendees: meeting.expectedAttendees,
        countedAttendees: polled?.attendees ?? 0,
        ageMs: now - claimedAt,
        durationsMs: habits.expect({ tenantId, meetingId, at: claimedAt }).durationsMs,
      });
    }
    return {
      id: definition.id,
      adminState: definition.adminState,
      health: server.health,
      tags: definition.tags,
      loadMultiplier: definition.loadMultiplier,
      limits: definition.limits,
      cpu: load.cpu,
      memory: load.memory,
      networkBytesPerSecond: load.networkBytesPerSecond,
      networkMbit: definition.networkMbit,
      sampleAgeMs: load.sampleAgeMs,
      pollAgeMs: poll === undefined ? undefined : now - poll.startedAt,
      attendees: poll?.counts.attendees ?? 0,
      meetings: (poll?.counts.meetings ?? 0) + unseen,
      outlook: outlookOf(meetings, options.rampMs),
      ...model.of(definition.id),
    };
  }
}
