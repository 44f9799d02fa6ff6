import { gaussian, logNormal, type Random } from '../../random.js';
import type { DayAttendee, DayMeeting, PastSession } from '../day.js';

/** What a kind of day's rooms are like. */
export interface RoomTraits {
  /** People in a room of the middle, deviation of the logarithm, and bounds. */
  readonly medianSize: number;
  readonly sigma: number;
  readonly least: number;
  readonly most: number;
  /** One of these is a room's usual length; repeat one to make it more usual. */
  readonly lengthsMinutes: readonly number[];
}

/** A room with its habits. It keeps them from session to session, more or less. */
export interface Room {
  readonly tenantId: string;
  readonly meetingId: string;
  readonly traits: RoomTraits;
  readonly usualSize: number;
  /** How far its sessions lie from that, deviation of the logarithm. */
  readonly sizeSigma: number;
  readonly usualMinutes: number;
  readonly weight: number;
  readonly voiceShare: number;
  /** Part of those with a microphone who also show themselves. */
  readonly videoShare: number;
  readonly sizeHint: number | undefined;
  /** In how many of the last twenty working days it met at a given hour. */
  readonly daysMet: number;
}

export interface Tenant {
  readonly id: string;
  /** Its rooms against the usual size. */
  readonly sizeFactor: number;
  /** Moodle-like: says how many are enrolled. */
  readonly givesHints: boolean;
}

const MINUTE = 60_000;
const DAY = 24 * 60 * MINUTE;
/** Sessions that have little to do with the habit (a guest, an exam, a day off). */
const ODD_SHARE = 0.1;
// As in session-plan.ts: people come over minutes, some go early.
const ARRIVAL_MEDIAN_MS = 3 * MINUTE;
const ARRIVAL_SIGMA = 0.8;
const EARLY_LEAVERS = 0.05;

/** Tenants of a pool: differing in size, a third of them with hints. */
export function makeTenants(random: Random, count: number): Tenant[] {
  return Array.from({ length: count }, (_, index) => ({
    id: `tenant-${index + 1}`,
    sizeFactor: 0.8 + 0.45 * random(),
    givesHints: index % 3 === 1,
  }));
}

/** A room with habits drawn at random. */
export function makeRoom(random: Random, tenant: Tenant, meetingId: string, traits: RoomTraits): Room {
  const { medianSize, sigma, least, most, lengthsMinutes } = traits;
  const usualSize = clamp(logNormal(random, medianSize * tenant.sizeFactor, sigma), least, most);
  // Six rooms in ten hardly show themselves; in the others a fifth to two thirds do.
  const showsItself = random() < 0.4;
  const cameras = showsItself ? 0.2 + 0.45 * random() : 0.12 * random();
  // Enrolled people are more than those who come.
  const hint = Math.round(usualSize * (1.2 + 0.8 * random()));
  return {
    tenantId: tenant.id,
    meetingId,
    traits,
    usualSize,
    sizeSigma: 0.15 + 0.1 * random(),
    usualMinutes: lengthsMinutes[Math.floor(random() * lengthsMinutes.length)] ?? 45,
    weight: clamp(logNormal(random, 1, 0.35), 0.5, 2),
    voiceShare: 0.3 + 0.6 * random(),
    // The larger the audience, the fewer of it show themselves.
    videoShare: cameras * Math.min(1, 20 / usualSize),
    sizeHint: tenant.givesHints ? hint : undefined,
    // A class meets each week, a standing round each day.
    daysMet: random() < 0.3 ? 20 : 4,
  };
}

/** One session, as it will be. */
export function planMeeting(random: Random, room: Room, startsAt: number): DayMeeting {
  const { size, lengthMs } = drawSession(random, room);
  const endsAt = startsAt + lengthMs;
  const attendees = Array.from({ length: size }, (_, index): DayAttendee => {
    const delayMs = index === 0 ? 0 : logNormal(random, ARRIVAL_MEDIAN_MS, ARRIVAL_SIGMA);
    const arrivesAt = startsAt + 1_000 + Math.round(Math.min(delayMs, lengthMs * 0.6));
    const stayMs = endsAt - arrivesAt;
    // Those who stay go within the last two minutes, the moderator closes the room.
    const isEarly = index > 0 && random() < EARLY_LEAVERS;
    const leavesAt = isEarly
      ? arrivesAt + random() * stayMs
      : endsAt - Math.min(stayMs / 2, random() * 2 * MINUTE);
    const hasVoice = index === 0 || random() < room.voiceShare;
    const hasVideo = hasVoice && random() < room.videoShare;
    return {
      arrivesAt,
      leavesAt: index === 0 ? endsAt : Math.round(leavesAt),
      media: hasVideo ? 'video' : hasVoice ? 'voice' : 'listening',
    };
  });
  return {
    tenantId: room.tenantId,
    meetingId: room.meetingId,
    createdAt: startsAt,
    endsAt,
    attendees: attendees.sort((left, right) => left.arrivesAt - right.arrivesAt),
    weight: room.weight,
    sizeHint: room.sizeHint,
  };
}

/** What the room did at this hour on the last four weeks' working days on which it met. */
export function pastSessions(random: Random, room: Room, usualStart: number): PastSession[] {
  return Array.from({ length: room.daysMet }, (_, index): PastSession => {
    // Weekly ones met a week ago and so on; daily ones on every working day.
    const daysAgo = room.daysMet === 4 ? 7 * (index + 1) : index + 1 + 2 * Math.floor((index + 4) / 5);
    const startedAt = Math.round(usualStart - daysAgo * DAY + jitterMs(random));
    const { size, lengthMs } = drawSession(random, room);
    const { tenantId, meetingId } = room;
    return { tenantId, meetingId, startedAt, endedAt: startedAt + lengthMs, maxAttendees: size };
  });
}

/** How far from the hour a session begins: mostly a little before it. */
export function jitterMs(random: Random): number {
  return clamp((-2 + 3 * gaussian(random)) * MINUTE, -10 * MINUTE, 6 * MINUTE);
}

function drawSession(random: Random, room: Room): { readonly size: number; readonly lengthMs: number } {
  const isOdd = random() < ODD_SHARE;
  const oddFactor = random() < 0.5 ? 0.3 + 0.3 * random() : 1.6 + 0.9 * random();
  const size = logNormal(random, room.usualSize * (isOdd ? oddFactor : 1), room.sizeSigma);
  return {
    // The bounds are of the habit; an odd session may be half as large again.
    size: Math.round(clamp(size, 2, room.traits.most * 1.5)),
    lengthMs: Math.round(room.usualMinutes * MINUTE * (0.9 + 0.2 * random())),
  };
}

function clamp(value: number, least: number, most: number): number {
  return Math.min(most, Math.max(least, value));
}
