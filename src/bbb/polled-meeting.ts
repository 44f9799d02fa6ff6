/** One meeting as a server's getMeetings reports it. IDs are the server's, thus with the tenant's scope. */
export interface PolledMeeting {
  readonly meetingId: string;
  readonly internalMeetingId: string;
  readonly name: string;
  /** Milliseconds since 1970, by the server's clock; `undefined` when the server did not say. */
  readonly createTime: number | undefined;
  readonly isRunning: boolean;
  readonly isBreakout: boolean;
  /** Internal ID of the parent of a breakout room. */
  readonly parentMeetingId: string | undefined;
  readonly hasBeenForciblyEnded: boolean;
  /** participantCount. Someone in a breakout room is counted there and, by BBB, in the parent as well. */
  readonly attendees: number;
  readonly listeners: number;
  readonly voice: number;
  readonly video: number;
  readonly maxUsers: number;
  /** Needed to end a meeting on servers that still check it; held in memory only, never logged. */
  readonly moderatorPassword: string | undefined;
  /** The `<meeting>…</meeting>` element as the server wrote it: a view into the answer's bytes. */
  readonly xml: Buffer;
}
