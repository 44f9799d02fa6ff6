import { expect } from 'chai';
import { HookDirectory } from '../../src/callbacks/hooks/hook-directory.js';
import { type Hook, hookName } from '../../src/callbacks/hooks/hook.js';
import { callbackRig, type CallbackRig, newCallback } from '../support/callback-rig.js';

describe('a hook that is destroyed while events wait for it', () => {
  let rig: CallbackRig;
  let hooks: HookDirectory;
  beforeEach(async () => {
    rig = await callbackRig();
    hooks = await HookDirectory.load(rig.store.hooks, { isTenant: () => true, now: rig.clock.now });
    hooks.onDestroyed((hook) => rig.outbox.dropAll('hook', hookName(hook), 'its hook was destroyed'));
  });
  afterEach(async () => {
    await rig.close();
  });

  /** A hook with so many events that wait, in lanes of two meetings. */
  async function hookWith(name: string, events: number): Promise<Hook> {
    const wanted = { callbackUrl: `https://front.example/${name}`, meetingId: 'class', eventIds: [] };
    const { hook } = (await hooks.create({ tenantId: 'default', ...wanted })) as { hook: Hook };
    const waiting = Array.from({ length: events }, (_, at) =>
      newCallback({
        ...{ kind: 'hook', key: `${hookName(hook)}${at}`, target: hook.callbackUrl },
        lane: `${hookName(hook)}${at % 2}`,
        dueAt: rig.clock.now() + 1_000,
      }),
    );
    await rig.outbox.addAll(waiting);
    return hook;
  }

  it('is told nothing more, and others are', async () => {
    const gone = await hookWith('gone', 1_100);
    await hookWith('stays', 3);
    expect(await hooks.remove('default', gone.id)).to.equal(true);
    expect(rig.outbox.pendingCount).to.equal(3);
    expect(rig.outcomes.filter((outcome) => outcome === 'hook dropped')).to.have.length(1_100);
    rig.deliverer.start();
    await rig.clock.advance(1_000);
    await rig.until(() => rig.outbox.pendingCount === 0);
    expect(rig.sent.filter(({ path }) => !path.startsWith('/stays'))).to.deep.equal([]);
    expect(rig.sent).to.have.length(3);
    expect(await hooks.remove('default', gone.id)).to.equal(false);
  });

  it('is still told what waits when only its meeting has ended', async () => {
    await hookWith('class', 3);
    await hooks.removeOfMeeting('default', 'class');
    expect(hooks.list('default')).to.deep.equal([]);
    expect(rig.outbox.pendingCount).to.equal(3);
  });
});
