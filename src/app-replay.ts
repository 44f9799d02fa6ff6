import { isSoundCost, PooledCost } from './placement/learning/pooled-cost.js';
import { MOST_CPU_PER_PERSON } from './placement/predict-load.js';
import type { Decision } from './placement/types.js';
import { LONGEST_RECORD_MS, MOST_ATTENDEES, type RecordedDay } from './sim/yardstick/recorded-day.js';
import type { MeetingHistory } from './meetings/meeting.js';
import { openRecords, type PlacedMeeting, type Records } from './store/open-records.js';
import { StoreError } from './store/store-error.js';

/** Which time of a store is wanted, ms since 1970; default: the local day of the newest session that has ended. */
export interface RecordedSpan {
  readonly from?: number | undefined;
  readonly until?: number | undefined;
}

const DAY_MS = 24 * 3_600_000;
const MINUTE_MS = 60_000;
/** What a balancer that started that morning would have read. */
const MOST_PAST_SESSIONS = 100_000;
const HALF_LIFE_MS = 6 * 3_600_000;

/**
 * Reads a recorded day from a store (`sqlite:PATH`), also beside a running Ballast; changes nothing. Throws StoreError, or
 * an Error that says that nothing was recorded in that time.
 */
export async function readRecordedDay(store: string, span: RecordedSpan = {}): Promise<RecordedDay> {
  const records = await openRecords(store);
  try {
    return await recordedDay(records, span);
  } finally {
    await records.close();
  }
}

async function recordedDay(records: Records, span: RecordedSpan): Promise<RecordedDay> {
  const newest = span.from ?? (span.until === undefined ? await records.newestStart() : span.until - DAY_MS);
  if (newest === undefined)
    throw new Error('no meeting has ended yet on this store: there is nothing to replay');
  const from = span.from ?? (span.until === undefined ? midnightOf(newest) : newest);
  // Not 24 hours: a day of the clocks' change has 23 or 25.
  const until = span.until ?? midnightOf(midnightOf(from) + 1.5 * DAY_MS);
  if (until - from > LONGEST_RECORD_MS) throw new Error('a replay takes 31 days at most');
  const sessions = (await records.sessionsFrom(from)).filter(
    ({ startedAt, maxAttendees }) => startedAt < until && maxAttendees <= MOST_ATTENDEES,
  );
  if (sessions.length === 0) {
    const time = `${new Date(from).toISOString()} and ${new Date(until).toISOString()}`;
    throw new Error(`no meeting that has ended began between ${time}: there is nothing to replay`);
  }
  const placements = await records.placements(from, until);
  const coresPerPerson = await learntCoresPerPerson(records);
  const cores = coresOfServers(await records.newestDecision(until), coresPerPerson);
  const servers = await records.servers();
  return {
    kind: 'ballast-recorded-day',
    version: 1,
    from,
    until,
    midnight: midnightOf(from),
    servers: servers.map(({ id, networkMbit }) => ({
      id,
      ...(cores.has(id) && { cores: cores.get(id) }),
      ...(networkMbit !== undefined && { networkMbit }),
    })),
    sessions: sessions.map(({ serverId, ...session }) => ({ ...sessionOf(session), serverId })),
    history: (await records.sessionsBefore(from, MOST_PAST_SESSIONS)).filter(isKnownBy(from)).map(sessionOf),
    refused: placements.filter(({ serverId }) => serverId === undefined).length,
    unfinished: countUnfinished(placements, sessions),
    ...(coresPerPerson !== undefined && { coresPerPerson }),
  };
}

/** What a balancer has learnt from by `at`: what has ended, and was not moved by a failure. */
function isKnownBy(at: number): (session: MeetingHistory) => boolean {
  return ({ endedAt, wasMoved, maxAttendees }) =>
    endedAt <= at && !wasMoved && maxAttendees <= MOST_ATTENDEES;
}

/** `undefined` where nothing was learnt, or by a Ballast that kept it in another shape. */
async function learntCoresPerPerson(records: Records): Promise<number | undefined> {
  try {
    const learnt = await records.cost();
    if (learnt === undefined || !isSoundCost(learnt)) return undefined;
    return new PooledCost(HALF_LIFE_MS, learnt).cost().usualPerson;
  } catch (error) {
    if (error instanceof StoreError && error.reason === 'damaged') return undefined;
    throw error;
  }
}

function sessionOf(session: Omit<MeetingHistory, 'serverId'>): RecordedDay['history'][number] {
  const { tenantId, meetingId, startedAt, endedAt, maxAttendees } = session;
  return { tenantId, meetingId, startedAt, endedAt, maxAttendees };
}

/** Decisions keep what a person was taken to cost as a share of each host: the same cost on twice the cores is half the share. */
function coresOfServers(
  decision: Decision | undefined,
  coresPerPerson: number | undefined,
): ReadonlyMap<string, number> {
  const cores = new Map<string, number>();
  if (coresPerPerson === undefined) return cores;
  for (const { id, cpuPerPerson } of decision?.candidates ?? []) {
    // That very share is the bound for hosts whose cores nobody knows.
    const isKnown = cpuPerPerson !== undefined && cpuPerPerson !== MOST_CPU_PER_PERSON;
    const count = isKnown ? Math.round(coresPerPerson / cpuPerPerson) : 0;
    if (count >= 1 && count <= 4_096) cores.set(id, count);
  }
  return cores;
}

/** Meetings that were placed and have no session: they run still, or never came to life. */
function countUnfinished(placements: readonly PlacedMeeting[], sessions: readonly MeetingHistory[]): number {
  const startsOf = new Map<string, number[]>();
  for (const { tenantId, meetingId, startedAt } of sessions) {
    const key = JSON.stringify([tenantId, meetingId]);
    startsOf.set(key, [...(startsOf.get(key) ?? []), startedAt]);
  }
  return placements.filter(({ tenantId, meetingId, serverId, at }) => {
    const starts = startsOf.get(JSON.stringify([tenantId, meetingId])) ?? [];
    return serverId !== undefined && !starts.some((start) => Math.abs(start - at) < 5 * MINUTE_MS);
  }).length;
}

function midnightOf(at: number): number {
  return new Date(at).setHours(0, 0, 0, 0);
}
