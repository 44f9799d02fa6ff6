import { expect } from 'chai';
import type { FailingHookStore, HookStore, ServerHookStore } from '../../../src/callbacks/hooks/hook.js';

/** What every store of webhooks does. */
export function describeHookStore(
  store: () => { readonly hooks: HookStore & FailingHookStore; readonly serverHooks: ServerHookStore },
): void {
  describe('webhooks', () => {
    const wanted = (tenantId: string, callbackUrl: string) => ({
      ...{ tenantId, callbackUrl, createdAt: 1_000 },
      meetingId: undefined,
      eventIds: [],
    });

    it('counts the IDs of hooks within each tenant and gives back what was kept', async () => {
      const { hooks } = store();
      const first = await hooks.addHook(wanted('acme', 'https://a.example/1'));
      const second = await hooks.addHook({
        ...wanted('acme', 'https://a.example/2'),
        meetingId: 'room "1"',
        eventIds: ['meeting-ended', 'user-joined'],
      });
      const other = await hooks.addHook(wanted('zeta', 'https://z.example/1'));
      expect([first.id, second.id, other.id]).to.deep.equal([1, 2, 1]);
      expect(await hooks.listHooks()).to.deep.equal([first, second, other]);
      await hooks.removeHook('acme', 1);
      await hooks.removeHook('acme', 99);
      expect(await hooks.listHooks()).to.deep.equal([second, other]);
      expect((await hooks.addHook(wanted('acme', 'https://a.example/3'))).id).to.equal(3);
    });

    it('never gives an ID again, however many hooks went', async () => {
      const { hooks } = store();
      await hooks.addHook(wanted('acme', 'https://a.example/1'));
      await hooks.addHook(wanted('acme', 'https://a.example/2'));
      // A front end that repeats its destroy must not remove what was made in between.
      await hooks.removeHook('acme', 2);
      expect((await hooks.addHook(wanted('acme', 'https://a.example/3'))).id).to.equal(3);
      await hooks.removeHook('acme', 3);
      await hooks.removeHook('acme', 1);
      expect((await hooks.addHook(wanted('acme', 'https://a.example/4'))).id).to.equal(4);
      expect((await hooks.addHook(wanted('zeta', 'https://z.example/1'))).id).to.equal(1);
    });

    it('keeps which hooks take no events, until they do or are gone', async () => {
      const { hooks } = store();
      const first = await hooks.addHook(wanted('acme', 'https://a.example/1'));
      const second = await hooks.addHook(wanted('acme', 'https://a.example/2'));
      expect(await hooks.listFailing()).to.deep.equal([]);
      const failing = { since: 1_800_000_000_000, count: 3, lastAt: 1_800_000_000_009 };
      await hooks.saveFailing(first, failing);
      await hooks.saveFailing(second, failing);
      await hooks.saveFailing(second, { ...failing, count: 4 });
      const [one, two] = [first, second].map(({ tenantId, id, createdAt }) => ({ tenantId, id, createdAt }));
      expect(await hooks.listFailing()).to.have.deep.members([
        { hook: one, failing },
        { hook: two, failing: { ...failing, count: 4 } },
      ]);
      await hooks.saveFailing(first, undefined);
      await hooks.removeHook('acme', 2);
      expect(await hooks.listFailing()).to.deep.equal([]);
      // An event of a hook that is gone fails late.
      await hooks.addHook({ ...wanted('acme', 'https://a.example/3'), createdAt: 2_000 });
      await hooks.saveFailing(second, failing);
      expect(await hooks.listFailing()).to.deep.equal([]);
    });

    it('keeps one own hook a server, registered or not', async () => {
      const { serverHooks } = store();
      const hook = { serverId: 'bbb1', token: 't', registered: undefined };
      await serverHooks.saveServerHook(hook);
      expect(await serverHooks.listServerHooks()).to.deep.equal([hook]);
      const registered = { ...hook, registered: { callbackUrl: 'https://x.example/h', hookId: 'uuid-1' } };
      await serverHooks.saveServerHook(registered);
      expect(await serverHooks.listServerHooks()).to.deep.equal([registered]);
      await serverHooks.removeServerHook('bbb1');
      expect(await serverHooks.listServerHooks()).to.deep.equal([]);
    });
  });
}
