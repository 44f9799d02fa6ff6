import { expect } from 'chai';
import { dropTenant } from '../../src/callbacks/drop-tenant.js';
import { HookDirectory } from '../../src/callbacks/hooks/hook-directory.js';
import { callbackRig, type CallbackRig, newCallback } from '../support/callback-rig.js';

describe('a tenant that leaves while callbacks wait', () => {
  let rig: CallbackRig;
  beforeEach(async () => {
    rig = await callbackRig();
    rig.tenants.add('acme').add('beta');
  });
  afterEach(async () => {
    await rig.close();
  });

  it('is told nothing more, also under its ID given anew', async () => {
    const dueAt = rig.clock.now() + 1_000;
    const waiting = (tenantId: string, count: number) =>
      Array.from({ length: count }, (_, at) =>
        newCallback({ key: `${tenantId}-${at}`, tenantId, dueAt, lane: `${tenantId} ${at % 2}` }),
      );
    await rig.outbox.addAll([...waiting('acme', 1_100), ...waiting('beta', 2)]);
    rig.deliverer.start();
    await dropTenant(rig.outbox, 'acme', rig.clock.now);
    expect(rig.outbox.pendingCount).to.equal(2);
    expect(new Set(rig.outcomes)).to.deep.equal(new Set(['end dropped']));
    await rig.clock.advance(1_000);
    await rig.until(() => rig.outbox.pendingCount === 0);
    expect(rig.sent.filter(({ path }) => path.includes('acme'))).to.deep.equal([]);
  });

  it('leaves no hooks behind', async () => {
    const hooks = await HookDirectory.load(rig.store.hooks, { isTenant: () => true, now: rig.clock.now });
    for (const tenantId of ['acme', 'beta']) {
      for (const name of ['1', '2']) {
        const callbackUrl = `https://front.example/${name}`;
        await hooks.create({ tenantId, callbackUrl, meetingId: undefined, eventIds: [] });
      }
    }
    await hooks.removeOfTenant('acme');
    expect(hooks.list('acme')).to.deep.equal([]);
    expect((await rig.store.hooks.listHooks()).map(({ tenantId }) => tenantId)).to.deep.equal([
      'beta',
      'beta',
    ]);
  });
});
