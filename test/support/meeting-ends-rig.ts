import type { NewCallback } from '../../src/callbacks/callback.js';
import type { CallbackTarget } from '../../src/callbacks/callback-target.js';
import { CallbackTargets } from '../../src/callbacks/callback-targets.js';
import { MeetingEnds } from '../../src/callbacks/meeting-ends.js';
import { silentLogger } from '../../src/log.js';
import { ManualClock } from './manual-clock.js';
import { MemoryTargetStore } from './memory-target-store.js';

/** The meeting of `create`, as those that end are told of. */
export const ROOM = { scopedId: 'school--room', serverId: 'bbb1' };

const URLS: Readonly<Record<string, string>> = {
  end: 'https://a.example/end',
  ended: 'https://a.example/ended',
};

/** The ends of one room, with an outbox in memory and a clock that stands still. */
export class MeetingEndsRig {
  readonly clock = new ManualClock();
  readonly store = new MemoryTargetStore();
  /** By key. */
  readonly outbox = new Map<string, NewCallback>();
  /** Which meetings were to be looked for at once. */
  asked: string[] = [];
  isKnown = true;
  /** An error: its server cannot be asked. */
  isAlive: boolean | Error = true;
  isServerGone = false;
  targets!: CallbackTargets;
  ends!: MeetingEnds;

  /** A start on what is stored. */
  async start(): Promise<void> {
    const { now, setTimer } = this.clock;
    const { store, outbox } = this;
    this.targets = await CallbackTargets.load({ store, newId: () => 'target', now, logger: silentLogger });
    this.ends = new MeetingEnds({
      targets: this.targets,
      outbox: {
        add: async (callback) => this.#add(callback),
        addAll: async (callbacks) => callbacks.map((callback) => this.#add(callback)),
        release: async (_kind, key) => {
          const found = outbox.get(key);
          if (found !== undefined) outbox.set(key, { ...found, dueAt: now() });
          return found !== undefined;
        },
        withdraw: async (_kind, key) => outbox.delete(key),
        has: async (_kind, key) => outbox.has(key),
        isWaiting: async (_kind, key) => (outbox.get(key)?.dueAt ?? -Infinity) > now(),
      },
      meetings: {
        find: () => (this.isKnown ? { internalMeetingId: 'x-1' } : undefined),
        isAlive: async () => {
          if (this.isAlive instanceof Error) throw this.isAlive;
          return this.isAlive;
        },
        mayHaveEnded: async (tenantId, meetingId) => {
          this.asked.push(`${tenantId} ${meetingId}`);
        },
        isServerGone: () => this.isServerGone,
      },
      ...{ now, setTimer, logger: silentLogger },
    });
  }

  /** A create that a server answers; with the same session for each, as a repeat. */
  async create(urls = URLS): Promise<CallbackTarget> {
    const wanted = { tenantId: 'school', meetingId: 'room', urls, isRecorded: false, isBreakout: false };
    const target = await this.targets.claim(wanted);
    const before = this.targets.settle(target.id, 'x-1');
    if (before !== undefined) this.ends.replaced(before);
    return target;
  }

  /** What may go out now. */
  due(): string[] {
    const now = this.clock.now();
    return [...this.outbox.values()].filter(({ dueAt }) => dueAt <= now).map(({ target }) => target);
  }

  #add(callback: NewCallback): 'added' | 'known' | 'conflict' {
    const known = this.outbox.get(callback.key);
    if (known !== undefined) return known.target === callback.target ? 'known' : 'conflict';
    this.outbox.set(callback.key, callback);
    return 'added';
  }
}

/** One that has started. */
export async function meetingEndsRig(): Promise<MeetingEndsRig> {
  const rig = new MeetingEndsRig();
  await rig.start();
  return rig;
}
