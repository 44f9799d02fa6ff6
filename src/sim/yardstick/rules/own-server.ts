import type { CpuReading } from '../../../placement/learning/load-model.js';
import { addMedia, type Media, mediaOf, NO_MEDIA } from '../../../placement/media.js';
import { outlookOf, type PeopleOutlook, sumOfOutlooks } from '../../../placement/outlook.js';
import type { Candidate } from '../../../placement/types.js';
import type { KnownHost, NewMeeting, SeenMeeting, SeenSample } from '../rule.js';

/** A meeting that was placed, and what polls and joins have told of it. */
export interface PlacedMeeting {
  readonly meeting: NewMeeting;
  readonly placedAt: number;
  readonly expectedAttendees: number;
  readonly durationsMs: readonly number[];
  counted: number;
  /** Most people that a poll ever counted. */
  most: number;
  joinsSincePoll: number;
  media: Media;
  /** Its part of the outlook; absent when something has changed that must count at once. */
  part: { readonly at: number; readonly outlook: PeopleOutlook } | undefined;
}

/** What an outlook is made with. */
export interface OutlookTerms {
  readonly rampMs: number;
  readonly personWeight: (media: Media) => number;
}

/** Defaults of `poll.interval` and `metrics.window`. */
export const POLL_MS = 10_000;
export const WINDOW_MS = 60_000;
/** A new meeting is not missed by a poll before this. */
const GRACE_MS = 60_000;
/** Polls that must fail, or succeed, in a row for a server to be offline, or online again. */
const OFFLINE_AFTER = 3;
const ONLINE_AFTER = 2;
/** The forecast of a meeting is made anew after a poll that shows something new of it, or this; sooner with joins. */
const OUTLOOK_MS = 15_000;
const OUTLOOK_WITH_JOINS_MS = 5_000;

/** One server as the running balancer knows it: health, counts of the newest poll, its meetings, samples of a minute. */
export class OwnServer {
  readonly host: KnownHost;
  readonly meetings = new Map<string, PlacedMeeting>();
  polledAt: number | undefined;
  attendees = 0;
  media = NO_MEDIA;
  /** What the source says: one sample behind, since it is read every 10 s. */
  reading: CpuReading | undefined;
  /** Mean over the same window. */
  networkBytesPerSecond: number | undefined;
  #failures = 0;
  #successes = ONLINE_AFTER;
  #shown: readonly SeenMeeting[] = [];
  #shownKeys: ReadonlySet<string> = new Set();
  #samples: SeenSample[] = [];

  constructor(host: KnownHost) {
    this.host = host;
  }

  get health(): Candidate['health'] {
    if (this.#failures === 0) return 'online';
    return this.isOffline ? 'offline' : 'unstable';
  }

  get isOffline(): boolean {
    return this.#failures >= OFFLINE_AFTER;
  }

  /** A poll or a create got no answer. */
  failed(): void {
    this.#failures += 1;
    this.#successes = 0;
  }

  placed(key: string, { meeting, placedAt, expectedAttendees, durationsMs }: Promised): void {
    const counts = { counted: 0, most: 0, joinsSincePoll: 0, media: NO_MEDIA, part: undefined };
    this.meetings.set(key, { meeting, placedAt, expectedAttendees, durationsMs, ...counts });
  }

  /** The meeting went elsewhere. */
  lost(key: string): void {
    this.meetings.delete(key);
  }

  joined(key: string): void {
    const placed = this.meetings.get(key);
    if (placed !== undefined) placed.joinsSincePoll += 1;
  }

  /** Takes a poll's answer; returns the meetings that have ended. */
  polled(meetings: readonly SeenMeeting[], now: number): readonly PlacedMeeting[] {
    this.#successes += 1;
    if (this.#successes >= ONLINE_AFTER) this.#failures = 0;
    this.polledAt = now;
    // The same list means that nothing has changed: nobody came, nobody went.
    if (meetings !== this.#shown) this.#count(meetings);
    const ended: PlacedMeeting[] = [];
    for (const [key, placed] of this.meetings) {
      if (this.#shownKeys.has(key) || now - placed.placedAt < GRACE_MS) continue;
      this.lost(key);
      ended.push(placed);
    }
    return ended;
  }

  sampled(sample: SeenSample): void {
    const newest = this.#samples.at(-1);
    if (newest !== undefined) {
      let [count, cpu, memory, network] = [0, 0, 0, 0];
      for (const one of this.#samples) {
        if (one.at <= newest.at - WINDOW_MS) continue;
        count += 1;
        cpu += one.cpu;
        memory += one.memory;
        network += one.networkBytesPerSecond;
      }
      const { cores } = this.host;
      this.reading = { cpu: cpu / count, memory: memory / count, sampledAt: newest.at, cores };
      this.networkBytesPerSecond = network / count;
    }
    this.#samples.push(sample);
    while ((this.#samples[0]?.at ?? sample.at) < sample.at - WINDOW_MS - POLL_MS) this.#samples.shift();
  }

  outlook(now: number, terms: OutlookTerms): PeopleOutlook {
    return sumOfOutlooks(Array.from(this.meetings.values(), (placed) => partOf(placed, now, terms)));
  }

  #count(meetings: readonly SeenMeeting[]): void {
    const keys = new Set<string>();
    this.attendees = 0;
    this.media = NO_MEDIA;
    for (const polled of meetings) {
      const key = keyOf(polled);
      keys.add(key);
      const media = mediaOf(polled);
      this.attendees += polled.attendees;
      this.media = addMedia(this.media, media);
      const placed = this.meetings.get(key);
      if (placed === undefined) continue;
      if (placed.joinsSincePoll > 0 || !isSame(placed.media, media)) placed.part = undefined;
      placed.counted = polled.attendees;
      placed.media = media;
      placed.most = Math.max(placed.most, polled.attendees);
      placed.joinsSincePoll = 0;
    }
    this.#shown = meetings;
    this.#shownKeys = keys;
  }
}

function partOf(placed: PlacedMeeting, now: number, { rampMs, personWeight }: OutlookTerms): PeopleOutlook {
  const { part, expectedAttendees, durationsMs, joinsSincePoll, placedAt, media } = placed;
  const servesMs = joinsSincePoll > 0 ? OUTLOOK_WITH_JOINS_MS : OUTLOOK_MS;
  if (part !== undefined && now - part.at < servesMs) return part.outlook;
  const ongoing = {
    expectedAttendees,
    countedAttendees: placed.counted + joinsSincePoll,
    ageMs: now - placedAt,
    durationsMs,
    personWeight: personWeight(media),
  };
  const outlook = outlookOf([ongoing], rampMs);
  placed.part = { at: now, outlook };
  return outlook;
}

function isSame(one: Media, other: Media): boolean {
  return one.people === other.people && one.voice === other.voice && one.streams === other.streams;
}

type Promised = Pick<PlacedMeeting, 'meeting' | 'placedAt' | 'expectedAttendees' | 'durationsMs'>;

/** What tells a meeting from all others. */
export function keyOf({ tenantId, meetingId }: Pick<NewMeeting, 'tenantId' | 'meetingId'>): string {
  return `${tenantId} ${meetingId}`;
}
