import type { Logger } from '../log.js';
import { END_SLOTS, type EndSlot } from './callback-slots.js';
import type { NewCallback } from './callback.js';
import { hasRun, scopedOf, type CallbackTarget } from './callback-target.js';
import type { CallbackTargets } from './callback-targets.js';
import { endCallback, endKey, owedKey, readEndKey, untoldEnd } from './end-callback.js';
import type { AddOutcome } from './outbox.js';
import type { SetTimer } from './unref-timer.js';

/** A server's word alone ends nothing: within this time the meeting's server has been asked. */
const ASKED_WITHIN_MS = 60_000;

/** A server calls within seconds of the end, and knows best whether somebody recorded. */
const SERVER_CALLS_WITHIN_MS = 20_000;

/** A create that has no meeting after this never got one. */
const CREATED_WITHIN_MS = 3_600_000;

/** What is known of meetings; `meetings/` has the answers. */
export interface KnownMeetings {
  /** The meeting, on whichever server; `undefined` when it is not known (any more). */
  find(scopedId: string): { readonly internalMeetingId: string | undefined } | undefined;
  /** Whether a fresh poll of its server shows it; rejects when the server cannot be asked. */
  isAlive(tenantId: string, meetingId: string): Promise<boolean>;
  /** Looks for it at once. Never rejects. */
  mayHaveEnded(tenantId: string, meetingId: string): Promise<void>;
  /** True for a server that is offline or has left: it will not call. */
  isServerGone(serverId: string): boolean;
}

export interface MeetingEndsDeps {
  readonly targets: CallbackTargets;
  readonly outbox: {
    add(callback: NewCallback): Promise<AddOutcome>;
    addAll(callbacks: readonly NewCallback[]): Promise<readonly AddOutcome[]>;
    release(kind: 'end', key: string): Promise<boolean>;
    /** Takes a pending one back. */
    withdraw(kind: 'end', key: string): Promise<boolean>;
    /** True when a callback of that key was added at any time. */
    has(kind: 'end', key: string): Promise<boolean>;
    /** True for a pending one whose time has not come yet. */
    isWaiting(kind: 'end', key: string): Promise<boolean>;
  };
  readonly meetings: KnownMeetings;
  readonly now: () => number;
  /** Returns what cancels it. */
  readonly setTimer: SetTimer;
  readonly logger: Logger;
}

/**
 * Tells front ends that their meetings have ended, once for each session. What a server says waits in the outbox until
 * the meeting is known to be over, since the copy of a meeting that was moved ends without its meeting; when no server
 * says anything, Ballast does.
 */
export class MeetingEnds {
  readonly #deps: MeetingEndsDeps;
  /** By session: its end is being written that Ballast tells unless the server does before. */
  readonly #owing = new Map<string, Promise<void>>();
  #isStopped = false;
  readonly #cancels = new Map<string, () => void>();
  readonly #underWay = new Set<Promise<void>>();

  constructor(deps: MeetingEndsDeps) {
    this.#deps = deps;
  }

  /**
   * A server called about the end of this session, or of the one before it with the same token. In the outbox when it
   * resolves. What differs from what is there differs in the marks alone: it is known.
   */
  async arrived(target: CallbackTarget, slot: EndSlot, recordingMarks: boolean): Promise<'added' | 'known'> {
    const { outbox, meetings, now } = this.#deps;
    if (await this.#isLate(target, slot, recordingMarks)) return 'added';
    const isOver = target.endedAt !== undefined;
    const callback = endCallback(target, slot, recordingMarks, now() + (isOver ? 0 : ASKED_WITHIN_MS));
    if (callback === undefined) return 'known';
    const outcome = await this.#addOnce(callback);
    if (isOver) return outcome;
    // It may have ended while this was written, before there was anything to release.
    if (this.#deps.targets.peek(target.id)?.endedAt !== undefined) await outbox.release('end', callback.key);
    else this.#run(meetings.mayHaveEnded(target.tenantId, target.meetingId));
    return outcome;
  }

  /** The session of a meeting is over. After a stop it is found out at the next start. Never rejects. */
  ended(meeting: { readonly scopedId: string; readonly serverId: string }): void {
    if (this.#isStopped) return;
    this.#run(this.#ended(meeting.scopedId, this.#deps.meetings.isServerGone(meeting.serverId)));
  }

  /** A session has ended whose target now is another one's. Never rejects. */
  replaced(before: CallbackTarget): void {
    const session = timerOf(before);
    const owing = this.#add(before, this.#deps.now() + SERVER_CALLS_WITHIN_MS, owedKey).finally(() =>
      this.#owing.delete(session),
    );
    this.#owing.set(session, owing);
    this.#run(owing);
  }

  /** Whether an end may go out now. Rejects when that cannot be known yet. */
  async beforeDelivery({ key }: { readonly key: string }): Promise<'deliver' | 'withdraw'> {
    const { targets, meetings } = this.#deps;
    const { id, session } = readEndKey(key);
    const target = await targets.find(id);
    if (target === undefined || String(target.session) !== session || target.endedAt !== undefined)
      return 'deliver';
    const isAlive = await meetings.isAlive(target.tenantId, target.meetingId);
    return isAlive ? 'withdraw' : 'deliver';
  }

  /** Takes up what a cut run has left, and what was never told for whatever reason. Never rejects. */
  sweep(): void {
    if (this.#isStopped) return;
    const { targets, meetings, now } = this.#deps;
    for (const target of targets.open()) {
      const scopedId = scopedOf(target);
      if (target.endedAt !== undefined) {
        if (!this.#cancels.has(timerOf(target))) this.#tellIn(target, SERVER_CALLS_WITHIN_MS);
        continue;
      }
      const meeting = meetings.find(scopedId);
      if (targets.isCurrent(target) && meeting !== undefined) {
        // What a create was answered right before a cut may not have been written.
        const { internalMeetingId } = meeting;
        if (!hasRun(target) && internalMeetingId !== undefined) targets.settle(target.id, internalMeetingId);
      } else if (targets.isCurrent(target) && hasRun(target)) this.#run(this.#ended(scopedId, false));
      else if (target.createdAt < now() - CREATED_WITHIN_MS) {
        if (hasRun(target)) this.#run(targets.update({ ...target, endedAt: now(), toldAt: now() }));
        else targets.discard(target.id);
      }
    }
  }

  /** Ends that wait for a server's call are told of after the next start. */
  async stop(): Promise<void> {
    this.#isStopped = true;
    for (const cancel of this.#cancels.values()) cancel();
    this.#cancels.clear();
    while (this.#underWay.size > 0) await Promise.all(this.#underWay);
  }

  async #ended(scopedId: string, isServerGone: boolean): Promise<void> {
    const { targets, outbox } = this.#deps;
    const target = await targets.end(scopedId);
    if (target === undefined) return;
    const slots = END_SLOTS.filter((slot) => target.urls[slot] !== undefined);
    const released = await Promise.all(slots.map((slot) => outbox.release('end', endKey(target, slot))));
    if (released.every((isDue) => isDue)) await targets.told(target);
    else this.#tellIn(target, isServerGone ? 0 : SERVER_CALLS_WITHIN_MS);
  }

  /**
   * A room is often created again at once, and the call about the session before comes after that: it is what the server
   * knows of it, and takes the place of what Ballast would have told. False when no such call is waited for.
   */
  async #isLate(target: CallbackTarget, slot: EndSlot, recordingMarks: boolean): Promise<boolean> {
    if (target.session === 0) return false;
    const { outbox, now } = this.#deps;
    const before = { ...target, session: target.session - 1 };
    await this.#owing.get(timerOf(before))?.catch(() => undefined);
    const key = endKey(before, slot);
    if (!(await outbox.isWaiting('end', owedKey(key)))) return false;
    const callback = endCallback(before, slot, recordingMarks, now());
    // Where the server had called in time, this call is of the session that runs.
    if (callback === undefined || (await this.#addOnce(callback)) === 'known') return false;
    // Cut between the two, it is told twice and not never.
    await outbox.withdraw('end', owedKey(key));
    return true;
  }

  #tellIn(target: CallbackTarget, ms: number): void {
    if (this.#isStopped) return;
    const timer = timerOf(target);
    this.#cancels.get(timer)?.();
    const cancel = this.#deps.setTimer(() => {
      this.#cancels.delete(timer);
      this.#run(this.#tell(target));
    }, ms);
    this.#cancels.set(timer, cancel);
  }

  async #tell(target: CallbackTarget): Promise<void> {
    const { targets, now } = this.#deps;
    const held = targets.peek(target.id);
    // Found to go on after all: what was closed had been answered to a create meanwhile.
    if (held?.session === target.session && held.endedAt === undefined) return;
    await this.#add(target, now());
    await targets.told(target);
  }

  /** What no server has told of. */
  async #add(target: CallbackTarget, dueAt: number, named = (key: string): string => key): Promise<void> {
    const { outbox } = this.#deps;
    const untold: NewCallback[] = [];
    for (const callback of untoldEnd(target, dueAt)) {
      const { key } = callback;
      if ((await outbox.has('end', key)) || (await outbox.has('end', owedKey(key)))) continue;
      untold.push({ ...callback, key: named(key) });
    }
    await outbox.addAll(untold);
  }

  async #addOnce(callback: NewCallback): Promise<'added' | 'known'> {
    const { outbox } = this.#deps;
    if (await outbox.has('end', callback.key)) return 'known';
    return (await outbox.add(callback)) === 'added' ? 'added' : 'known';
  }

  #run(work: Promise<void>): void {
    const done = work
      .catch((error: unknown) => {
        this.#deps.logger.error('the end of a meeting could not be told yet', { error });
      })
      .finally(() => this.#underWay.delete(done));
    this.#underWay.add(done);
  }
}

function timerOf({ id, session }: CallbackTarget): string {
  return `${id}:${session}`;
}
