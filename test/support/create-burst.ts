import { createRandom } from '../../src/sim/random.js';
import type { Day, DayMeeting } from '../../src/sim/yardstick/day.js';
import type { KnownHost, NewMeeting, Rule, RuleKind, SeenMeeting } from '../../src/sim/yardstick/rule.js';

const SERVERS = 22;
const CREATES = 200;
const LASTS_MS = 60_000;

/** A day on which nothing happens: for rules that may not look at it anyway. */
export const EMPTY_DAY: Day = {
  name: 'empty',
  seed: 0,
  from: 0,
  until: 0,
  hosts: [],
  meetings: [],
  jobs: [],
  faults: [],
  history: [],
};

/** A rule started on servers s01, s02, … of eight cores, or of those given. */
export function startRule(
  kind: RuleKind,
  { servers = 3, seed = 1, cores = Array.from({ length: servers }, () => 8) } = {},
): Rule {
  const hosts = cores.map((count, at): KnownHost => ({
    id: `s${String(at + 1).padStart(2, '0')}`,
    cores: count,
    networkMbit: 1_000,
  }));
  return kind.start({ hosts, day: EMPTY_DAY, random: createRandom(seed) });
}

/** A meeting of a poll. */
export function seenMeeting(meeting: Partial<SeenMeeting> = {}): SeenMeeting {
  const { attendees = 0 } = meeting;
  return {
    tenantId: 'default',
    meetingId: 'm',
    createdAt: -3_600_000,
    attendees,
    moderators: 0,
    listeners: attendees,
    voice: 0,
    video: 0,
    ...meeting,
  };
}

/** A create. */
export function newMeeting(meetingId = 'm', sizeHint?: number): NewMeeting {
  return { tenantId: 'default', meetingId, sizeHint };
}

/** What `placed` is told of a meeting beside its server; rules of peers do not look at it. */
export const UNTOLD: DayMeeting = {
  tenantId: 'default',
  meetingId: 'm',
  createdAt: 0,
  endsAt: 0,
  attendees: [],
  weight: 1,
  sizeHint: undefined,
};

/**
 * 200 creates within 60 s on 22 equal servers that carry 0 to 100 people; nobody joins yet. All servers are
 * polled just before the burst, then as often as the balancer does. The most creates that one server got.
 */
export function mostOfABurst(kind: RuleKind, seed: number): number {
  const random = createRandom(seed);
  const rule = startRule(kind, { servers: SERVERS, seed });
  const running = new Map<string, SeenMeeting[]>();
  for (let at = 1; at <= SERVERS; at++) {
    running.set(`s${String(at).padStart(2, '0')}`, [seenMeeting({ attendees: Math.floor(random() * 101) })]);
  }
  const pollAll = (now: number): void => {
    for (const [id, meetings] of running) rule.polled?.(id, meetings, now);
  };
  pollAll(-1);
  let nextPoll = rule.pollEveryMs;
  const got = new Map<string, number>();
  for (let at = 0; at < CREATES; at++) {
    const now = (at * LASTS_MS) / CREATES;
    for (; nextPoll <= now; nextPoll += rule.pollEveryMs) pollAll(nextPoll);
    const meeting = newMeeting(`new-${at}`);
    const [id = ''] = rule.rank(meeting, now);
    rule.placed?.(id, meeting, now, UNTOLD);
    running.get(id)?.push(seenMeeting({ meetingId: meeting.meetingId, createdAt: now }));
    got.set(id, (got.get(id) ?? 0) + 1);
  }
  return Math.max(...got.values());
}

/** Mean of `mostOfABurst` over this many seeds. */
export function meanMostOfABurst(kind: RuleKind, runs: number): number {
  let sum = 0;
  for (let seed = 1; seed <= runs; seed++) sum += mostOfABurst(kind, seed);
  return sum / runs;
}
