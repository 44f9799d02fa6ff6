import { expect } from 'chai';
import fc from 'fast-check';
import type { NewCallback } from '../../src/callbacks/callback.js';
import { CallbackTargets } from '../../src/callbacks/callback-targets.js';
import type { CallbackTarget, CallbackTargetStore } from '../../src/callbacks/callback-target.js';
import { MeetingEnds } from '../../src/callbacks/meeting-ends.js';
import { silentLogger } from '../../src/log.js';
import { ManualClock, settle } from '../support/manual-clock.js';
import { MemoryTargetStore } from '../support/memory-target-store.js';

type Step = 'create' | 'server calls' | 'poll misses it' | 'time passes' | 'sweep';

/** One process after another on one store, each cut wherever it is. */
class World {
  readonly clock = new ManualClock();
  readonly store = new MemoryTargetStore();
  readonly outbox = new Map<string, NewCallback>();
  /** The running session's ID on its server, as the directory has it in the store. */
  running: string | undefined;
  sessions = 0;
  #lastTarget: CallbackTarget | undefined;
  #run: { targets: CallbackTargets; ends: MeetingEnds; life: { isCut: boolean } } | undefined;

  /** A start; what ran before writes no more. */
  async start(): Promise<void> {
    if (this.#run !== undefined) this.#run.life.isCut = true;
    const life = { isCut: false };
    const { now, setTimer } = this.clock;
    const whileAlive = async <T>(work: () => Promise<T>): Promise<T> => {
      const isCut = (): boolean => life.isCut;
      if (isCut()) return await new Promise<T>(() => undefined);
      const result = await work();
      return isCut() ? await new Promise<T>(() => undefined) : result;
    };
    const store: CallbackTargetStore = {
      listOpenTargets: () => this.store.listOpenTargets(),
      findTargets: (ids) => whileAlive(() => this.store.findTargets(ids)),
      saveTarget: (target) => whileAlive(() => this.store.saveTarget(target)),
      removeTarget: (id) => whileAlive(() => this.store.removeTarget(id)),
      pruneTargets: (before, recordedBefore) => this.store.pruneTargets(before, recordedBefore),
    };
    const add = (callback: NewCallback): 'added' | 'known' => {
      if (this.outbox.has(callback.key)) return 'known';
      this.outbox.set(callback.key, callback);
      return 'added';
    };
    let made = this.store.rows.size;
    const newId = (): string => `t${made++}-${this.sessions}`;
    const targets = await CallbackTargets.load({ store, newId, now, logger: silentLogger });
    const ends = new MeetingEnds({
      targets,
      outbox: {
        add: (callback) => whileAlive(async () => add(callback)),
        addAll: (callbacks) => whileAlive(async () => callbacks.map(add)),
        release: (_kind, key) => whileAlive(async () => this.outbox.has(key)),
        withdraw: (_kind, key) => whileAlive(async () => this.outbox.delete(key)),
        has: (_kind, key) => whileAlive(async () => this.outbox.has(key)),
        isWaiting: (_kind, key) => whileAlive(async () => (this.outbox.get(key)?.dueAt ?? -Infinity) > now()),
      },
      meetings: {
        find: () => (this.running === undefined ? undefined : { internalMeetingId: this.running }),
        isAlive: async () => this.running !== undefined,
        mayHaveEnded: async () => undefined,
        isServerGone: () => false,
      },
      now,
      setTimer: (run, ms) =>
        setTimer(() => {
          if (!life.isCut) run();
        }, ms),
      logger: silentLogger,
    });
    this.#run = { targets, ends, life };
    ends.sweep();
  }

  step(step: Step): void {
    const run = this.#run;
    if (run === undefined) throw new Error('nothing runs');
    const { targets, ends, life } = run;
    if (step === 'sweep') ends.sweep();
    if (step === 'create') {
      const urls = { end: 'http://a/end', ended: 'http://a/ended' };
      const wanted = { tenantId: 'default', meetingId: 'room', urls, isRecorded: false, isBreakout: false };
      void targets.claim(wanted).then((target) => {
        if (life.isCut) return;
        // The server answers, and the directory has it: a repeat where the meeting runs.
        this.running ??= `x-${++this.sessions}`;
        this.#lastTarget = target;
        const before = targets.settle(target.id, this.running);
        if (before !== undefined) ends.replaced(before);
      });
    }
    if (step === 'poll misses it' && this.running !== undefined) {
      this.running = undefined;
      ends.ended({ scopedId: 'room', serverId: 'bbb1' });
    }
    if (step === 'server calls' && this.#lastTarget !== undefined) {
      const target = targets.peek(this.#lastTarget.id);
      if (target !== undefined && this.running === undefined) void ends.arrived(target, 'end', true);
    }
  }
}

describe('ends of meetings, with processes that are cut anywhere', () => {
  it('are each told once, for each session', async () => {
    const steps = fc.constantFrom<Step>(
      ...(['create', 'server calls', 'poll misses it', 'time passes', 'sweep'] as const),
    );
    const course = fc.array(fc.record({ step: steps, isCut: fc.boolean(), turns: fc.nat(4) }), {
      maxLength: 25,
    });
    await fc.assert(
      fc.asyncProperty(course, async (moves) => {
        const world = new World();
        await world.start();
        for (const { step, isCut, turns } of moves) {
          if (step === 'time passes') await world.clock.advance(25_000);
          else world.step(step);
          for (let turn = 0; turn < turns; turn += 1) await Promise.resolve();
          if (isCut) await world.start();
          // One cut within one step: sessions are not begun and ended within a few instructions of each other.
          await settle();
        }
        world.step('poll misses it');
        await settle();
        await world.start();
        await world.clock.advance(25_000);
        await settle();
        // Cut while a late call takes the place of what Ballast would tell, both stay: better twice than never.
        const keys = [...new Set([...world.outbox.keys()].map((key) => key.replace(/:owed$/, '')))];
        expect(keys.filter((key) => key.endsWith(':end')).length, 'end').to.equal(world.sessions);
        expect(keys.filter((key) => key.endsWith(':ended')).length, 'ended').to.equal(world.sessions);
        expect(
          [...world.store.rows.values()].filter(
            ({ toldAt, internalMeetingIds }) => toldAt === undefined && internalMeetingIds.length > 0,
          ),
        ).to.deep.equal([]);
      }),
      { numRuns: 150 },
    );
  }).timeout(30_000);
});
