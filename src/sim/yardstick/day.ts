/** One simulated host of a day. */
export interface DayHost {
  readonly id: string;
  readonly cores: number;
  /** How fast a core is against the usual one; the rules are not told. */
  readonly coreSpeed: number;
  readonly memoryGiB: number;
  readonly networkMbit: number;
}

/** One person of a planned meeting. Times are ms of the day. */
export interface DayAttendee {
  readonly arrivesAt: number;
  readonly leavesAt: number;
  readonly media: 'listening' | 'voice' | 'video';
}

/** One meeting of a day, as it will be: what a rule may know of it is in `NewMeeting`. */
export interface DayMeeting {
  readonly tenantId: string;
  readonly meetingId: string;
  readonly createdAt: number;
  readonly endsAt: number;
  /** In order of arrival. */
  readonly attendees: readonly DayAttendee[];
  /** CPU of its people against the usual (screen sharing, cameras that all watch, whiteboards): a habit of the room. */
  readonly weight: number;
  /** What the front end says of its size, where it does. */
  readonly sizeHint: number | undefined;
}

/** Something on a host that is no meeting: recording processing, a backup. `cpu` is a share of the whole host. */
export interface BackgroundJob {
  readonly serverId: string;
  readonly from: number;
  readonly until: number;
  readonly cpu: number;
}

/** A time in which a host is dead, or in which samples do not arrive (of one host, or of all). */
export interface DayFault {
  readonly kind: 'server-dead' | 'samples-lost';
  readonly serverId: string | undefined;
  readonly from: number;
  readonly until: number;
}

/** A session that ended before the day began: what a balancer with a memory may have learnt from. */
export interface PastSession {
  readonly tenantId: string;
  readonly meetingId: string;
  readonly startedAt: number;
  readonly endedAt: number;
  readonly maxAttendees: number;
}

/** Everything that will happen on a day; the same seed makes the same day. Times are ms, 0 is the day's midnight. */
export interface Day {
  readonly name: string;
  readonly seed: number;
  readonly from: number;
  readonly until: number;
  readonly hosts: readonly DayHost[];
  /** In order of `createdAt`. */
  readonly meetings: readonly DayMeeting[];
  readonly jobs: readonly BackgroundJob[];
  readonly faults: readonly DayFault[];
  /** Oldest first, times below `from` (negative for days before). */
  readonly history: readonly PastSession[];
}

/** Makes a day of a kind. */
export interface DayKind {
  readonly name: string;
  /** One line for a person: what is hard about it. */
  readonly about: string;
  make(seed: number): Day;
}
