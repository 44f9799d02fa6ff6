import { stillRuns } from './learning/survival.js';
import { knownCount } from './measure.js';

/** A meeting on a server as the forecast sees it. */
export interface OngoingMeeting {
  readonly expectedAttendees: number;
  /** People counted in it by the newest poll. */
  readonly countedAttendees: number;
  /** Since it was claimed. */
  readonly ageMs: number;
  /** Equally likely lengths of it, in ms. */
  readonly durationsMs: readonly number[];
  /** What one of its people costs, in usual people. */
  readonly personWeight: number;
}

/** People on a server, now and later. */
export interface PeopleOutlook {
  /** Promised by young meetings and not counted yet; `undefined` when a value makes no sense. */
  readonly reserved: number | undefined;
  /** Young meetings whose people have not all come yet. */
  readonly youngMeetings: number;
  /** Claimed within the last minute, at the default ramp. */
  readonly newMeetings: number;
  /** People expected at each of `horizonsMs(rampMs)`, in usual people: who sends and is sent more counts more. */
  readonly people: readonly number[];
}

/** How far the forecast looks, in ramps: 5, 10, 20, 30 and 45 minutes at the default ramp of 15. */
const HORIZONS = [1 / 3, 2 / 3, 4 / 3, 2, 3] as const;

/** A meeting is new for this part of a ramp: a minute at the default, about as long as no sample shows it. */
const NEW_RAMPS = 1 / 15;

/** For how long, in ms, a meeting counts as new. */
export function newForMs(rampMs: number): number {
  return NEW_RAMPS * rampMs;
}

/** Most people come within the first minutes; of those who will come, this part of a ramp sees about 63 %. */
const ARRIVAL_RAMPS = 0.25;

/** Sessions unlike any before them last this many ramps on average: an hour at the default. */
const LIFETIME_RAMPS = 4;

/** Jobs and heavy rooms last this many ramps on average: three quarters of an hour at the default. */
const BACKGROUND_RAMPS = 3;

/** The times ahead, in ms, at which people are forecast. */
export function horizonsMs(rampMs: number): readonly number[] {
  return HORIZONS.map((ramps) => ramps * rampMs);
}

/** One of them, by its number. */
export function horizonMs(horizon: number, rampMs: number): number {
  return (HORIZONS[horizon] ?? 0) * rampMs;
}

/** The horizon whose forecasts are compared with what came true: two thirds of a ramp, 10 minutes at the default. */
export const LEAD_HORIZON = 1;

/** How much of what is so now (a background job, a heavy room) is still so at each horizon. */
export function persistenceAt(horizon: number): number {
  return PERSISTENCE[horizon] ?? 0;
}

const PERSISTENCE = HORIZONS.map((ramps) => Math.exp(-ramps / BACKGROUND_RAMPS));

/**
 * People of a meeting at each horizon: those counted, and of those who are missing as many as will still come (all at
 * first, none after the ramp), times the chance that it still runs and what each of them costs.
 */
export function forecastMeeting(meeting: OngoingMeeting, rampMs: number): readonly number[] {
  const { expectedAttendees, countedAttendees, durationsMs, personWeight } = meeting;
  const ageMs = Math.max(0, meeting.ageMs);
  const missing = Math.max(0, expectedAttendees - countedAttendees) * fade(ageMs, rampMs);
  const aheadsMs = horizonsMs(rampMs);
  return stillRuns(ageMs, aheadsMs, durationsMs, LIFETIME_RAMPS * rampMs).map((chance, horizon) => {
    const thenMs = ageMs + (aheadsMs[horizon] ?? 0);
    const arrived = missing === 0 ? 0 : 1 - Math.exp(-thenMs / (ARRIVAL_RAMPS * rampMs));
    return (countedAttendees + missing * arrived) * chance * personWeight;
  });
}

/**
 * Sums up the meetings of a server. A reservation shrinks only as people are counted and as time passes, linearly to
 * nothing over `rampMs`; a new sample leaves it alone, since samples lag behind placements.
 */
export function outlookOf(meetings: readonly OngoingMeeting[], rampMs: number): PeopleOutlook {
  return sumOfOutlooks(meetings.map((meeting) => outlookOfOne(meeting, rampMs)));
}

function outlookOfOne(meeting: OngoingMeeting, rampMs: number): PeopleOutlook {
  const { ageMs } = meeting;
  const expected = knownCount(meeting.expectedAttendees);
  const counted = knownCount(meeting.countedAttendees);
  if (expected === undefined || counted === undefined || Number.isNaN(ageMs)) return UNKNOWN;
  const reserved = Math.max(0, expected - counted) * fade(ageMs, rampMs);
  return {
    reserved,
    youngMeetings: reserved > 0 ? 1 : 0,
    newMeetings: ageMs < newForMs(rampMs) ? 1 : 0,
    people: forecastMeeting(meeting, rampMs),
  };
}

/** Of a meeting whose numbers make no sense. */
const UNKNOWN: PeopleOutlook = { reserved: undefined, youngMeetings: 0, newMeetings: 0, people: [] };

/** Outlooks of several meetings together: who comes to one does not go to another. */
export function sumOfOutlooks(parts: Iterable<PeopleOutlook>): PeopleOutlook {
  const people = HORIZONS.map(() => 0);
  let reserved: number | undefined = 0;
  let [youngMeetings, newMeetings] = [0, 0];
  for (const part of parts) {
    reserved = reserved === undefined || part.reserved === undefined ? undefined : reserved + part.reserved;
    youngMeetings += part.youngMeetings;
    newMeetings += part.newMeetings;
    for (let i = 0; i < people.length; i += 1) people[i] = (people[i] ?? 0) + (part.people[i] ?? 0);
  }
  return { reserved, youngMeetings, newMeetings, people };
}

/** Part of a reservation that is left: 1 at first, 0 after the ramp. A clock that was set back counts in full. */
function fade(ageMs: number, rampMs: number): number {
  return rampMs > 0 ? Math.max(0, 1 - Math.max(0, ageMs) / rampMs) : 0;
}
