import { expect } from 'chai';
import { HookDirectory } from '../../../src/callbacks/hooks/hook-directory.js';
import type { Hook } from '../../../src/callbacks/hooks/hook.js';

function hookOf(tenantId: string, id: number, changes: Partial<Hook> = {}): Hook {
  const callbackUrl = `https://front.example/${tenantId}/${id}`;
  return { tenantId, id, callbackUrl, meetingId: undefined, eventIds: [], createdAt: 1, ...changes };
}

async function directoryOf(hooks: readonly Hook[], tenants: readonly string[] = ['acme']) {
  const rows = [...hooks];
  const directory = await HookDirectory.load(
    {
      listHooks: async () => [...rows],
      addHook: () => Promise.reject(new Error('disk full')),
      removeHook: async (tenantId, id) => {
        rows.splice(
          rows.findIndex((hook) => hook.tenantId === tenantId && hook.id === id),
          1,
        );
      },
    },
    { isTenant: (id) => tenants.includes(id), now: () => 2 },
  );
  return { directory, rows };
}

describe('HookDirectory', () => {
  it('drops the hooks of tenants that are gone', async () => {
    const { directory, rows } = await directoryOf([hookOf('acme', 1), hookOf('gone', 1), hookOf('acme', 2)]);
    expect(rows.map(({ tenantId, id }) => `${tenantId} ${id}`)).to.deep.equal(['acme 1', 'acme 2']);
    expect(directory.list('gone')).to.deep.equal([]);
  });

  it('finds who wants an event by meeting and name, in whatever case that comes', async () => {
    const { directory } = await directoryOf([
      hookOf('acme', 1),
      hookOf('acme', 2, { meetingId: 'room' }),
      hookOf('acme', 3, { eventIds: ['user-joined'] }),
      hookOf('acme', 4, { meetingId: 'room', eventIds: ['meeting-ended'] }),
    ]);
    const wanting = (meetingId: string, eventId: string): readonly number[] =>
      directory.wanting('acme', meetingId, eventId).map(({ id }) => id);
    expect(wanting('room', 'User-Joined')).to.deep.equal([1, 2, 3]);
    expect(wanting('room', 'meeting-ended')).to.deep.equal([1, 2, 4]);
    expect(wanting('other', 'user-left')).to.deep.equal([1]);
    expect(directory.wanting('beta', 'room', 'user-joined')).to.deep.equal([]);
  });

  it('tells whether a hook is still there, and not another in its place', async () => {
    const { directory } = await directoryOf([hookOf('acme', 1), hookOf('acme', 2)]);
    expect(directory.has(hookOf('acme', 1))).to.equal(true);
    expect(directory.has(hookOf('acme', 1, { createdAt: 2 }))).to.equal(false);
    expect(directory.has(hookOf('beta', 1))).to.equal(false);
    await directory.remove('acme', 2);
    expect(directory.has(hookOf('acme', 2))).to.equal(false);
  });

  it('has no hook that the store did not take, and goes on after that', async () => {
    const { directory } = await directoryOf([hookOf('acme', 1)]);
    const wanted = {
      tenantId: 'acme',
      callbackUrl: 'https://x.example/',
      meetingId: undefined,
      eventIds: [],
    };
    const failure = await directory.create(wanted).catch((error: unknown) => error);
    expect(failure).to.have.property('message', 'disk full');
    expect(directory.list('acme')).to.have.length(1);
    expect(await directory.remove('acme', 1)).to.equal(true);
    expect(await directory.remove('acme', 1)).to.equal(false);
  });
});
