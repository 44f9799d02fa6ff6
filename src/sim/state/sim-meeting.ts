/** What someone in a meeting does, as getMeetingInfo shows it. */
export interface AttendeeMedia {
  readonly isListeningOnly: boolean;
  readonly hasJoinedVoice: boolean;
  readonly hasVideo: boolean;
}

/** Someone in a meeting. */
export interface SimAttendee extends AttendeeMedia {
  /** Internal ID, `w_…`. */
  readonly userId: string;
  readonly externalUserId: string;
  readonly fullName: string;
  readonly role: 'MODERATOR' | 'VIEWER';
  readonly isPresenter: boolean;
  readonly sessionToken: string;
  readonly customData: ReadonlyMap<string, string>;
}

/** A document that came with a create or insertDocument. */
export interface SimDocument {
  readonly url: string | undefined;
  readonly name: string | undefined;
}

/** What a create call asked for. */
export interface MeetingSettings {
  readonly name: string;
  readonly attendeePassword: string;
  readonly moderatorPassword: string;
  readonly voiceBridge: string;
  readonly dialNumber: string;
  readonly durationMinutes: number;
  readonly isRecorded: boolean;
  /** Whether its events are kept though it is not recorded: analytics are made of them. */
  readonly keepsEvents: boolean;
  readonly maxUsers: number;
  readonly guestPolicy: string;
  readonly logoutUrl: string | undefined;
  /** Names in lower case, prefix dropped. */
  readonly metadata: ReadonlyMap<string, string>;
  readonly meetingEndedUrl: string | undefined;
  /** 0: never. */
  readonly expireUnjoinedMinutes: number;
  /** 0: never. */
  readonly expireEmptyMinutes: number;
  readonly breakout:
    | { readonly parentInternalId: string; readonly sequence: number; readonly isFreeJoin: boolean }
    | undefined;
}

/** A meeting of the simulated server. Only MeetingsState changes one. */
export interface SimMeeting {
  /** As clients know it. */
  readonly meetingId: string;
  /** `sha1(meetingId)-createTime`; the ID of its recording as well. */
  readonly internalId: string;
  readonly createTime: number;
  readonly settings: MeetingSettings;
  readonly attendees: ReadonlyMap<string, SimAttendee>;
  readonly documents: readonly SimDocument[];
  readonly messages: readonly { readonly userName: string; readonly text: string }[];
  /** Internal IDs of its breakout rooms. */
  readonly breakoutIds: readonly string[];
  readonly hasUserJoined: boolean;
  /** When the first one joined; 0 before. */
  readonly startTime: number;
  /** When the last one left; `undefined` while someone is in. */
  readonly emptySince: number | undefined;
  /** When it ended; 0 while it lives. */
  readonly endTime: number;
  /** Grows with every change: what was written about it before is stale. */
  readonly revision: number;
}
