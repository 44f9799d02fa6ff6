/** One past session of a room. Times are ms since 1970. */
export interface PastSession {
  readonly tenantId: string;
  readonly meetingId: string;
  readonly startedAt: number;
  readonly endedAt: number;
  readonly maxAttendees: number;
}

/** What to expect of a new session. */
export interface Expectation {
  /** People at its fullest. */
  readonly attendees: number;
  /** Equally likely lengths, in ms; at most eight. */
  readonly durationsMs: readonly number[];
  /** room: its own past sessions · tenant: other sessions of its tenant at this hour · hint: what the create says · default. */
  readonly basis: 'room' | 'tenant' | 'hint' | 'default';
  /** Past sessions behind it. */
  readonly sessions: number;
}

/** People to keep room for: what is a fraction of a person in the mean is a whole one in a class. */
export function wholeAttendees({ attendees }: Expectation): number {
  return Math.max(1, Math.round(attendees));
}

/** Whose session, when (ms since 1970), and what the create says about its size. */
export interface SessionQuestion {
  readonly tenantId: string;
  readonly meetingId: string;
  readonly at: number;
  readonly sizeHint?: number | undefined;
  readonly maxAttendees?: number | undefined;
}

export interface RoomHabitsDeps {
  /** People and length where nothing is known. */
  readonly defaultAttendees: number;
  readonly defaultDurationMs: number;
  /** Rooms remembered; those that met longest ago go first. Default 50,000. */
  readonly maxRooms?: number | undefined;
}

interface Room {
  readonly sizes: number[];
  readonly durations: number[];
}

/** Sessions of a room that count: habits change with the term. */
const ROOM_SESSIONS = 8;
/** Sessions of a tenant that count for an hour of the day. */
const HOUR_SESSIONS = 64;
/** With fewer than this in the hour the tenant's whole day is asked. */
const FEW_SESSIONS = 5;
/** The room's own sessions weigh against this many of its tenant. */
const PRIOR_SESSIONS = 0.5;
const MAX_TENANTS = 1_000;
const HOUR_MS = 3_600_000;

/**
 * What rooms have been like: sizes and lengths of the last sessions by room, and by tenant and hour of the day (UTC).
 * Fed with ended sessions, oldest first; answers for a new one from its room, else its tenant, else the default.
 */
export class RoomHabits {
  readonly #deps: RoomHabitsDeps;
  /** In order of their last session. */
  readonly #rooms = new Map<string, Room>();
  readonly #tenants = new Map<string, { readonly day: Room; readonly hours: Map<number, Room> }>();

  constructor(deps: RoomHabitsDeps) {
    this.#deps = deps;
  }

  /** Rooms that are remembered. */
  get roomCount(): number {
    return this.#rooms.size;
  }

  /** Takes an ended session. One that nobody came to, or whose times make no sense, teaches nothing. */
  learn({ tenantId, meetingId, startedAt, endedAt, maxAttendees }: PastSession): void {
    const duration = endedAt - startedAt;
    if (!(duration > 0 && duration < 24 * HOUR_MS && maxAttendees >= 1 && maxAttendees <= 1e5)) return;
    const key = keyOf(tenantId, meetingId);
    const room = this.#rooms.get(key) ?? { sizes: [], durations: [] };
    this.#rooms.delete(key);
    this.#rooms.set(key, room);
    push(room, maxAttendees, duration, ROOM_SESSIONS);
    forgetOldest(this.#rooms, this.#deps.maxRooms ?? 50_000);

    const tenant = this.#tenants.get(tenantId) ?? {
      day: { sizes: [], durations: [] },
      hours: new Map<number, Room>(),
    };
    this.#tenants.delete(tenantId);
    this.#tenants.set(tenantId, tenant);
    forgetOldest(this.#tenants, MAX_TENANTS);
    push(tenant.day, maxAttendees, duration, 4 * HOUR_SESSIONS);
    const hour = hourOf(startedAt);
    let inHour = tenant.hours.get(hour);
    if (inHour === undefined) tenant.hours.set(hour, (inHour = { sizes: [], durations: [] }));
    push(inHour, maxAttendees, duration, HOUR_SESSIONS);
  }

  /** What a session that begins at `at` will be like. */
  expect({ tenantId, meetingId, at, sizeHint, maxAttendees }: SessionQuestion): Expectation {
    const { defaultAttendees, defaultDurationMs } = this.#deps;
    const room = this.#rooms.get(keyOf(tenantId, meetingId));
    const others = this.#tenantAt(tenantId, at);
    const most = Math.min(maxAttendees ?? Infinity, sizeHint ?? Infinity);
    const usual = others === undefined ? defaultAttendees : median(others.sizes);
    if (room !== undefined) {
      const own = mean(room.sizes);
      const weight = room.sizes.length / (room.sizes.length + PRIOR_SESSIONS);
      return {
        attendees: Math.min(most, weight * own + (1 - weight) * usual),
        durationsMs: [...room.durations],
        basis: 'room',
        sessions: room.sizes.length,
      };
    }
    const usualDurations = others === undefined ? [defaultDurationMs] : quantiles(others.durations);
    // A front end that names a size knows the room; what other rooms are like says less.
    if (sizeHint !== undefined) {
      return { attendees: most, durationsMs: usualDurations, basis: 'hint', sessions: 0 };
    }
    return {
      attendees: Math.min(most, usual),
      durationsMs: usualDurations,
      basis: others === undefined ? 'default' : 'tenant',
      sessions: others?.sizes.length ?? 0,
    };
  }

  #tenantAt(tenantId: string, at: number): Room | undefined {
    const tenant = this.#tenants.get(tenantId);
    const inHour = tenant?.hours.get(hourOf(at));
    if (inHour !== undefined && inHour.sizes.length >= FEW_SESSIONS) return inHour;
    return tenant !== undefined && tenant.day.sizes.length >= FEW_SESSIONS ? tenant.day : undefined;
  }
}

function keyOf(tenantId: string, meetingId: string): string {
  return `${tenantId} ${meetingId}`;
}

function hourOf(at: number): number {
  return Math.floor((((at % (24 * HOUR_MS)) + 24 * HOUR_MS) % (24 * HOUR_MS)) / HOUR_MS);
}

function push(room: Room, size: number, duration: number, most: number): void {
  room.sizes.push(size);
  room.durations.push(duration);
  if (room.sizes.length > most) {
    room.sizes.shift();
    room.durations.shift();
  }
}

function forgetOldest(map: Map<string, unknown>, most: number): void {
  if (map.size <= most) return;
  for (const key of map.keys()) {
    map.delete(key);
    return;
  }
}

function mean(values: readonly number[]): number {
  return values.reduce((sum, value) => sum + value, 0) / values.length;
}

function median(values: readonly number[]): number {
  return quantile(
    [...values].sort((a, b) => a - b),
    0.5,
  );
}

/** Eight values that stand for all. */
function quantiles(values: readonly number[]): readonly number[] {
  const sorted = [...values].sort((a, b) => a - b);
  return Array.from({ length: Math.min(8, sorted.length) }, (_, i, n = Math.min(8, sorted.length)) =>
    quantile(sorted, (i + 0.5) / n),
  );
}

function quantile(sorted: readonly number[], share: number): number {
  return sorted[Math.min(sorted.length - 1, Math.floor(share * sorted.length))] ?? 0;
}
