import type { Day, DayMeeting } from './day.js';

/** A create as it reaches a balancer. */
export interface NewMeeting {
  readonly tenantId: string;
  readonly meetingId: string;
  readonly sizeHint: number | undefined;
}

/** One meeting of getMeetings. */
export interface SeenMeeting {
  readonly tenantId: string;
  readonly meetingId: string;
  readonly createdAt: number;
  readonly attendees: number;
  readonly moderators: number;
  readonly listeners: number;
  readonly voice: number;
  readonly video: number;
}

/** What one Telegraf sample says of a host, as of `at`. Ratios are 0 to 1, noise included. */
export interface SeenSample {
  readonly serverId: string;
  readonly at: number;
  readonly cpu: number;
  /** The part of it that is system time (BigBlueSwarm looks at that alone). */
  readonly cpuSystem: number;
  readonly memory: number;
  readonly networkBytesPerSecond: number;
}

/** What every rule is told of a host before the day begins. */
export interface KnownHost {
  readonly id: string;
  readonly cores: number;
  readonly networkMbit: number;
}

/** What a rule starts with. Only the clairvoyant may look at `day`, only rules that learn at `history`. */
export interface RuleStart {
  readonly hosts: readonly KnownHost[];
  readonly day: Day;
  /** 0 up to, not including, 1; seeded. */
  readonly random: () => number;
}

/**
 * How a balancer's polls of its servers lie in time: each server at a phase of its own, one round through the whole pool at
 * any phase, or such a round begun at full minutes, as cron does.
 */
export type PollOrder = 'each-alone' | 'one-round' | 'at-full-minutes';

/**
 * A balancer's rule of choice, fed with what that balancer would see. Events come in order of time (ms of the day); a
 * method that is absent means the balancer does not look at such things.
 */
export interface Rule {
  /** How often that balancer polls each server. */
  readonly pollEveryMs: number;
  /** Absent: each server at a phase of its own. */
  readonly pollOrder?: PollOrder;
  /** Servers to try in order, best first; a balancer without retries gives one. Empty: refused. */
  rank(meeting: NewMeeting, now: number): readonly string[];
  /** A create succeeded. The clairvoyant is told what is coming by `truth`; others must not look. */
  placed?(serverId: string, meeting: NewMeeting, now: number, truth: DayMeeting): void;
  /** A create was sent to a dead server. */
  createFailed?(serverId: string, now: number, meeting: NewMeeting): void;
  /** A join was sent on to the server. */
  joined?(serverId: string, meeting: NewMeeting, now: number): void;
  /** A poll's answer, the very same list as long as nothing has changed; `undefined` when the server did not answer. */
  polled?(serverId: string, meetings: readonly SeenMeeting[] | undefined, now: number): void;
  sampled?(sample: SeenSample): void;
  /** The meeting ended and its server called back (b3lb, PILOS and bbblb listen to it). */
  ended?(serverId: string, meeting: NewMeeting, now: number): void;
  /** Whether a meeting whose server does not answer may be created anew elsewhere now. Absent: always once it failed. */
  hasGivenUp?(serverId: string, now: number): boolean;
}

/** A rule by its name in tables. */
export interface RuleKind {
  readonly name: string;
  /** own: one of our policies · peer: another balancer's · yardstick: knows what nobody can. */
  readonly family: 'own' | 'peer' | 'yardstick';
  start(given: RuleStart): Rule;
}
