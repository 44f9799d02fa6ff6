import type { Day, DayAttendee, DayHost, DayMeeting } from '../../src/sim/yardstick/day.js';
import type { Rule, RuleKind } from '../../src/sim/yardstick/rule.js';

export const MINUTE = 60_000;
export const HOUR = 60 * MINUTE;

/** A host of 8 usual cores unless said otherwise. */
export function host(id: string, over: Partial<DayHost> = {}): DayHost {
  return { id, cores: 8, coreSpeed: 1, memoryGiB: 16, networkMbit: 1_000, ...over };
}

/** A meeting whose people all listen and stay from its begin to its end. */
export function meeting(meetingId: string, people: number, over: Partial<DayMeeting> = {}): DayMeeting {
  const { createdAt = 0, endsAt = HOUR } = over;
  const attendees = Array.from({ length: people }, (): DayAttendee => ({
    arrivesAt: createdAt,
    leavesAt: endsAt,
    media: 'listening',
  }));
  return { tenantId: 't', meetingId, createdAt, endsAt, attendees, weight: 1, sizeHint: undefined, ...over };
}

/** Two hours on two hosts, nothing happening unless given. */
export function day(over: Partial<Day> = {}): Day {
  return {
    name: 'small',
    seed: 1,
    from: 0,
    until: 2 * HOUR,
    hosts: [host('a'), host('b')],
    meetings: [],
    jobs: [],
    faults: [],
    history: [],
    ...over,
  };
}

/** A rule that does as told; what is not told is the first host and a poll each ten seconds. */
export function ruleOf(over: Partial<Rule> = {}): RuleKind {
  return {
    name: 'as told',
    family: 'own',
    start: ({ hosts }) => ({ pollEveryMs: 10_000, rank: () => hosts.map(({ id }) => id), ...over }),
  };
}
