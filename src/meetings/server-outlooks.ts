import type { PolledMeeting } from '../bbb/polled-meeting.js';
import type { LoadModel } from '../placement/learning/load-model.js';
import type { RoomHabits } from '../placement/learning/room-habits.js';
import { mediaOf, NO_MEDIA } from '../placement/media.js';
import { outlookOf, sumOfOutlooks, type OngoingMeeting, type PeopleOutlook } from '../placement/outlook.js';
import type { PooledServer, ServerPoll } from '../pool/server.js';
import type { EventCounts } from './event-counts.js';
import type { JoinBook } from './join-book.js';
import type { MeetingDirectory } from './meeting-directory.js';
import type { ChangeCount } from './meeting-index.js';
import type { Meeting } from './meeting.js';

export interface ServerOutlooksDeps {
  readonly directory: MeetingDirectory;
  readonly joins: JoinBook;
  readonly events: Pick<EventCounts, 'netSince' | 'netOn'>;
  readonly habits: Pick<RoomHabits, 'expect'>;
  readonly model: Pick<LoadModel, 'personWeight'>;
  /** `placement.ramp`. */
  readonly rampMs: number;
}

/** People to come and to go on one server. */
export interface ServerOutlook {
  readonly outlook: PeopleOutlook;
  /** Claims that the newest poll does not show. */
  readonly unseenMeetings: number;
  /** People who came since the newest poll, less those who went, as the server told. */
  readonly unseenAttendees: number;
}

/** One meeting's part of an outlook, and the claim it was made for. */
interface Part {
  readonly outlook: PeopleOutlook;
  readonly claimedAt: number;
  readonly expectedAttendees: number;
}

interface Made extends ServerOutlook {
  /** By scoped ID. */
  readonly parts: ReadonlyMap<string, Part>;
}

/** An outlook, and all that tells how long it serves. */
export interface KeptOutlook extends Made {
  readonly poll: ServerPoll | undefined;
  readonly claims: Readonly<ChangeCount>;
  readonly claimsThen: number;
  readonly joins: Readonly<ChangeCount>;
  readonly joinsThen: number;
  readonly madeAt: number;
}

/** A forecast serves for this part of a ramp (15 s at the default); longer than a poll interval, whose end renews it. */
const SERVES_RAMPS = 1 / 60;

/** With joins sent meanwhile it serves for this part only (5 s): joins come by the hundred and each says little. */
const SERVES_WITH_JOINS_RAMPS = 1 / 180;

/**
 * The outlook of each server, kept until its poll, its claims or its joins change or it is some seconds old: forecasting
 * thousands of meetings at each create would take longer than the rest of the create.
 */
export class ServerOutlooks {
  readonly #deps: ServerOutlooksDeps;
  readonly #kept = new Map<string, KeptOutlook>();
  /** Lengths of sessions like this one, as they were known when it was claimed. */
  readonly #durations = new WeakMap<Meeting, readonly number[]>();

  constructor(deps: ServerOutlooksDeps) {
    this.#deps = deps;
  }

  /** The outlook of a server at `now`, or some seconds before. */
  of(server: PooledServer, now: number): KeptOutlook {
    const { directory, joins } = this.#deps;
    const { definition, poll } = server;
    const kept = this.#kept.get(definition.id);
    if (kept !== undefined && kept.poll === poll && this.#isFresh(kept, now)) {
      if (kept.claims.count === kept.claimsThen) return kept;
      // Only what was claimed or ended is made anew: a burst of creates changes one meeting at a time.
      const claimsThen = kept.claims.count;
      const changed = { ...kept, ...this.#make(server, now, kept.parts), claimsThen };
      this.#kept.set(definition.id, changed);
      return changed;
    }
    const claims = directory.changesOn(definition.id);
    const sent = joins.changesOn(definition.id);
    const since = { claims, claimsThen: claims.count, joins: sent, joinsThen: sent.count };
    const made = { ...this.#make(server, now), ...since, poll, madeAt: now };
    this.#kept.set(definition.id, made);
    return made;
  }

  /** Whether `of` would answer the same for a server whose poll is the same. */
  serves(kept: KeptOutlook, now: number): boolean {
    return kept.claims.count === kept.claimsThen && this.#isFresh(kept, now);
  }

  /** Forgets a server that has left the pool. */
  forget(serverId: string): void {
    this.#kept.delete(serverId);
  }

  #isFresh({ madeAt, joins, joinsThen }: KeptOutlook, now: number): boolean {
    const ageMs = now - madeAt;
    const servesRamps = joins.count === joinsThen ? SERVES_RAMPS : SERVES_WITH_JOINS_RAMPS;
    // A clock that was set back makes everything anew.
    return ageMs >= 0 && ageMs < servesRamps * this.#deps.rampMs;
  }

  #make(server: PooledServer, now: number, before?: ReadonlyMap<string, Part>): Made {
    const { directory, rampMs } = this.#deps;
    const { definition, poll } = server;
    const inBreakouts = poll === undefined ? NO_BREAKOUTS : peopleInBreakouts(poll);
    const parts = new Map<string, Part>();
    let unseenMeetings = 0;
    for (const meeting of directory.onServer(definition.id)) {
      // Its people are being sent away.
      if (meeting.endRequestedAt !== undefined) continue;
      const { scopedId, claimedAt, expectedAttendees } = meeting;
      if (poll?.meetings.has(scopedId) !== true) unseenMeetings += 1;
      const known = before?.get(scopedId);
      const isSame = known?.claimedAt === claimedAt && known.expectedAttendees === expectedAttendees;
      parts.set(scopedId, isSame ? known : this.#part(meeting, poll, inBreakouts, now));
    }
    const strangers: OngoingMeeting[] = [];
    for (const copy of poll?.meetings.values() ?? []) {
      if (copy.isBreakout && inBreakouts.has(copy.parentMeetingId ?? '')) continue;
      if (directory.byScopedId(copy.meetingId)?.serverId === definition.id) continue;
      strangers.push(...this.#stranger(copy, server, peopleOf(copy, inBreakouts), now));
    }
    const outlook = sumOfOutlooks([
      outlookOf(strangers, rampMs),
      ...Array.from(parts.values(), ({ outlook: part }) => part),
    ]);
    const unseenAttendees = this.#deps.events.netOn(definition.id, poll?.startedAt ?? -Infinity);
    return { outlook, unseenMeetings, unseenAttendees, parts };
  }

  #part(
    meeting: Meeting,
    poll: ServerPoll | undefined,
    inBreakouts: ReadonlyMap<string, number>,
    now: number,
  ): Part {
    const { joins, events, model, rampMs } = this.#deps;
    const { scopedId, serverId, expectedAttendees, claimedAt } = meeting;
    const polled = poll?.meetings.get(scopedId);
    const since = poll?.startedAt ?? -Infinity;
    const sent = joins.countSince(serverId, scopedId, since);
    const net = events.netSince(serverId, scopedId, since);
    const ongoing: OngoingMeeting = {
      expectedAttendees,
      countedAttendees: Math.max(0, peopleOf(polled, inBreakouts) + sent + net),
      ageMs: now - claimedAt,
      durationsMs: this.#durationsOf(meeting),
      personWeight: model.personWeight(polled === undefined ? NO_MEDIA : mediaOf(polled)),
    };
    return { outlook: outlookOf([ongoing], rampMs), claimedAt, expectedAttendees };
  }

  /** People that Ballast did not send there sit in a meeting all the same, and leave it as others do. */
  #stranger(
    copy: PolledMeeting,
    { clockSkewMs }: PooledServer,
    people: number,
    now: number,
  ): readonly OngoingMeeting[] {
    const { meetingId, createTime, hasBeenForciblyEnded } = copy;
    if (people === 0 || hasBeenForciblyEnded) return [];
    const { habits, model, rampMs } = this.#deps;
    const startedAt = createTime === undefined ? now - rampMs : createTime - (clockSkewMs ?? 0);
    const { durationsMs } = habits.expect({ tenantId: 'default', meetingId, at: startedAt });
    const counted = { expectedAttendees: people, countedAttendees: people, ageMs: now - startedAt };
    return [{ ...counted, durationsMs, personWeight: model.personWeight(mediaOf(copy)) }];
  }

  #durationsOf(meeting: Meeting): readonly number[] {
    const known = this.#durations.get(meeting);
    if (known !== undefined) return known;
    const { tenantId, meetingId, claimedAt } = meeting;
    const { durationsMs } = this.#deps.habits.expect({ tenantId, meetingId, at: claimedAt });
    // What is learnt later, from this room's other sessions, comes with the next claim.
    this.#durations.set(meeting, durationsMs);
    return durationsMs;
  }
}

const NO_BREAKOUTS: ReadonlyMap<string, number> = new Map();

/** By internal ID of a parent that is on the server too: people in its breakout rooms, who go back to it. */
function peopleInBreakouts({ meetings }: ServerPoll): ReadonlyMap<string, number> {
  const people = new Map<string, number>();
  for (const { isBreakout, parentMeetingId, attendees } of meetings.values()) {
    if (!isBreakout || parentMeetingId === undefined) continue;
    people.set(parentMeetingId, (people.get(parentMeetingId) ?? 0) + attendees);
  }
  if (people.size === 0) return people;
  const there = new Set([...meetings.values()].map(({ internalMeetingId }) => internalMeetingId));
  for (const parent of people.keys()) if (!there.has(parent)) people.delete(parent);
  return people;
}

/** BBB counts who is in a breakout room in the parent as well, unless they have left that: each counts once. */
function peopleOf(meeting: PolledMeeting | undefined, inBreakouts: ReadonlyMap<string, number>): number {
  if (meeting === undefined) return 0;
  return Math.max(meeting.attendees, inBreakouts.get(meeting.internalMeetingId) ?? 0);
}
