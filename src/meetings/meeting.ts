/**
 * The claim of a meeting: one row, unique on (tenantId, meetingId), written before the create goes out.
 * claimed: a create is under way or was cut · running: a server answered SUCCESS, or the meeting was found on it.
 */
export interface Meeting {
  readonly tenantId: string;
  /** As the front end writes it. */
  readonly meetingId: string;
  /** As BBB knows it: with the tenant's scope. */
  readonly scopedId: string;
  readonly serverId: string;
  readonly state: 'claimed' | 'running';
  /** People expected, from the size hint or the default; what the reservation is made of. */
  readonly expectedAttendees: number;
  /** Ballast's clock, ms since 1970, when this server was claimed (again at each move). */
  readonly claimedAt: number;
  readonly internalMeetingId: string | undefined;
  /** BBB's createTime in ms, as answered to the create. */
  readonly createTime: number | undefined;
  /** The meeting once ran on another server: join drops a createTime that belongs to that copy. */
  readonly wasMoved: boolean;
  /** An `end` was sent at this time: a create may find it gone. */
  readonly endRequestedAt: number | undefined;
}

/** A copy of a meeting that may exist on a server without being wanted there; ended when that server answers again. */
export interface Orphan {
  readonly serverId: string;
  readonly scopedId: string;
  readonly notedAt: number;
  /** ended and panic: to be ended whoever is in it; the others only while nobody is, or fewer than in the wanted copy. */
  readonly cause: 'timeout' | 'moved' | 'ended' | 'panic';
}

/** What is left of an ended meeting: learnt sizes and durations come from here. */
export interface MeetingHistory {
  readonly tenantId: string;
  readonly meetingId: string;
  readonly serverId: string;
  readonly startedAt: number;
  readonly endedAt: number;
  readonly maxAttendees: number;
  /** A part of it ran elsewhere, or its server was lost: how long it lasted is not known. */
  readonly wasMoved: boolean;
}

/** Where claims are kept. Every method is one transaction. */
export interface MeetingStore {
  /** Everything that is claimed or running; read once at start. */
  listMeetings(): Promise<readonly Meeting[]>;
  findMeeting(tenantId: string, meetingId: string): Promise<Meeting | undefined>;
  /** Inserts the claim, or returns the row that was there first, untouched. */
  claimMeeting(claim: Meeting): Promise<{ readonly won: boolean; readonly meeting: Meeting }>;
  /** Replaces the row of the same key; false when it is gone or its serverId is no longer `expectedServerId`. */
  updateMeeting(meeting: Meeting, expectedServerId: string): Promise<boolean>;
  /** Deletes the row if it is still on that server, and writes its history in the same transaction when given. */
  closeMeeting(meeting: Meeting, history?: MeetingHistory): Promise<void>;
  listOrphans(): Promise<readonly Orphan[]>;
  /** Inserts or replaces the note of (serverId, scopedId). */
  noteOrphan(orphan: Orphan): Promise<void>;
  removeOrphan(serverId: string, scopedId: string): Promise<void>;
}
