import { createRandom, logNormal, type Random, seedOf } from '../random.js';
import type { Day, DayAttendee, DayHost, DayMeeting } from './day.js';
import { coresOf, countMedia, type MediaCounts } from './host-physics.js';
import type { RecordedDay, RecordedSession } from './recorded-day.js';
import type { NewMeeting, RuleKind } from './rule.js';

/** The name of the rule that does what was really done. */
export const AS_IT_WAS = 'as it was';

const MINUTE = 60_000;
/** So long after the recorded time a session that still goes on is cut. */
const LONGEST_AFTER_MS = 24 * 60 * MINUTE;
const USUAL_CORES = 8;
const USUAL_MBIT = 1_000;
// As on the days that are made up: people come over minutes, six in ten with a microphone, a quarter of those with a camera.
const ARRIVAL_MEDIAN_MS = 3 * MINUTE;
const ARRIVAL_SIGMA = 0.8;
const VOICE_SHARE = 0.6;
const VIDEO_SHARE = 0.25;

/** A recorded day made ready, with what had to be assumed, one sentence each. */
export interface Replay {
  readonly day: Day;
  /** Does what was really done. */
  readonly asItWas: RuleKind;
  readonly assumptions: readonly string[];
}

/**
 * Makes a day of what was recorded. Who sat where at which minute is not kept: people arrive by the usual curve, up to
 * the most that were counted, and stay to the end. The same record and seed make the same day.
 */
export function replayOf(recorded: RecordedDay, seed = 1): Replay {
  const { midnight, coresPerPerson } = recorded;
  const sessions = recorded.sessions
    .filter(({ startedAt, endedAt }) => endedAt > startedAt)
    .sort((left, right) => left.startedAt - right.startedAt || compareIds(left, right));
  const meetings = sessions.map((session) => meetingOf(session, midnight, seed, coresPerPerson));
  const hosts = hostsOf(recorded);
  const last = meetings.reduce((latest, { endsAt }) => Math.max(latest, endsAt), recorded.until - midnight);
  const latest = recorded.until - midnight + LONGEST_AFTER_MS;
  const day: Day = {
    name: 'replay',
    seed,
    from: recorded.from - midnight,
    until: Math.min(last, latest) + MINUTE,
    hosts,
    meetings,
    jobs: [],
    faults: [],
    history: recorded.history
      .map((past) => ({ ...past, startedAt: past.startedAt - midnight, endedAt: past.endedAt - midnight }))
      .sort((left, right) => left.endedAt - right.endedAt),
  };
  return { day, asItWas: asItWas(sessions, midnight), assumptions: assumptionsOf(recorded) };
}

function meetingOf(
  session: RecordedSession,
  midnight: number,
  seed: number,
  coresPerPerson: number | undefined,
): DayMeeting {
  const { tenantId, meetingId, maxAttendees } = session;
  const createdAt = session.startedAt - midnight;
  const endsAt = session.endedAt - midnight;
  const random = createRandom(seedOf(`${seed} ${tenantId} ${meetingId} ${session.startedAt}`));
  const attendees = Array.from({ length: maxAttendees }, (_, index) =>
    attendeeOf(random, index, createdAt, endsAt),
  );
  attendees.sort((left, right) => left.arrivesAt - right.arrivesAt);
  const weight = coresPerPerson === undefined ? 1 : weightFor(attendees, coresPerPerson);
  return { tenantId, meetingId, createdAt, endsAt, attendees, weight, sizeHint: undefined };
}

function attendeeOf(random: Random, index: number, createdAt: number, endsAt: number): DayAttendee {
  const lengthMs = endsAt - createdAt;
  const delayMs = index === 0 ? 0 : logNormal(random, ARRIVAL_MEDIAN_MS, ARRIVAL_SIGMA);
  const arrivesAt = createdAt + Math.round(Math.min(1_000 + delayMs, lengthMs * 0.6));
  const hasVoice = random() < VOICE_SHARE;
  const hasVideo = random() < VIDEO_SHARE;
  return { arrivesAt, leavesAt: endsAt, media: !hasVoice ? 'listening' : hasVideo ? 'video' : 'voice' };
}

/** With all its people there, the meeting costs what was learnt for so many. */
function weightFor(attendees: readonly DayAttendee[], coresPerPerson: number): number {
  if (attendees.length === 0) return 1;
  const nobody: MediaCounts = { people: 0, voice: 0, video: 0 };
  const all = attendees.reduce((counts, { media }) => countMedia(counts, media, 1), nobody);
  return (coresPerPerson * all.people) / coresOf(all, 1);
}

/** The servers there are, and those that are gone and carried something. */
function hostsOf({ servers, sessions }: RecordedDay): DayHost[] {
  const known = new Map(servers.map((server) => [server.id, server]));
  const ids = new Set([...known.keys(), ...sessions.map(({ serverId }) => serverId)]);
  return [...ids].sort().map((id) => {
    const cores = known.get(id)?.cores ?? USUAL_CORES;
    const networkMbit = known.get(id)?.networkMbit ?? USUAL_MBIT;
    return { id, cores, coreSpeed: 1, memoryGiB: Math.max(16, cores * 2), networkMbit };
  });
}

function asItWas(sessions: readonly RecordedSession[], midnight: number): RuleKind {
  const serverOf = new Map(
    sessions.map((session) => [keyOf(session, session.startedAt - midnight), session.serverId]),
  );
  return {
    name: AS_IT_WAS,
    family: 'own',
    start: () => ({
      pollEveryMs: 60 * MINUTE,
      rank(meeting, now) {
        const server = serverOf.get(keyOf(meeting, now));
        return server === undefined ? [] : [server];
      },
    }),
  };
}

function keyOf({ tenantId, meetingId }: Pick<NewMeeting, 'tenantId' | 'meetingId'>, at: number): string {
  return JSON.stringify([tenantId, meetingId, at]);
}

function compareIds(left: RecordedSession, right: RecordedSession): number {
  return keyOf(left, 0) < keyOf(right, 0) ? -1 : 1;
}

function assumptionsOf(recorded: RecordedDay): string[] {
  const { servers, sessions, refused, unfinished, coresPerPerson } = recorded;
  const withoutCores = servers.filter(({ cores }) => cores === undefined).length;
  const gone = new Set(
    sessions.map(({ serverId }) => serverId).filter((id) => !servers.some((one) => one.id === id)),
  );
  const cut = sessions.filter(({ endedAt }) => endedAt > recorded.until + LONGEST_AFTER_MS).length;
  const people =
    'People arrive by the usual curve up to the most counted in their meeting, and stay to its end';
  return [
    `${people}: who sat where at which minute is not recorded.`,
    coresPerPerson === undefined
      ? 'A person costs the usual 0.02 cores or so: no cost was learnt here.'
      : `Every person costs ${coresPerPerson.toFixed(3)} cores, as learnt over the whole pool.`,
    'No background jobs, no server failures, no lost samples: they are not recorded.',
    'All servers are equally allowed: multipliers, tags, limits and states of single servers, and policies of tenants, do not count.',
    ...(cut > 0
      ? [
          `${cut} ${cut === 1 ? 'meeting' : 'meetings'} that went on for more than a day after it are cut then.`,
        ]
      : []),
    ...(withoutCores > 0
      ? [`${withoutCores} of ${servers.length} servers are taken for ${USUAL_CORES} cores.`]
      : []),
    ...(gone.size > 0
      ? [`Servers that are gone take part, with ${USUAL_CORES} cores: ${[...gone].sort().join(', ')}.`]
      : []),
    ...(unfinished > 0 ? [`${unfinished} meetings that have not ended are left out.`] : []),
    ...(refused > 0 ? [`${refused} creates that found no server are left out.`] : []),
  ];
}
