import { createRandom, logNormal, type Random, seedOf } from './random.js';
import type { AttendeeMedia } from './state/sim-meeting.js';

/** Someone who will come to a session. Times are of the clock the plan was made with, ms. */
export interface PlannedAttendee extends AttendeeMedia {
  readonly fullName: string;
  readonly role: 'MODERATOR' | 'VIEWER';
  readonly arrivesAt: number;
  /** Not later than the end of the session. */
  readonly leavesAt: number;
}

/** One session of a room. */
export interface SessionPlan {
  readonly startsAt: number;
  readonly endsAt: number;
  /** In order of arrival; the first is a moderator and comes at once. */
  readonly attendees: readonly PlannedAttendee[];
}

/** What sessions are like. */
export interface SessionHabits {
  /** People in a room of the middle; rooms differ log-normally around it. Default 15. */
  readonly medianSize?: number | undefined;
  /** No room gets more than this. Default 300. */
  readonly maxSize?: number | undefined;
  /** Default 0.15. */
  readonly videoShare?: number | undefined;
  /** The others only listen. Default 0.6. */
  readonly voiceShare?: number | undefined;
  /** Typical lengths in minutes, one of which a room keeps to. Default 45 and 90. */
  readonly durationsMinutes?: readonly number[] | undefined;
}

const SIZE_SIGMA = 0.8;
const ARRIVAL_MEDIAN_MS = 3 * 60_000;
const ARRIVAL_SIGMA = 0.8;
const EARLY_LEAVERS = 0.05;

/**
 * Plans one session. Size and length are habits of the room (the same ID has them every time), with some deviation
 * from day to day; people arrive over minutes, a few go early, all go at the end.
 */
export function planSession(
  room: string,
  startsAt: number,
  random: Random,
  habits: SessionHabits = {},
): SessionPlan {
  const own = createRandom(seedOf(room));
  const usualSize = logNormal(own, habits.medianSize ?? 15, SIZE_SIGMA);
  const lengths = habits.durationsMinutes ?? [45, 90];
  const usualMinutes = lengths[Math.floor(own() * lengths.length)] ?? 45;
  const size = Math.max(2, Math.min(habits.maxSize ?? 300, Math.round(logNormal(random, usualSize, 0.15))));
  const lengthMs = Math.round(usualMinutes * 60_000 * (0.9 + 0.2 * random()));
  const endsAt = startsAt + lengthMs;
  const attendees = Array.from({ length: size }, (_, index): PlannedAttendee => {
    const delayMs = index === 0 ? 0 : logNormal(random, ARRIVAL_MEDIAN_MS, ARRIVAL_SIGMA);
    const arrivesAt = startsAt + Math.round(Math.min(delayMs, lengthMs * 0.6));
    const isEarly = index > 0 && random() < EARLY_LEAVERS;
    const hasJoinedVoice = index === 0 || random() < (habits.voiceShare ?? 0.6);
    return {
      fullName: index === 0 ? 'Moderator' : `Attendee ${index}`,
      role: index === 0 ? 'MODERATOR' : 'VIEWER',
      arrivesAt,
      leavesAt: isEarly ? arrivesAt + Math.round(random() * (endsAt - arrivesAt)) : endsAt,
      hasJoinedVoice,
      isListeningOnly: !hasJoinedVoice,
      hasVideo: hasJoinedVoice && random() < (habits.videoShare ?? 0.15) / (habits.voiceShare ?? 0.6),
    };
  });
  return { startsAt, endsAt, attendees: attendees.sort((left, right) => left.arrivesAt - right.arrivesAt) };
}
