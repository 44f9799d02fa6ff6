import type { Logger } from '../log.js';
import { scopedMeetingId } from '../tenants/meeting-scope.js';
import { isSameUrls } from './callback-slots.js';
import { hasRun, scopedOf, type CallbackTarget, type CallbackTargetStore } from './callback-target.js';
import { RecentTargets } from './recent-targets.js';
import { newTarget, type WantedCallbacks } from './wanted-callbacks.js';

export interface CallbackTargetsDeps {
  readonly store: CallbackTargetStore;
  readonly newId: () => string;
  readonly now: () => number;
  readonly logger: Logger;
}

/**
 * Where front ends want to be called: the targets of all sessions that go on in memory, others read when asked for. One
 * target serves all creates of a session, however often a front end repeats them.
 */
export class CallbackTargets {
  readonly #deps: CallbackTargetsDeps;
  /** By ID: every target whose end is not told yet. */
  readonly #open = new Map<string, CallbackTarget>();
  /** By scoped ID: the ID of the target that the session now has. */
  readonly #current = new Map<string, string>();
  readonly #recent = new RecentTargets();
  /** By ID: the first write, which a create waits for. */
  readonly #writing = new Map<string, Promise<void>>();
  /** IDs of targets that several creates were given before any had an answer. */
  readonly #shared = new Set<string>();
  readonly #background = new Set<Promise<void>>();

  private constructor(deps: CallbackTargetsDeps) {
    this.#deps = deps;
  }

  /** Reads the targets of sessions whose end was not told. */
  static async load(deps: CallbackTargetsDeps): Promise<CallbackTargets> {
    const targets = new CallbackTargets(deps);
    // The last one counts: the newest that a server has taken, since a repeat was given its own where it was cut.
    const open = [...(await deps.store.listOpenTargets())].sort(
      (a, b) => Number(hasRun(a)) - Number(hasRun(b)) || a.createdAt - b.createdAt,
    );
    for (const target of open) {
      targets.#open.set(target.id, target);
      if (target.endedAt === undefined) targets.#current.set(scopedOf(target), target.id);
    }
    return targets;
  }

  /** Targets whose end is not told yet. */
  open(): readonly CallbackTarget[] {
    return [...this.#open.values()];
  }

  /** True for the target that the running session of its meeting has. */
  isCurrent(target: CallbackTarget): boolean {
    return this.#current.get(scopedOf(target)) === target.id;
  }

  /** From memory only. */
  peek(id: string): CallbackTarget | undefined {
    return this.#open.get(id) ?? this.#recent.get(id);
  }

  async find(id: string): Promise<CallbackTarget | undefined> {
    return this.peek(id) ?? (await this.findAll([id])).get(id);
  }

  /** By ID, without those that are unknown. */
  async findAll(ids: readonly string[]): Promise<ReadonlyMap<string, CallbackTarget>> {
    const found = new Map<string, CallbackTarget>();
    const missing: string[] = [];
    for (const id of new Set(ids)) {
      const target = this.peek(id);
      if (target === undefined) missing.push(id);
      else found.set(id, target);
    }
    if (missing.length === 0) return found;
    for (const target of await this.#deps.store.findTargets(missing)) {
      // Opened, or opened again, while the store was read.
      const newer = this.peek(target.id) ?? target;
      if (newer === target) this.#recent.put(target);
      found.set(target.id, newer);
    }
    return found;
  }

  /** The target for a create, durable when it resolves: that of the running session where it wants the same. */
  async claim(wanted: WantedCallbacks): Promise<CallbackTarget> {
    const scopedId = scopedMeetingId(wanted.tenantId, wanted.meetingId);
    const current = this.#currentOf(scopedId);
    if (current !== undefined && !wanted.isBreakout && isSameUrls(current.urls, wanted.urls)) {
      if (!hasRun(current)) this.#shared.add(current.id);
      await this.#writing.get(current.id);
      return current;
    }
    const target = newTarget(wanted, this.#deps.newId(), this.#deps.now());
    this.#put(target);
    if (current === undefined && !wanted.isBreakout) this.#current.set(scopedId, target.id);
    const writing = this.#deps.store.saveTarget(target);
    this.#writing.set(target.id, writing);
    try {
      await writing;
    } catch (error) {
      this.#forget(target);
      throw error;
    } finally {
      this.#writing.delete(target.id);
    }
    return target;
  }

  /**
   * A server answered SUCCESS to a create with this target. Returns the session before, whose end was not told yet, where
   * the answer began another one with the same target.
   */
  settle(id: string, internalMeetingId: string): CallbackTarget | undefined {
    const target = this.peek(id);
    if (target === undefined) return undefined;
    const isKnown = target.internalMeetingIds.includes(internalMeetingId);
    const scopedId = scopedOf(target);
    const current = this.#currentOf(scopedId);
    if (current !== undefined && current.id !== id) {
      if (current.internalMeetingIds.includes(internalMeetingId)) {
        // A repeat of a running meeting: BBB keeps what the first create gave it.
        this.discard(id);
        return undefined;
      }
      // Placed anew with other URLs: the new copy knows only these.
      this.#later(this.update({ ...current, endedAt: this.#deps.now(), toldAt: this.#deps.now() }));
    }
    const isReopened = target.endedAt !== undefined;
    this.#current.set(scopedId, id);
    if (isKnown && !isReopened) return undefined;
    this.#later(
      this.update({
        ...target,
        ...(isReopened && { endedAt: undefined, toldAt: undefined }),
        session: isReopened && !isKnown ? target.session + 1 : target.session,
        internalMeetingIds: isKnown
          ? target.internalMeetingIds
          : [...target.internalMeetingIds, internalMeetingId],
      }),
    );
    return isReopened && !isKnown && target.toldAt === undefined ? target : undefined;
  }

  /** A server refused the create with this target: forgotten, unless another create was given it. */
  refused(id: string): void {
    if (!this.#shared.has(id)) this.discard(id);
  }

  /** Forgets a target that no server has taken. */
  discard(id: string): void {
    const target = this.#open.get(id);
    if (target === undefined || hasRun(target)) return;
    this.#forget(target);
    this.#later(this.#deps.store.removeTarget(id));
  }

  /** The session of a meeting is over: its target, if it has one. Memory changes within this tick. */
  async end(scopedId: string): Promise<CallbackTarget | undefined> {
    const current = this.#currentOf(scopedId);
    if (current === undefined) return undefined;
    this.#current.delete(scopedId);
    const ended = { ...current, endedAt: this.#deps.now() };
    await this.update(ended);
    return ended;
  }

  /** The end of a session is in the outbox, or nobody is to hear of it. */
  async told({ id, session }: Pick<CallbackTarget, 'id' | 'session'>): Promise<void> {
    const target = this.#open.get(id);
    if (target?.session !== session || target.endedAt === undefined) return;
    await this.update({ ...target, toldAt: this.#deps.now() });
  }

  /** A recording of it was told of by these servers, or is in the index. */
  async noteRecording(id: string, serverIds: readonly string[]): Promise<void> {
    const target = await this.find(id);
    if (target === undefined) return;
    const recordedOn = [...new Set([...target.recordedOn, ...serverIds])];
    if (target.isRecorded && recordedOn.length === target.recordedOn.length) return;
    await this.update({ ...target, isRecorded: true, recordedOn });
  }

  /** Replaces a target; memory changes within this tick. */
  async update(target: CallbackTarget): Promise<void> {
    this.#put(target);
    if (target.endedAt !== undefined && this.isCurrent(target)) this.#current.delete(scopedOf(target));
    await this.#deps.store.saveTarget(target);
  }

  /** Waits for what is being written. */
  async stop(): Promise<void> {
    while (this.#background.size > 0) await Promise.all(this.#background);
  }

  #currentOf(scopedId: string): CallbackTarget | undefined {
    const id = this.#current.get(scopedId);
    return id === undefined ? undefined : this.#open.get(id);
  }

  #put(target: CallbackTarget): void {
    if (target.toldAt === undefined) {
      this.#recent.delete(target.id);
      this.#open.set(target.id, target);
    } else {
      this.#open.delete(target.id);
      this.#shared.delete(target.id);
      this.#recent.put(target);
    }
  }

  #forget(target: CallbackTarget): void {
    this.#open.delete(target.id);
    this.#recent.delete(target.id);
    this.#shared.delete(target.id);
    if (this.isCurrent(target)) this.#current.delete(scopedOf(target));
  }

  /** What a create need not wait for: without it a later session of the room has a token of its own. */
  #later(work: Promise<void>): void {
    const done = work
      .catch((error: unknown) => {
        this.#deps.logger.warn('what is known of a callback target could not be stored', { error });
      })
      .finally(() => this.#background.delete(done));
    this.#background.add(done);
  }
}
