import { expect } from 'chai';
import { DeadHooks } from '../../../src/callbacks/hooks/dead-hooks.js';
import { FailingBook } from '../../../src/callbacks/hooks/failing-book.js';
import { type Hook, hookName } from '../../../src/callbacks/hooks/hook.js';
import { MemoryFailingHooks } from '../../support/memory-failing-hooks.js';
import { RecordingLogger } from '../../support/recording-logger.js';

const HOUR_MS = 3_600_000;

async function rig() {
  const hooks: Hook[] = [1, 2].map((id) => ({
    ...{ tenantId: 'acme', id, callbackUrl: `https://front.example/${id}?key=secret` },
    ...{ meetingId: undefined, eventIds: [], createdAt: 1_700_000_000_000 + id },
  }));
  const logger = new RecordingLogger();
  const removed: number[] = [];
  const store = new MemoryFailingHooks();
  let now = 1_800_000_000_000;
  const load = async () => {
    const failing = await FailingBook.load({ store, logger });
    const dead = new DeadHooks({
      hooks: {
        list: () => hooks,
        has: ({ createdAt }) => hooks.some((hook) => hook.createdAt === createdAt),
        remove: (_tenantId, id) => {
          removed.push(id);
          return Promise.resolve(true);
        },
      },
      ...{ failing, logger },
      now: () => now,
    });
    return { failing, dead };
  };
  let run = await load();
  return {
    ...{ removed, logger },
    callbackEnded: (...ended: Parameters<DeadHooks['callbackEnded']>): void => {
      run.dead.callbackEnded(...ended);
    },
    failingCount: () => run.failing.size,
    destroy: (id: number): void => {
      hooks.splice(hooks.findIndex((hook) => hook.id === id) >>> 0, 1);
    },
    stop: () => run.dead.stop(),
    /** Another process on the same store, so much later; what ran before was killed. */
    restart: async (afterMs: number): Promise<void> => {
      await settled();
      now += afterMs;
      run = await load();
    },
    /** A callback of another front end arrived, so much later. */
    arrive: (afterMs = 0): void => {
      now += afterMs;
      run.dead.callbackEnded({ kind: 'end', key: 'token', tenantId: 'acme' }, true);
    },
    /** An event of this hook ended, so much later. */
    end: (id: number, isDelivered: boolean, afterMs = 0): void => {
      now += afterMs;
      const hook = { tenantId: 'acme', id, createdAt: 1_700_000_000_000 + id };
      const key = `${hookName(hook)}bbb1 ${'0'.repeat(64)}`;
      run.dead.callbackEnded({ kind: 'hook', key, tenantId: 'acme' }, isDelivered);
    },
  };
}

describe('hooks of front ends that are gone', () => {
  it('are removed when no event could be delivered for a day, and the log says so without their secrets', async () => {
    const { stop, removed, logger, end, arrive } = await rig();
    arrive();
    end(1, false);
    for (let hour = 0; hour < 23; hour += 1) {
      arrive(HOUR_MS);
      end(1, false);
    }
    expect(removed).to.deep.equal([]);
    arrive(HOUR_MS);
    end(1, false);
    await stop();
    expect(removed).to.deep.equal([1]);
    expect(logger.lines).to.deep.equal(['warn webhook is removed: it has taken no event for a day']);
    expect(JSON.stringify(logger.entries)).to.contain('front.example').and.not.to.contain('secret');
  });

  it('stay where few events were given up, however long that takes', async () => {
    const { stop, removed, end, arrive } = await rig();
    for (let count = 0; count < 19; count += 1) {
      arrive(5 * HOUR_MS);
      end(1, false);
    }
    await stop();
    expect(removed).to.deep.equal([]);
    end(1, false);
    await stop();
    expect(removed).to.deep.equal([1]);
  });

  it('start anew after a break of more than six hours: a weekend between two failures is not a day of them', async () => {
    const { stop, removed, end, arrive } = await rig();
    for (let day = 0; day < 5; day += 1) {
      arrive(15 * HOUR_MS);
      for (let count = 0; count < 9; count += 1) {
        arrive(HOUR_MS);
        end(1, false);
      }
    }
    arrive(60 * HOUR_MS);
    for (let count = 0; count < 30; count += 1) end(1, false);
    await stop();
    expect(removed).to.deep.equal([]);
  });

  it("stay while nothing arrives anywhere: Ballast's own network may be down", async () => {
    const { stop, removed, end, arrive } = await rig();
    for (let half = 0; half < 100; half += 1) end(1, false, HOUR_MS / 2);
    arrive();
    end(1, false);
    await stop();
    expect(removed).to.deep.equal([]);
  });

  it('are forgotten once nothing fails for them any more', async () => {
    const { failingCount, end, arrive } = await rig();
    arrive();
    end(1, false);
    expect(failingCount()).to.equal(1);
    arrive(7 * HOUR_MS);
    end(2, false);
    expect(failingCount()).to.equal(1);
  });

  it('are forgotten with the first event that fails when they are gone, or never known', async () => {
    const { failingCount, destroy, end, arrive } = await rig();
    arrive();
    destroy(2);
    end(2, false);
    expect(failingCount()).to.equal(0);
    end(1, false);
    destroy(1);
    expect(failingCount()).to.equal(1);
    end(1, false);
    expect(failingCount()).to.equal(0);
  });

  it('are removed a day after their first failure, whatever restarts there were', async () => {
    const { removed, end, arrive, restart, stop } = await rig();
    arrive();
    end(1, false);
    for (let hour = 0; hour < 24; hour += 1) {
      await restart(HOUR_MS / 2);
      arrive(HOUR_MS / 4);
      expect(removed).to.deep.equal([]);
      end(1, false, HOUR_MS / 4);
    }
    await stop();
    expect(removed).to.deep.equal([1]);
  });

  it('stay where an event was taken before a restart', async () => {
    const { removed, end, arrive, restart, stop } = await rig();
    for (let hour = 0; hour < 60; hour += 1) {
      await settled();
      arrive(HOUR_MS);
      end(1, hour === 23 || hour === 46);
      if (hour % 10 === 3) await restart(0);
    }
    await stop();
    expect(removed).to.deep.equal([]);
  });

  it('stay while some event is taken, and where there is nothing to tell', async () => {
    const { stop, removed, end, arrive } = await rig();
    end(2, false);
    for (let hour = 0; hour < 48; hour += 1) {
      end(1, hour % 12 === 0, HOUR_MS / 2);
      arrive(HOUR_MS / 2);
      end(1, false);
    }
    await stop();
    expect(removed).to.deep.equal([]);
  });

  it('are not told by callbacks of other kinds', async () => {
    const { stop, removed, callbackEnded } = await rig();
    for (const kind of ['end', 'recording-ready', 'analytics'] as const) {
      callbackEnded({ kind, key: 'acme 1 x', tenantId: 'acme' }, false);
    }
    await stop();
    expect(removed).to.deep.equal([]);
  });
});

/** What was begun has reached the store. */
async function settled(): Promise<void> {
  await new Promise((resolve) => setImmediate(resolve));
}
