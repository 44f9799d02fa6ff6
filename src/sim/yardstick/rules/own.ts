import { decide, type PolicyState } from '../../../placement/decide.js';
import { LoadModel } from '../../../placement/learning/load-model.js';
import { type Expectation, RoomHabits, wholeAttendees } from '../../../placement/learning/room-habits.js';
import type { Media } from '../../../placement/media.js';
import type { Candidate, PlacementOptions, PolicyName } from '../../../placement/types.js';
import type { NewMeeting, Rule, RuleKind, RuleStart, SeenMeeting, SeenSample } from '../rule.js';
import { keyOf, type OutlookTerms, OwnServer, POLL_MS, WINDOW_MS } from './own-server.js';

/** The defaults of the configuration. */
export const DEFAULT_OPTIONS: PlacementOptions = {
  policy: 'predicted',
  tolerance: 0.005,
  rampMs: 15 * 60_000,
  limits: { cpu: 0.85, memory: 0.9, network: 0.85 },
  whenFull: 'least-bad',
  spareTag: 'spare',
  shares: {},
};

/** What a replay may change beside the placement options. */
export interface OwnRuleSettings extends Partial<PlacementOptions> {
  readonly defaultMeetingSize?: number | undefined;
}

const MAX_AGE_MS = 120_000;

/** One of our policies, by the real placement code, as the running balancer feeds it. */
export function ownRule(policy: PolicyName, settings: OwnRuleSettings = {}, name: string = policy): RuleKind {
  return {
    name,
    family: 'own',
    start: (given) => new OwnRule(given, { ...DEFAULT_OPTIONS, ...settings, policy }, settings),
  };
}

class OwnRule implements Rule {
  readonly pollEveryMs = POLL_MS;
  readonly #servers = new Map<string, OwnServer>();
  readonly #options: PlacementOptions;
  readonly #habits: RoomHabits;
  readonly #model: LoadModel;
  readonly #terms: OutlookTerms;
  readonly #random: () => number;
  #state: PolicyState | undefined;
  #expected: { readonly key: string; readonly expectation: Expectation } | undefined;

  constructor({ hosts, day, random }: RuleStart, options: PlacementOptions, settings: OwnRuleSettings) {
    this.#options = options;
    this.#random = random;
    for (const host of hosts) this.#servers.set(host.id, new OwnServer(host));
    this.#habits = new RoomHabits({
      defaultAttendees: settings.defaultMeetingSize ?? 15,
      defaultDurationMs: 60 * 60_000,
    });
    for (const session of day.history) this.#habits.learn(session);
    this.#model = new LoadModel({ rampMs: options.rampMs, windowMs: WINDOW_MS });
    const personWeight = (media: Media): number => this.#model.personWeight(media);
    this.#terms = { rampMs: options.rampMs, personWeight };
  }

  rank(meeting: NewMeeting, now: number): readonly string[] {
    const expectation = this.#habits.expect({ ...meeting, at: now });
    this.#expected = { key: keyOf(meeting), expectation };
    const candidates = Array.from(this.#servers.values(), (server) => this.#candidate(server, now));
    const request = { expectation, requiredTags: [], preferredTag: undefined, excluded: new Set<string>() };
    const { decision, state } = decide(request, candidates, this.#options, this.#random, this.#state);
    this.#state = state;
    return decision.ranking;
  }

  placed(serverId: string, meeting: NewMeeting, now: number): void {
    const key = keyOf(meeting);
    if (this.#expected?.key !== key) return;
    for (const server of this.#servers.values()) server.lost(key);
    const { expectation } = this.#expected;
    const { durationsMs } = expectation;
    const expectedAttendees = wholeAttendees(expectation);
    this.#servers.get(serverId)?.placed(key, { meeting, placedAt: now, expectedAttendees, durationsMs });
  }

  joined(serverId: string, meeting: NewMeeting): void {
    this.#servers.get(serverId)?.joined(keyOf(meeting));
  }

  createFailed(serverId: string): void {
    this.#servers.get(serverId)?.failed();
  }

  polled(serverId: string, meetings: readonly SeenMeeting[] | undefined, now: number): void {
    const server = this.#servers.get(serverId);
    if (meetings === undefined) server?.failed();
    if (server === undefined || meetings === undefined) return;
    for (const { meeting, placedAt, most } of server.polled(meetings, now)) {
      const { tenantId, meetingId } = meeting;
      const times = { startedAt: placedAt, endedAt: now };
      this.#habits.learn({ tenantId, meetingId, ...times, maxAttendees: most });
    }
    this.#model.counted(serverId, server.media, now);
  }

  sampled(sample: SeenSample): void {
    const server = this.#servers.get(sample.serverId);
    server?.sampled(sample);
    if (server?.reading !== undefined) this.#model.measured(sample.serverId, server.reading);
  }

  hasGivenUp(serverId: string): boolean {
    return this.#servers.get(serverId)?.isOffline === true;
  }

  #candidate(server: OwnServer, now: number): Candidate {
    const { host, reading, polledAt } = server;
    const sampleAgeMs = reading === undefined ? undefined : now - reading.sampledAt;
    const isFresh = sampleAgeMs !== undefined && sampleAgeMs <= MAX_AGE_MS;
    return {
      id: host.id,
      adminState: 'enabled',
      health: server.health,
      tags: [],
      loadMultiplier: 1,
      limits: {},
      cpu: isFresh ? reading?.cpu : undefined,
      memory: isFresh ? reading?.memory : undefined,
      networkBytesPerSecond: isFresh ? server.networkBytesPerSecond : undefined,
      networkMbit: host.networkMbit,
      sampleAgeMs,
      pollAgeMs: polledAt === undefined ? undefined : now - polledAt,
      attendees: server.attendees,
      meetings: server.meetings.size,
      outlook: server.outlook(now, this.#terms),
      ...this.#model.of(host.id),
    };
  }
}
