import { type ChangeCount, keyOf, MeetingIndex } from './meeting-index.js';
import type { Meeting, MeetingHistory, MeetingStore, Orphan } from './meeting.js';

/** How long a closed ID is remembered: longer than any poll is under way. */
const CLOSED_KEPT_MS = 600_000;

/** What became of a claim: won, or the row that was there first. */
export interface ClaimOutcome {
  readonly won: boolean;
  readonly meeting: Meeting;
}

/**
 * All claimed and running meetings and all orphan notes, in memory. Reads never wait. A claim counts in memory from the
 * instant it is made, so that the next placement sees it, and stands once the store has it.
 */
export class MeetingDirectory {
  readonly #store: MeetingStore;
  readonly #index = new MeetingIndex();
  readonly #orphans = new Map<string, Map<string, Orphan>>();
  readonly #closedAt = new Map<string, number>();
  /** By key: the last write under way. */
  readonly #writes = new Map<string, Promise<void>>();
  /** Keys of which a write under way failed, or found another row than memory had: the last write looks at the store. */
  readonly #doubted = new Set<string>();
  readonly #now: () => number;
  #onEnded: ((meeting: Meeting) => void) | undefined;

  private constructor(store: MeetingStore, now: () => number) {
    this.#store = store;
    this.#now = now;
  }

  static async load(store: MeetingStore, now: () => number): Promise<MeetingDirectory> {
    const directory = new MeetingDirectory(store, now);
    for (const meeting of await store.listMeetings()) directory.#index.put(meeting);
    for (const orphan of await store.listOrphans()) directory.#putOrphan(orphan);
    return directory;
  }

  /**
   * Told of each session that is over, once that stands in the store: its row was closed, or now is of another session on
   * the same server. A meeting that moves goes on.
   */
  onEnded(listener: (meeting: Meeting) => void): void {
    this.#onEnded = listener;
  }

  get(tenantId: string, meetingId: string): Meeting | undefined {
    return this.#index.get(tenantId, meetingId);
  }

  byScopedId(scopedId: string): Meeting | undefined {
    return this.#index.byScopedId(scopedId);
  }

  onServer(serverId: string): readonly Meeting[] {
    return this.#index.onServer(serverId);
  }

  /** Changes of the meetings on a server, ever; the same live value at each call, so that it can be kept at hand. */
  changesOn(serverId: string): Readonly<ChangeCount> {
    return this.#index.changesOn(serverId);
  }

  hasMeetingsOn(serverId: string): boolean {
    return this.#index.hasAnyOn(serverId);
  }

  all(): IterableIterator<Meeting> {
    return this.#index.all();
  }

  countOfTenant(tenantId: string): number {
    return this.#index.countOfTenant(tenantId);
  }

  /** Claims an ID that is unknown here; counted at once, undone when the store refuses or another was first there. */
  async claim(claim: Meeting): Promise<ClaimOutcome> {
    const here = this.#held(claim);
    if (here !== undefined) return { won: false, meeting: here };
    this.#index.put(claim);
    return await this.#inOrder(claim, async () => {
      try {
        const outcome = await this.#store.claimMeeting(claim);
        if (!outcome.won) {
          if (this.#held(claim) === claim) this.#index.put(outcome.meeting);
          this.#doubt(claim);
        }
        return outcome;
      } catch (error) {
        if (this.#held(claim) === claim) this.#index.drop(claim);
        throw error;
      }
    });
  }

  /**
   * Replaces the row `from`, as it was read here; false when it was changed or closed meanwhile: nothing is done then,
   * and memory follows the store. An `orphan` given is noted before the row moves: cut in between, the copy left behind
   * is looked after all the same. Memory changes within this tick.
   */
  async update(from: Meeting, to: Meeting, orphan?: Orphan): Promise<boolean> {
    if (this.#held(from) !== from) return false;
    this.#index.put(to);
    if (orphan !== undefined) this.#putOrphan(orphan);
    return await this.#inOrder(to, async () => {
      try {
        if (orphan !== undefined) await this.#store.noteOrphan(orphan);
        const isUpdated = await this.#store.updateMeeting(to, from.serverId);
        if (!isUpdated) this.#doubt(to);
        else if (isOtherSession(from, to)) this.#onEnded?.(from);
        return isUpdated;
      } catch (error) {
        if (this.#held(to) === to) this.#index.put(from);
        throw error;
      }
    });
  }

  /** Forgets a row that is still on its server, and writes its history when given. The ID is free within this tick. */
  async close(meeting: Meeting, history?: MeetingHistory): Promise<void> {
    this.#rememberClosed(meeting.scopedId);
    const held = this.#held(meeting);
    const isHere = held?.serverId === meeting.serverId;
    if (isHere) this.#index.drop(meeting);
    await this.#inOrder(meeting, async () => {
      try {
        await this.#store.closeMeeting(meeting, history);
        if (isHere && (held.state === 'running' || held.wasMoved)) this.#onEnded?.(held);
      } catch (error) {
        if (isHere && this.#held(meeting) === undefined) this.#index.put(held);
        throw error;
      }
    });
  }

  /** True when a meeting of that ID was closed at or after that time: a poll begun before still shows it. */
  wasClosedSince(scopedId: string, since: number): boolean {
    return (this.#closedAt.get(scopedId) ?? -Infinity) >= since;
  }

  orphansOn(serverId: string): readonly Orphan[] {
    return [...(this.#orphans.get(serverId)?.values() ?? [])];
  }

  orphan(serverId: string, scopedId: string): Orphan | undefined {
    return this.#orphans.get(serverId)?.get(scopedId);
  }

  get orphanCount(): number {
    let count = 0;
    for (const orphans of this.#orphans.values()) count += orphans.size;
    return count;
  }

  async noteOrphan(orphan: Orphan): Promise<void> {
    this.#putOrphan(orphan);
    await this.#store.noteOrphan(orphan);
  }

  async removeOrphan(serverId: string, scopedId: string): Promise<void> {
    if (this.#orphans.get(serverId)?.delete(scopedId) !== true) return;
    await this.#store.removeOrphan(serverId, scopedId);
  }

  #held({ tenantId, meetingId }: Meeting): Meeting | undefined {
    return this.#index.get(tenantId, meetingId);
  }

  /** Writes of one row reach the store in the order in which memory changed, whatever the store makes of two at once. */
  async #inOrder<Result>(meeting: Meeting, write: () => Promise<Result>): Promise<Result> {
    const key = keyOf(meeting.tenantId, meeting.meetingId);
    const before = this.#writes.get(key);
    const written = before === undefined ? write() : before.then(write);
    const isLast = (): boolean => this.#writes.get(key) === ended;
    const ended = written.then(
      () => this.#follow(meeting, isLast),
      () => {
        this.#doubt(meeting);
        return this.#follow(meeting, isLast);
      },
    );
    this.#writes.set(key, ended);
    await ended;
    if (isLast()) this.#writes.delete(key);
    return await written;
  }

  #doubt({ tenantId, meetingId }: Meeting): void {
    this.#doubted.add(keyOf(tenantId, meetingId));
  }

  /** After the last write of a row that is in doubt, memory follows the store: what failed may have been built upon. */
  async #follow(meeting: Meeting, isLast: () => boolean): Promise<void> {
    const key = keyOf(meeting.tenantId, meeting.meetingId);
    if (!this.#doubted.has(key) || !isLast()) return;
    // Where the store cannot be read either, what each failed write has put back stays, and the next write looks again.
    const found = await this.#store
      .findMeeting(meeting.tenantId, meeting.meetingId)
      .catch(() => 'unreadable' as const);
    if (found === 'unreadable' || !isLast()) return;
    this.#doubted.delete(key);
    if (found === undefined) this.#index.drop(meeting);
    else this.#index.put(found);
  }

  #rememberClosed(scopedId: string): void {
    const now = this.#now();
    this.#closedAt.delete(scopedId);
    this.#closedAt.set(scopedId, now);
    for (const [oldest, closedAt] of this.#closedAt) {
      if (closedAt > now - CLOSED_KEPT_MS) break;
      this.#closedAt.delete(oldest);
    }
  }

  #putOrphan(orphan: Orphan): void {
    let onServer = this.#orphans.get(orphan.serverId);
    if (onServer === undefined) this.#orphans.set(orphan.serverId, (onServer = new Map<string, Orphan>()));
    onServer.set(orphan.scopedId, orphan);
  }
}

function isOtherSession(from: Meeting, to: Meeting): boolean {
  const isKnown = from.internalMeetingId !== undefined && to.internalMeetingId !== undefined;
  return isKnown && from.serverId === to.serverId && from.internalMeetingId !== to.internalMeetingId;
}
