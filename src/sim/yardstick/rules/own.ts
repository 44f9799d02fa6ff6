import { decide, type PolicyState } from '../../../placement/decide.js';
import { LoadModel } from '../../../placement/learning/load-model.js';
import { RoomHabits } from '../../../placement/learning/room-habits.js';
import { addMedia, type Media, mediaOf, NO_MEDIA } from '../../../placement/media.js';
import { outlookOf, type OngoingMeeting, type PeopleOutlook } from '../../../placement/outlook.js';
import type { Candidate, PlacementOptions, PolicyName } from '../../../placement/types.js';
import type { KnownHost, NewMeeting, Rule, RuleKind, RuleStart, SeenMeeting, SeenSample } from '../rule.js';

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

const POLL_MS = 10_000;
const WINDOW_MS = 60_000;
const MAX_AGE_MS = 120_000;
/** A new meeting is not missed by a poll before this. */
const GRACE_MS = 60_000;
/** Polls that must fail, or succeed, in a row for a server to be offline, or online again. */
const OFFLINE_AFTER = 3;
const ONLINE_AFTER = 2;
/** Outlooks are made anew after a poll, a placement, or this. */
const OUTLOOK_MS = 5_000;

/** One of our policies, by the real placement code, as the running balancer feeds it. */
export function ownRule(policy: PolicyName, settings: OwnRuleSettings = {}, name: string = policy): RuleKind {
  return {
    name,
    family: 'own',
    start: (given) => new OwnRule(given, { ...DEFAULT_OPTIONS, ...settings, policy }, settings),
  };
}

interface PlacedMeeting {
  readonly meeting: NewMeeting;
  readonly placedAt: number;
  readonly expectedAttendees: number;
  readonly durationsMs: readonly number[];
  counted: number;
  most: number;
  joinsSincePoll: number;
  media: Media;
}

class OwnServer {
  readonly host: KnownHost;
  readonly meetings = new Map<string, PlacedMeeting>();
  readonly samples: SeenSample[] = [];
  failures = 0;
  successes = ONLINE_AFTER;
  polledAt: number | undefined;
  attendees = 0;
  outlook: { readonly at: number; readonly value: PeopleOutlook } | undefined;
  cpu: number | undefined;
  memory: number | undefined;
  sampledAt: number | undefined;

  constructor(host: KnownHost) {
    this.host = host;
  }
}

class OwnRule implements Rule {
  readonly pollEveryMs = POLL_MS;
  readonly #servers = new Map<string, OwnServer>();
  readonly #options: PlacementOptions;
  readonly #habits: RoomHabits;
  readonly #model: LoadModel;
  readonly #random: () => number;
  #state: PolicyState | undefined;
  #expected:
    { readonly key: string; readonly attendees: number; readonly durationsMs: readonly number[] } | undefined;

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
  }

  rank(meeting: NewMeeting, now: number): readonly string[] {
    const expectation = this.#habits.expect({ ...meeting, at: now });
    this.#expected = { key: keyOf(meeting), ...expectation };
    const candidates = [...this.#servers.values()].map((server) => this.#candidate(server, now));
    const request = { expectation, requiredTags: [], preferredTag: undefined, excluded: new Set<string>() };
    const { decision, state } = decide(request, candidates, this.#options, this.#random, this.#state);
    this.#state = state;
    return decision.ranking;
  }

  placed(serverId: string, meeting: NewMeeting, now: number): void {
    const server = this.#servers.get(serverId);
    const key = keyOf(meeting);
    if (server === undefined || this.#expected?.key !== key) return;
    for (const other of this.#servers.values()) if (other.meetings.delete(key)) other.outlook = undefined;
    const { attendees, durationsMs } = this.#expected;
    server.meetings.set(key, {
      meeting,
      placedAt: now,
      expectedAttendees: attendees,
      durationsMs,
      counted: 0,
      most: 0,
      joinsSincePoll: 0,
      media: NO_MEDIA,
    });
    server.outlook = undefined;
  }

  joined(serverId: string, meeting: NewMeeting): void {
    const placed = this.#servers.get(serverId)?.meetings.get(keyOf(meeting));
    if (placed !== undefined) placed.joinsSincePoll += 1;
  }

  createFailed(serverId: string): void {
    const server = this.#servers.get(serverId);
    if (server !== undefined) fail(server);
  }

  polled(serverId: string, meetings: readonly SeenMeeting[] | undefined, now: number): void {
    const server = this.#servers.get(serverId);
    if (server === undefined) return;
    if (meetings === undefined) {
      fail(server);
      return;
    }
    server.successes += 1;
    if (server.successes >= ONLINE_AFTER) server.failures = 0;
    server.polledAt = now;
    server.attendees = 0;
    let all = NO_MEDIA;
    server.outlook = undefined;
    const seen = new Set<string>();
    for (const polled of meetings) {
      const key = keyOf(polled);
      seen.add(key);
      server.attendees += polled.attendees;
      const media = mediaOf(polled);
      all = addMedia(all, media);
      const placed = server.meetings.get(key);
      if (placed === undefined) continue;
      placed.counted = polled.attendees;
      placed.media = media;
      placed.most = Math.max(placed.most, polled.attendees);
      placed.joinsSincePoll = 0;
    }
    for (const [key, placed] of server.meetings) {
      if (seen.has(key) || now - placed.placedAt < GRACE_MS) continue;
      server.meetings.delete(key);
      const { tenantId, meetingId } = placed.meeting;
      this.#habits.learn({
        ...{ tenantId, meetingId, startedAt: placed.placedAt, endedAt: now, maxAttendees: placed.most },
      });
    }
    this.#model.counted(serverId, all, now);
  }

  /** The source is read every 10 s: what it says is one sample behind. */
  sampled(sample: SeenSample): void {
    const server = this.#servers.get(sample.serverId);
    if (server === undefined) return;
    const newest = server.samples.at(-1);
    if (newest !== undefined) {
      const window = server.samples.filter(({ at }) => at > newest.at - WINDOW_MS);
      server.cpu = meanOf(window, ({ cpu }) => cpu);
      server.memory = meanOf(window, ({ memory }) => memory);
      server.sampledAt = newest.at;
      const { cpu, memory, sampledAt } = server;
      this.#model.measured(sample.serverId, { cpu, memory, sampledAt, cores: server.host.cores });
    }
    server.samples.push(sample);
    while ((server.samples[0]?.at ?? sample.at) < sample.at - WINDOW_MS - POLL_MS) server.samples.shift();
  }

  hasGivenUp(serverId: string): boolean {
    return (this.#servers.get(serverId)?.failures ?? 0) >= OFFLINE_AFTER;
  }

  #candidate(server: OwnServer, now: number): Candidate {
    const { host, failures, sampledAt } = server;
    const sampleAgeMs = sampledAt === undefined ? undefined : now - sampledAt;
    const isFresh = sampleAgeMs !== undefined && sampleAgeMs <= MAX_AGE_MS;
    return {
      id: host.id,
      adminState: 'enabled',
      health: failures === 0 ? 'online' : failures < OFFLINE_AFTER ? 'unstable' : 'offline',
      tags: [],
      loadMultiplier: 1,
      limits: {},
      cpu: isFresh ? server.cpu : undefined,
      memory: isFresh ? server.memory : undefined,
      networkBytesPerSecond: undefined,
      networkMbit: host.networkMbit,
      sampleAgeMs,
      pollAgeMs: server.polledAt === undefined ? undefined : now - server.polledAt,
      attendees: server.attendees,
      meetings: server.meetings.size,
      outlook: this.#outlook(server, now),
      ...this.#model.of(host.id),
    };
  }

  #outlook(server: OwnServer, now: number): PeopleOutlook {
    if (server.outlook === undefined || now - server.outlook.at > OUTLOOK_MS) {
      const meetings = [...server.meetings.values()].map(
        ({ expectedAttendees, counted, joinsSincePoll, placedAt, durationsMs, media }): OngoingMeeting => ({
          expectedAttendees,
          countedAttendees: counted + joinsSincePoll,
          ageMs: now - placedAt,
          durationsMs,
          personWeight: this.#model.personWeight(media),
        }),
      );
      server.outlook = { at: now, value: outlookOf(meetings, this.#options.rampMs) };
    }
    return server.outlook.value;
  }
}

function keyOf({ tenantId, meetingId }: { readonly tenantId: string; readonly meetingId: string }): string {
  return `${tenantId} ${meetingId}`;
}

function fail(server: OwnServer): void {
  server.failures += 1;
  server.successes = 0;
}

function meanOf(samples: readonly SeenSample[], value: (sample: SeenSample) => number): number {
  return samples.reduce((sum, sample) => sum + value(sample), 0) / samples.length;
}
