import { createHash, randomBytes } from 'node:crypto';
import { isOver } from './is-over.js';
import { meetingLoad, type MeetingLoad } from './meeting-load.js';
import type { AttendeeMedia, MeetingSettings, SimAttendee, SimDocument, SimMeeting } from './sim-meeting.js';

type Mutable<T> = { -readonly [K in keyof T]: T[K] };
type LiveMeeting = Mutable<Omit<SimMeeting, 'attendees' | 'documents' | 'messages' | 'breakoutIds'>> & {
  readonly attendees: Map<string, SimAttendee>;
  readonly documents: SimDocument[];
  readonly messages: { readonly userName: string; readonly text: string }[];
  readonly breakoutIds: string[];
};

const SWEEP_MS = 50;

/** Someone who comes in. */
export interface NewAttendee extends Partial<AttendeeMedia> {
  readonly fullName: string;
  readonly role: 'MODERATOR' | 'VIEWER';
  readonly externalUserId?: string | undefined;
  readonly customData?: ReadonlyMap<string, string> | undefined;
}

/** What MeetingsState is made of. */
export interface MeetingsStateOptions {
  /** The server's clock, skew included. */
  readonly now: () => number;
  /** An ended meeting stays listed for this long (it is "forcibly ended" meanwhile). */
  readonly endLagMs: number;
  readonly onEnded: (meeting: SimMeeting) => void;
  /** Told of what webhooks tell of, the end apart. */
  readonly onCreated?: ((meeting: SimMeeting) => void) | undefined;
  readonly onJoined?: ((meeting: SimMeeting, attendee: SimAttendee) => void) | undefined;
  readonly onLeft?: ((meeting: SimMeeting, attendee: SimAttendee) => void) | undefined;
}

/** The meetings of a simulated server: everything bbb-web would keep in memory. */
export class MeetingsState {
  readonly #options: MeetingsStateOptions;
  readonly #meetings = new Map<string, LiveMeeting>();
  /** The newest meeting of each external ID. */
  readonly #current = new Map<string, LiveMeeting>();
  readonly #sessions = new Map<string, { readonly meeting: LiveMeeting; readonly userId: string }>();
  #revision = 0;
  /** Newest createTime of each external ID. */
  readonly #createTimes = new Map<string, number>();
  #sweptAt = -Infinity;

  constructor(options: MeetingsStateOptions) {
    this.#options = options;
  }

  /** Grows with every change of any meeting. */
  get revision(): number {
    return this.#revision;
  }

  /** All meetings that are still listed, in order of creation. */
  list(): readonly SimMeeting[] {
    this.expire();
    return [...this.#meetings.values()];
  }

  /** The listed meeting of an external ID, also while it is ending. */
  find(meetingId: string): SimMeeting | undefined {
    this.expire();
    return this.#current.get(meetingId);
  }

  /** The listed meeting of an internal ID. */
  findInternal(internalId: string): SimMeeting | undefined {
    this.expire();
    return this.#meetings.get(internalId);
  }

  /** Whether a meeting uses this voice bridge. */
  hasVoiceBridge(bridge: string): boolean {
    return [...this.#meetings.values()].some(({ settings }) => settings.voiceBridge === bridge);
  }

  /** Whose session a token is, while both meeting and attendee are there. */
  session(token: string): { meeting: SimMeeting; attendee: SimAttendee } | undefined {
    this.expire();
    const entry = this.#sessions.get(token);
    const attendee = entry?.meeting.attendees.get(entry.userId);
    return entry && attendee && entry.meeting.endTime === 0
      ? { meeting: entry.meeting, attendee }
      : undefined;
  }

  /** Makes a meeting, whatever exists under the ID. Breakout rooms bring their internal ID along. */
  create(meetingId: string, settings: MeetingSettings, internalId?: string): SimMeeting {
    // Two meetings of one ID within a millisecond would otherwise share their internal ID.
    const createTime = Math.max(this.#options.now(), (this.#createTimes.get(meetingId) ?? 0) + 1);
    this.#createTimes.set(meetingId, createTime);
    const meeting: LiveMeeting = {
      meetingId,
      internalId: internalId ?? `${createHash('sha1').update(meetingId).digest('hex')}-${createTime}`,
      createTime,
      settings,
      attendees: new Map(),
      documents: [],
      messages: [],
      breakoutIds: [],
      hasUserJoined: false,
      startTime: 0,
      emptySince: createTime,
      endTime: 0,
      revision: 0,
    };
    this.#meetings.set(meeting.internalId, meeting);
    this.#current.set(meetingId, meeting);
    const parent = settings.breakout && this.#meetings.get(settings.breakout.parentInternalId);
    if (parent) {
      parent.breakoutIds.push(meeting.internalId);
      this.#touch(parent);
    }
    this.#touch(meeting);
    this.#options.onCreated?.(meeting);
    return meeting;
  }

  /** Lets someone in; the first moderator (or the first at all) presents. */
  join(meeting: SimMeeting, attendee: NewAttendee): SimAttendee {
    const live = this.#live(meeting);
    const userId = `w_${randomBytes(6).toString('hex')}`;
    const hasVoice = attendee.hasJoinedVoice ?? false;
    const entry: SimAttendee = {
      userId,
      externalUserId:
        attendee.externalUserId === undefined || attendee.externalUserId === ''
          ? userId
          : attendee.externalUserId,
      fullName: attendee.fullName,
      role: attendee.role,
      isPresenter: live.attendees.size === 0,
      isListeningOnly: attendee.isListeningOnly ?? false,
      hasJoinedVoice: hasVoice,
      hasVideo: attendee.hasVideo ?? false,
      sessionToken: randomBytes(8).toString('hex'),
      customData: attendee.customData ?? new Map<string, string>(),
    };
    live.attendees.set(userId, entry);
    this.#sessions.set(entry.sessionToken, { meeting: live, userId });
    if (!live.hasUserJoined) live.startTime = this.#options.now();
    live.hasUserJoined = true;
    live.emptySince = undefined;
    this.#touch(live);
    this.#options.onJoined?.(live, entry);
    return entry;
  }

  /** Somebody goes. */
  leave(meeting: SimMeeting, userId: string): void {
    const live = this.#live(meeting);
    const attendee = live.attendees.get(userId);
    if (!attendee) return;
    live.attendees.delete(userId);
    this.#sessions.delete(attendee.sessionToken);
    if (live.attendees.size === 0) live.emptySince = this.#options.now();
    this.#touch(live);
    this.#options.onLeft?.(live, attendee);
  }

  /** Sets the number of people directly: joins or removes as many as are missing or too many. */
  setAttendees(meeting: SimMeeting, count: number, media: Partial<AttendeeMedia> = {}): void {
    for (let index = meeting.attendees.size; index < count; index++) {
      this.join(meeting, {
        fullName: `Attendee ${index + 1}`,
        role: index === 0 ? 'MODERATOR' : 'VIEWER',
        isListeningOnly: true,
        ...media,
      });
    }
    for (const userId of [...meeting.attendees.keys()].slice(count)) this.leave(meeting, userId);
  }

  addDocuments(meeting: SimMeeting, documents: readonly SimDocument[]): void {
    this.#live(meeting).documents.push(...documents);
  }

  addMessage(meeting: SimMeeting, userName: string, text: string): void {
    this.#live(meeting).messages.push({ userName, text });
  }

  /** Ends a meeting and its breakout rooms; it leaves the lists at once, or after `endLagMs`. */
  end(meeting: SimMeeting): void {
    const live = this.#live(meeting);
    if (live.endTime !== 0) return;
    for (const breakoutId of live.breakoutIds) {
      const breakout = this.#meetings.get(breakoutId);
      if (breakout) this.end(breakout);
    }
    live.endTime = this.#options.now();
    for (const attendee of live.attendees.values()) this.#sessions.delete(attendee.sessionToken);
    this.#touch(live);
    this.#options.onEnded({ ...live, attendees: new Map(live.attendees) });
    live.attendees.clear();
    if (this.#options.endLagMs === 0) this.#remove(live);
  }

  /** Applies what the clock brings: expiry of unjoined and empty meetings, durations, ends that have settled. */
  expire(): void {
    const now = this.#options.now();
    // Thousands of calls a second ask; what they look at is minutes away.
    if (Math.abs(now - this.#sweptAt) < SWEEP_MS) return;
    this.#sweptAt = now;
    for (const meeting of this.#meetings.values()) {
      if (meeting.endTime !== 0) {
        if (now - meeting.endTime >= this.#options.endLagMs) this.#remove(meeting);
      } else if (isOver(meeting, now)) this.end(meeting);
    }
  }

  /** The sums over all meetings, for the simulated host. */
  load(): MeetingLoad {
    return meetingLoad(this.#meetings.values());
  }

  /** As after a restart of the host: nothing is left, nothing is recorded, no callback is made. */
  forgetAll(): void {
    this.#meetings.clear();
    this.#current.clear();
    this.#sessions.clear();
    this.#revision++;
  }

  #remove(meeting: LiveMeeting): void {
    this.#meetings.delete(meeting.internalId);
    if (this.#current.get(meeting.meetingId) === meeting) this.#current.delete(meeting.meetingId);
    this.#revision++;
  }

  #live(meeting: SimMeeting): LiveMeeting {
    const live = this.#meetings.get(meeting.internalId);
    if (!live) throw new Error(`simulated meeting ${meeting.internalId} is gone`);
    return live;
  }

  #touch(meeting: LiveMeeting): void {
    meeting.revision++;
    this.#revision++;
  }
}
