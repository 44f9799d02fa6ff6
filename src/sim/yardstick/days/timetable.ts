import type { Random } from '../../random.js';
import type { DayHost, DayMeeting, PastSession } from '../day.js';
import { capacityOf, coresOf, countMedia } from '../host-physics.js';
import {
  jitterMs,
  makeRoom,
  pastSessions,
  planMeeting,
  type Room,
  type RoomTraits,
  type Tenant,
} from './rooms.js';

/** A time at which sessions begin, and how much of the pool's CPU all people together are to need after it (0 to 1). */
export interface Slot {
  readonly at: number;
  readonly load: number;
}

export interface TimetableOptions {
  readonly random: Random;
  readonly hosts: readonly DayHost[];
  readonly tenants: readonly Tenant[];
  /** Recurring rooms, their kinds by turns of their shares (summing to 1). */
  readonly rooms: number;
  readonly traits: readonly { readonly share: number; readonly traits: RoomTraits }[];
  readonly slots: readonly Slot[];
}

export interface Timetable {
  readonly meetings: readonly DayMeeting[];
  readonly history: readonly PastSession[];
}

const MINUTE = 60_000;
/** Rooms that nobody has met in before. */
const NEW_SHARE = 0.15;
/** When the people of a slot are there: what comes later hardly adds. */
const SETTLED_MS = 12 * MINUTE;

/**
 * Fills each slot with sessions until the people planned need its share of the pool. That each day reaches its load is what
 * makes the rules comparable over seeds; who comes, when and for how long is drawn from the rooms' habits.
 */
export function makeTimetable(options: TimetableOptions): Timetable {
  const { random, hosts, tenants, slots } = options;
  const tenantOf = (): Tenant => pick(random, tenants);
  const traitsOf = (): RoomTraits => pickShare(random, options.traits);
  const rooms = Array.from({ length: options.rooms }, (_, index) =>
    makeRoom(random, tenantOf(), `room-${index + 1}`, traitsOf()),
  );
  const capacity = hosts.reduce((sum, host) => sum + capacityOf(host), 0);
  const meetings: DayMeeting[] = [];
  const history: PastSession[] = [];
  const freeAt = new Map<Room, number>();
  const remembered = new Set<Room>();
  let strangers = 0;
  for (const { at, load } of slots) {
    const settledAt = at + SETTLED_MS;
    let cores = meetings.reduce((sum, meeting) => sum + coresAt(meeting, settledAt), 0);
    const waiting = shuffled(random, rooms).filter(
      (room) => (freeAt.get(room) ?? -Infinity) <= at - 10 * MINUTE,
    );
    while (cores < load * capacity) {
      const isNew = random() < NEW_SHARE;
      const room = isNew ? undefined : waiting.pop();
      if (!isNew && !room) break;
      const host = room ?? makeRoom(random, tenantOf(), `new-${(strangers += 1)}`, traitsOf());
      const meeting = planMeeting(random, host, Math.round(at + jitterMs(random)));
      meetings.push(meeting);
      cores += coresAt(meeting, settledAt);
      if (!room) continue;
      freeAt.set(room, meeting.endsAt);
      remembered.add(room);
      history.push(...pastSessions(random, room, at));
    }
  }
  // Rooms that do not meet today have met on other days.
  for (const room of rooms) {
    if (!remembered.has(room)) history.push(...pastSessions(random, room, pick(random, slots).at));
  }
  return {
    meetings: meetings.sort((left, right) => left.createdAt - right.createdAt),
    history: history.sort((left, right) => left.endedAt - right.endedAt),
  };
}

/** Cores of the usual speed that a meeting needs at a time. */
export function coresAt(meeting: DayMeeting, at: number): number {
  if (at < meeting.createdAt || at >= meeting.endsAt) return 0;
  let counts = { people: 0, voice: 0, video: 0 };
  for (const { arrivesAt, leavesAt, media } of meeting.attendees) {
    if (arrivesAt <= at && at < leavesAt) counts = countMedia(counts, media, 1);
  }
  return coresOf(counts, meeting.weight);
}

function pick<T>(random: Random, of: readonly T[]): T {
  const one = of[Math.floor(random() * of.length)];
  if (one === undefined) throw new Error('nothing to choose from');
  return one;
}

function pickShare(random: Random, kinds: TimetableOptions['traits']): RoomTraits {
  let left = random();
  for (const { share, traits } of kinds) {
    left -= share;
    if (left < 0) return traits;
  }
  return pick(random, kinds).traits;
}

function shuffled<T>(random: Random, of: readonly T[]): T[] {
  return of
    .map((item) => ({ item, order: random() }))
    .sort((left, right) => left.order - right.order)
    .map(({ item }) => item);
}
