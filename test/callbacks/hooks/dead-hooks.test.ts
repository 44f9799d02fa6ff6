import { expect } from 'chai';
import { DeadHooks } from '../../../src/callbacks/hooks/dead-hooks.js';
import { type Hook, hookName } from '../../../src/callbacks/hooks/hook.js';
import { RecordingLogger } from '../../support/recording-logger.js';

const HOUR_MS = 3_600_000;

function rig() {
  const hooks: Hook[] = [1, 2].map((id) => ({
    ...{ tenantId: 'acme', id, callbackUrl: `https://front.example/${id}?key=secret` },
    ...{ meetingId: undefined, eventIds: [], createdAt: 1_700_000_000_000 + id },
  }));
  const logger = new RecordingLogger();
  const removed: number[] = [];
  let now = 1_800_000_000_000;
  const dead = new DeadHooks({
    hooks: {
      list: () => hooks,
      remove: (_tenantId, id) => {
        removed.push(id);
        return Promise.resolve(true);
      },
    },
    now: () => now,
    logger,
  });
  return {
    ...{ dead, removed, logger },
    /** An event of this hook ended, so much later. */
    end: (id: number, isDelivered: boolean, afterMs = 0): void => {
      now += afterMs;
      const hook = hooks.find((other) => other.id === id);
      const key = `${hook === undefined ? '' : hookName(hook)}bbb1 ${'0'.repeat(64)}`;
      dead.callbackEnded({ kind: 'hook', key, tenantId: 'acme' }, isDelivered);
    },
  };
}

describe('hooks of front ends that are gone', () => {
  it('are removed when no event could be delivered for a day, and the log says so without their secrets', async () => {
    const { dead, removed, logger, end } = rig();
    end(1, false);
    for (let hour = 0; hour < 23; hour += 1) end(1, false, HOUR_MS);
    expect(removed).to.deep.equal([]);
    end(1, false, HOUR_MS);
    await dead.stop();
    expect(removed).to.deep.equal([1]);
    expect(logger.lines).to.deep.equal(['warn webhook is removed: it has taken no event for a day']);
    expect(JSON.stringify(logger.entries)).to.contain('front.example').and.not.to.contain('secret');
  });

  it('stay while some event is taken, and where there is nothing to tell', async () => {
    const { dead, removed, end } = rig();
    end(2, false);
    for (let hour = 0; hour < 48; hour += 1) {
      end(1, hour % 12 === 0, HOUR_MS);
    }
    await dead.stop();
    expect(removed).to.deep.equal([]);
  });

  it('are not told by callbacks of other kinds', async () => {
    const { dead, removed } = rig();
    for (const kind of ['end', 'recording-ready', 'analytics'] as const) {
      dead.callbackEnded({ kind, key: 'acme 1 x', tenantId: 'acme' }, false);
    }
    await dead.stop();
    expect(removed).to.deep.equal([]);
  });
});
