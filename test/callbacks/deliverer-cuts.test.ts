import { expect } from 'chai';
import fc from 'fast-check';
import type { CallbackStore, NewCallback } from '../../src/callbacks/callback.js';
import { silentLogger } from '../../src/log.js';
import { openStore, type Store } from '../../src/store/open-store.js';
import { callbackRig, type CallbackRig, newCallback } from '../support/callback-rig.js';
import { ManualClock, settle } from '../support/manual-clock.js';

/** A store that fails for good after so many calls, before or after the call had its effect: a process that is cut there. */
function cutAfter(calls: number, isDone: boolean): (store: CallbackStore) => CallbackStore {
  return (store) => {
    let left = calls;
    const gate = async <T>(whole: () => Promise<T>): Promise<T> => {
      left -= 1;
      if (left === 0 && isDone) await whole();
      if (left <= 0) throw new Error('cut');
      return await whole();
    };
    return {
      ...store,
      addCallbacks: (rows) => gate(() => store.addCallbacks(rows)),
      dueCallbacks: (origin, limit) => gate(() => store.dueCallbacks(origin, limit)),
      findCallback: (id) => gate(() => store.findCallback(id)),
      endCallback: (id, end) => gate(() => store.endCallback(id, end)),
      postponeCallback: (id, dueAt, failure) => gate(() => store.postponeCallback(id, dueAt, failure)),
    };
  };
}

describe('callbacks: cut at any moment', () => {
  let store: Store;
  beforeEach(async () => {
    store = await openStore('sqlite::memory:', { logger: silentLogger });
  });
  afterEach(async () => {
    await store.close();
  });

  it('delivers everything that was added at least once, each lane in its order', async function () {
    this.timeout(60_000);
    const cut = fc.record({ after: fc.integer({ min: 1, max: 40 }), isDone: fc.boolean() });
    const added = fc.array(
      fc.record({ lane: fc.integer({ min: 0, max: 3 }), target: fc.integer({ min: 0, max: 2 }) }),
      {
        minLength: 1,
        maxLength: 12,
      },
    );
    const statuses = fc.array(fc.constantFrom(200, 200, 200, 500, 302), { minLength: 1, maxLength: 20 });
    let run = 0;
    await fc.assert(
      fc.asyncProperty(added, fc.array(cut, { maxLength: 4 }), statuses, async (callbacks, cuts, answers) => {
        run += 1;
        const world = new World(store, `run${run}`, answers);
        const wanted = callbacks.map(({ lane, target }, at) => world.callback(at, lane, target));
        const taken = new Set<string>();
        for (const { after, isDone } of cuts) await world.live(wanted, taken, cutAfter(after, isDone), 3);
        await world.live(wanted, taken, (whole) => whole, 400);
        expect([...taken].sort()).to.deep.equal(wanted.map(({ key }) => key).sort());
        world.expectDelivered(wanted);
      }),
      { numRuns: 60 },
    );
  });
});

/** Lives of a balancer, one after the other, on one store and one clock. */
class World {
  readonly #store: Store;
  readonly #name: string;
  readonly #answers: readonly number[];
  readonly #clock = new ManualClock();
  readonly #delivered: string[] = [];
  #asked = 0;

  constructor(store: Store, name: string, answers: readonly number[]) {
    this.#store = store;
    this.#name = name;
    this.#answers = answers;
  }

  callback(at: number, lane: number, target: number): NewCallback {
    const key = `${this.#name}-${String(at).padStart(2, '0')}`;
    return newCallback({
      key,
      target: `https://${this.#name}-${target}.example/${key}`,
      ...(lane > 0 && { lane: `${this.#name}-${lane}-${target}` }),
    });
  }

  /** Adds what was not taken yet and delivers, until all is done or so many timers have fired. */
  async live(
    wanted: readonly NewCallback[],
    taken: Set<string>,
    wrap: (store: CallbackStore) => CallbackStore,
    turns: number,
  ): Promise<void> {
    const rig = await callbackRig({ store: this.#store, clock: this.#clock, wrap });
    rig.answer = ({ path }) => {
      const status = this.#answers[this.#asked % this.#answers.length] ?? 200;
      this.#asked += 1;
      // Not for ever: the targets recover in the end.
      const isUp = status === 200 || this.#asked > 12;
      if (isUp) this.#delivered.push(path.slice(1));
      return Promise.resolve(isUp ? 200 : status);
    };
    rig.deliverer.start();
    for (const callback of wanted) {
      // Whoever gives a callback gives it again until it was taken, in order: what is before it comes first.
      if (taken.has(callback.key)) continue;
      const outcome = await rig.outbox.add(callback).catch(() => 'cut' as const);
      if (outcome === 'cut') break;
      taken.add(callback.key);
    }
    await this.#pass(rig, turns);
    await rig.stop();
  }

  async #pass(rig: CallbackRig, turns: number): Promise<void> {
    for (let turn = 0; turn < turns && rig.outbox.pendingCount > 0; turn += 1) {
      await this.#clock.advance(60_000);
      for (let more = 0; more < 10; more += 1) await settle();
    }
  }

  expectDelivered(wanted: readonly NewCallback[]): void {
    const firsts = [...new Set(this.#delivered)];
    expect([...firsts].sort()).to.deep.equal(wanted.map(({ key }) => key).sort());
    for (const lane of new Set(wanted.flatMap((callback) => callback.lane ?? []))) {
      const inOrder = wanted.filter((callback) => callback.lane === lane).map(({ key }) => key);
      expect(firsts.filter((key) => inOrder.includes(key))).to.deep.equal(inOrder);
    }
  }
}
